package dev.switchboard.node.backup;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * What a backup is encrypted with: a passphrase, else the encryption key of the installation. A file with a passphrase holds the
 * installation's encryption keys as well, so that it can be restored where they are gone.
 *
 * @param passphrase null to use the encryption key
 * @param encryptionKeys 64 hex digits each, the newest first
 */
public record BackupKey(@Nullable String passphrase, List<String> encryptionKeys) {
    /** OWASP's count for PBKDF2-HMAC-SHA256. */
    static final int ITERATIONS = 600_000;

    static final int LEAST_PASSPHRASE = 12;

    private static final int KEY_BITS = 256;

    /** Refuses a passphrase that is too short to protect anything. */
    public BackupKey {
        if (passphrase != null && passphrase.length() < LEAST_PASSPHRASE) {
            throw new IllegalArgumentException("a passphrase has at least " + LEAST_PASSPHRASE + " characters");
        }
        encryptionKeys = List.copyOf(encryptionKeys);
    }

    static SecretKey ofPassphrase(String passphrase, byte[] salt) {
        try {
            PBEKeySpec spec = new PBEKeySpec(passphrase.toCharArray(), salt, ITERATIONS, KEY_BITS);
            byte[] key = SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                    .generateSecret(spec)
                    .getEncoded();
            return new SecretKeySpec(key, "AES");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("PBKDF2 is part of every Java platform", e);
        }
    }

    /** A key for one file, so that two backups never share key and nonce. */
    static SecretKey ofEncryptionKey(String hex, byte[] salt) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(HexFormat.of().parseHex(hex), "HmacSHA256"));
            mac.update("switchboard/backup".getBytes(StandardCharsets.US_ASCII));
            return new SecretKeySpec(mac.doFinal(salt), "AES");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("HmacSHA256 is part of every Java platform", e);
        }
    }

    /** Tells one key from another without giving it away. */
    static String check(SecretKey key) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            return HexFormat.of().formatHex(mac.doFinal("check".getBytes(StandardCharsets.US_ASCII)), 0, 8);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("HmacSHA256 is part of every Java platform", e);
        }
    }

    /** Without the secrets. */
    @Override
    public String toString() {
        return "BackupKey[" + (passphrase == null ? "encryption key" : "passphrase") + "]";
    }
}
