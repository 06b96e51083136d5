package dev.switchboard.node.migration;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** Opens what FreeLLMAPI has encrypted: AES-256-GCM with an IV of 16 bytes and the tag apart, all in hex. */
final class FreeLlmApiVault {
    private static final String KEY_FILE = ".encryption-key";
    private static final List<String> VARIABLES = List.of("FREELLMAPI_ENCRYPTION_KEY", "ENCRYPTION_KEY");
    private static final int TAG_BITS = 128;

    private final List<byte[]> keys;

    private FreeLlmApiVault(List<byte[]> keys) {
        this.keys = keys;
    }

    /** Everything that may be the key: of the environment, beside the database, in it. */
    static FreeLlmApiVault of(Path database, @Nullable String inDatabase, Map<String, String> environment) {
        List<String> found = new ArrayList<>();
        VARIABLES.forEach(name -> found.add(environment.getOrDefault(name, "")));
        Path file = database.resolveSibling(KEY_FILE);
        try {
            if (Files.isRegularFile(file) && Files.size(file) < 1024) {
                found.add(Files.readString(file));
            }
        } catch (IOException e) {
            // As good as none; what cannot be opened is told.
            found.add("");
        }
        found.add(inDatabase == null ? "" : inDatabase);
        return new FreeLlmApiVault(found.stream()
                .map(String::strip)
                .filter(text -> text.matches("[0-9a-fA-F]{64}"))
                .map(HexFormat.of()::parseHex)
                .toList());
    }

    boolean isEmpty() {
        return keys.isEmpty();
    }

    /** Null where no key opens it. */
    @Nullable
    String open(String encrypted, String iv, String tag) {
        for (byte[] key : keys) {
            try {
                Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
                cipher.init(
                        Cipher.DECRYPT_MODE,
                        new SecretKeySpec(key, "AES"),
                        new GCMParameterSpec(TAG_BITS, HexFormat.of().parseHex(iv)));
                byte[] opened = cipher.doFinal(HexFormat.of().parseHex(encrypted + tag));
                return new String(opened, StandardCharsets.UTF_8);
            } catch (GeneralSecurityException | IllegalArgumentException e) {
                continue;
            }
        }
        return null;
    }
}
