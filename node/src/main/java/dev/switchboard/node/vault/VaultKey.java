package dev.switchboard.node.vault;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** One 256-bit encryption key and what is derived from it: its public id and the fingerprint key. */
final class VaultKey {
    private static final Pattern SHAPE = Pattern.compile("[0-9a-fA-F]{64}");
    private static final int ID_LENGTH = 8;

    private final String id;
    private final SecretKeySpec cipherKey;
    private final SecretKeySpec fingerprintKey;
    private final SecretKeySpec sealKey;

    private VaultKey(byte[] master) {
        this.id = HexFormat.of()
                .formatHex(hmac(new SecretKeySpec(master, "HmacSHA256"), "switchboard/key-id"))
                .substring(0, ID_LENGTH);
        this.cipherKey = new SecretKeySpec(master, "AES");
        this.fingerprintKey = new SecretKeySpec(
                hmac(new SecretKeySpec(master, "HmacSHA256"), "switchboard/fingerprint"), "HmacSHA256");
        this.sealKey =
                new SecretKeySpec(hmac(new SecretKeySpec(master, "HmacSHA256"), "switchboard/seal"), "HmacSHA256");
    }

    static boolean isValid(String hex) {
        return SHAPE.matcher(hex).matches();
    }

    /** Reads 64 hex digits; throws {@link EncryptionKeyException} for anything else. */
    static VaultKey ofHex(String hex) {
        if (!isValid(hex)) {
            throw new EncryptionKeyException("not an encryption key of 64 hex digits");
        }
        return new VaultKey(HexFormat.of().parseHex(hex));
    }

    String id() {
        return id;
    }

    SecretKeySpec cipherKey() {
        return cipherKey;
    }

    String fingerprint(String secret) {
        return HexFormat.of().formatHex(hmac(fingerprintKey, secret)).substring(0, 32);
    }

    String seal(String text) {
        return HexFormat.of().formatHex(hmac(sealKey, text));
    }

    private static byte[] hmac(SecretKeySpec key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("HmacSHA256 is part of every Java platform", e);
        }
    }

    /** Shows the id only. */
    @Override
    public String toString() {
        return "VaultKey[" + id + "]";
    }
}
