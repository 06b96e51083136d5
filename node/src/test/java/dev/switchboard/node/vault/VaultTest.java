package dev.switchboard.node.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.switchboard.protocol.domain.KeyId;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class VaultTest {
    private static final String OLD = "aa".repeat(32);
    private static final String NEW = "bb".repeat(32);
    private static final Purpose ROW = Purpose.key(new KeyId("k1"));
    private static final String SECRET = "sk-0123456789abcdef-f3a9";

    private final Vault vault = Vault.of(List.of(OLD));

    @Test
    void theCipherTextHidesTheSecretAndDiffersEachTime() {
        String one = vault.encrypt(ROW, SECRET);
        assertThat(one).doesNotContain("0123456789abcdef").isNotEqualTo(vault.encrypt(ROW, SECRET));
    }

    @Test
    void namesWhyItCannotBeRead() {
        String whole = vault.encrypt(ROW, SECRET);
        int last = whole.lastIndexOf('.') + 5;
        String tampered =
                whole.substring(0, last) + (whole.charAt(last) == 'A' ? 'B' : 'A') + whole.substring(last + 1);
        assertReason(() -> vault.decrypt(ROW, tampered), UnreadableSecretException.Reason.TAMPERED);
        assertReason(
                () -> vault.decrypt(Purpose.key(new KeyId("k2")), whole), UnreadableSecretException.Reason.TAMPERED);
        assertReason(() -> Vault.of(List.of(NEW)).decrypt(ROW, whole), UnreadableSecretException.Reason.UNKNOWN_KEY);
        for (String malformed : List.of("", "v1", "sk-plain", "v2" + whole.substring(2), whole + ".x", "v1." + whole)) {
            assertReason(() -> vault.decrypt(ROW, malformed), UnreadableSecretException.Reason.MALFORMED);
        }
        String prefix = whole.substring(0, whole.lastIndexOf('.') + 1);
        assertReason(() -> vault.decrypt(ROW, prefix + "AAAA"), UnreadableSecretException.Reason.MALFORMED);
        assertReason(() -> vault.decrypt(ROW, prefix + "***"), UnreadableSecretException.Reason.MALFORMED);
    }

    @Test
    void aRotatedVaultReadsTheOldAndWritesTheNew() throws Exception {
        String before = vault.encrypt(ROW, SECRET);
        Vault rotated = Vault.of(List.of(NEW, OLD));
        assertThat(rotated.decrypt(ROW, before)).isEqualTo(SECRET);
        assertThat(rotated.isCurrent(before)).isFalse();
        String after = rotated.encrypt(ROW, SECRET);
        assertThat(rotated.isCurrent(after)).isTrue();
        assertThat(Vault.of(List.of(NEW)).decrypt(ROW, after)).isEqualTo(SECRET);
    }

    @Test
    void fingerprintsAreKeyedAndFindRowsOlderThanARotation() {
        String old = vault.fingerprint(SECRET);
        assertThat(old).hasSize(32).isEqualTo(vault.fingerprint(SECRET)).isNotEqualTo(vault.fingerprint(SECRET + "x"));
        Vault rotated = Vault.of(List.of(NEW, OLD));
        assertThat(rotated.fingerprint(SECRET)).isNotEqualTo(old);
        assertThat(rotated.fingerprints(SECRET)).containsExactly(rotated.fingerprint(SECRET), old);
    }

    @Test
    void refusesKeysOfAnotherShape() {
        assertThatThrownBy(() -> Vault.of(List.of())).isInstanceOf(EncryptionKeyException.class);
        assertThatThrownBy(() -> Vault.of(List.of("zz".repeat(32)))).isInstanceOf(EncryptionKeyException.class);
        assertThatThrownBy(() -> Vault.of(List.of("aa".repeat(31)))).isInstanceOf(EncryptionKeyException.class);
    }

    @Test
    void printsNoKey() {
        assertThat(vault.toString() + VaultKey.ofHex(OLD)).doesNotContain("aaaa");
    }

    private static void assertReason(ThrowingCallable call, UnreadableSecretException.Reason reason) {
        assertThatThrownBy(call).isInstanceOfSatisfying(UnreadableSecretException.class, e -> assertThat(e.reason())
                .isEqualTo(reason));
    }
}
