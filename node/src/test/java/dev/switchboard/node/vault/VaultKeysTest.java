package dev.switchboard.node.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VaultKeysTest {
    private static final String A = "aa".repeat(32);
    private static final String B = "bb".repeat(32);

    private final Path data;

    VaultKeysTest(@TempDir Path data) {
        this.data = data;
    }

    @Test
    void makesAFileThatOnlyItsOwnerReadsAndUsesItAgain() throws Exception {
        Path folder = data.resolve("deep/data");
        Vault first = VaultKeys.load(null, folder);
        Path file = folder.resolve(VaultKeys.FILE);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(Files.readString(file)).matches("[0-9a-f]{64}\n");
        String cipherText = first.encrypt(Purpose.API_KEY, "secret");
        assertThat(VaultKeys.load(null, folder).decrypt(Purpose.API_KEY, cipherText))
                .isEqualTo("secret");
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void nodesThatStartAtOnceShareOneKey() throws Exception {
        int nodes = 8;
        CyclicBarrier barrier = new CyclicBarrier(nodes);
        ExecutorService pool = Executors.newFixedThreadPool(nodes);
        try {
            Callable<String> start = () -> {
                barrier.await();
                return VaultKeys.load(null, data).fingerprint("x");
            };
            List<String> seen = new ArrayList<>();
            for (Future<String> node : pool.invokeAll(java.util.Collections.nCopies(nodes, start))) {
                seen.add(node.get());
            }
            assertThat(seen).hasSize(nodes).containsOnly(seen.get(0));
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void theSettingWinsAndTheFileStaysReadable() throws Exception {
        String old = VaultKeys.load(null, data).encrypt(Purpose.ADMIN_KEY, "kept");
        Vault vault = VaultKeys.load(A + ", " + B, data);
        assertThat(vault.decrypt(Purpose.ADMIN_KEY, old)).isEqualTo("kept");
        assertThat(vault.isCurrent(Vault.of(List.of(A)).encrypt(Purpose.API_KEY, "x")))
                .isTrue();
        assertThat(vault.decrypt(Purpose.API_KEY, Vault.of(List.of(B)).encrypt(Purpose.API_KEY, "x")))
                .isEqualTo("x");
    }

    @Test
    void aMalformedKeyIsOneLineThatNamesTheSettingAndNotTheKey() throws Exception {
        assertThatThrownBy(() -> VaultKeys.load("c0ffee", data))
                .isInstanceOf(EncryptionKeyException.class)
                .hasMessageContaining("switchboard.encryption-key")
                .hasMessageNotContaining("c0ffee");
        Files.writeString(data.resolve(VaultKeys.FILE), "garbage-in-file\n");
        assertThatThrownBy(() -> VaultKeys.load(null, data))
                .isInstanceOf(EncryptionKeyException.class)
                .hasMessageContaining(VaultKeys.FILE)
                .hasMessageNotContaining("garbage");
        Files.writeString(data.resolve(VaultKeys.FILE), "\n");
        assertThatThrownBy(() -> VaultKeys.load(null, data)).isInstanceOf(EncryptionKeyException.class);
    }

    @Test
    void aFolderThatCannotBeMadeIsOneLine() throws Exception {
        Path file = Files.writeString(data.resolve("plain"), "x");
        assertThatThrownBy(() -> VaultKeys.load(null, file))
                .isInstanceOf(EncryptionKeyException.class)
                .hasMessageContaining("switchboard.encryption-key");
    }
}
