package dev.switchboard.node.vault;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;

/**
 * Encrypts secrets at rest with AES-256-GCM (behaviour.md §9). A cipher text is {@code v1.<key id>.<base64url of
 * nonce, data and tag>}; the purpose is its associated data. Writes with the newest key, reads with every known one.
 * Safe for use by several threads.
 */
public final class Vault {
    private static final String FORMAT = "v1";
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;

    private final Map<String, VaultKey> keys = new LinkedHashMap<>();
    private final VaultKey newest;
    private final SecureRandom random = new SecureRandom();

    private Vault(List<VaultKey> keys) {
        keys.forEach(key -> this.keys.putIfAbsent(key.id(), key));
        this.newest = keys.get(0);
    }

    /**
     * A vault over encryption keys of 64 hex digits, the newest first. Throws {@link EncryptionKeyException} for
     * another shape or no key.
     */
    public static Vault of(List<String> hexKeys) {
        if (hexKeys.isEmpty()) {
            throw new EncryptionKeyException("no encryption key");
        }
        return new Vault(hexKeys.stream().map(VaultKey::ofHex).toList());
    }

    /** Encrypts with the newest key and a random nonce: twice the same secret gives two cipher texts. */
    public String encrypt(Purpose purpose, String plain) {
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        try {
            Cipher cipher = cipher(Cipher.ENCRYPT_MODE, newest, nonce, purpose);
            byte[] data = cipher.doFinal(plain.getBytes(StandardCharsets.UTF_8));
            byte[] whole = ByteBuffer.allocate(nonce.length + data.length)
                    .put(nonce)
                    .put(data)
                    .array();
            return FORMAT + "." + newest.id() + "."
                    + Base64.getUrlEncoder().withoutPadding().encodeToString(whole);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-GCM is part of every Java platform", e);
        }
    }

    /** Opens a cipher text of {@link #encrypt} for the same purpose, by whichever known key wrote it. */
    public String decrypt(Purpose purpose, String cipherText) throws UnreadableSecretException {
        String[] parts = cipherText.split("\\.", -1);
        if (parts.length != 3 || !parts[0].equals(FORMAT)) {
            throw new UnreadableSecretException(UnreadableSecretException.Reason.MALFORMED);
        }
        VaultKey key = keys.get(parts[1]);
        if (key == null) {
            throw new UnreadableSecretException(UnreadableSecretException.Reason.UNKNOWN_KEY);
        }
        ByteBuffer whole = ByteBuffer.wrap(decode(parts[2]));
        if (whole.remaining() < NONCE_BYTES + TAG_BITS / 8) {
            throw new UnreadableSecretException(UnreadableSecretException.Reason.MALFORMED);
        }
        byte[] nonce = new byte[NONCE_BYTES];
        whole.get(nonce);
        byte[] data = new byte[whole.remaining()];
        whole.get(data);
        try {
            return new String(cipher(Cipher.DECRYPT_MODE, key, nonce, purpose).doFinal(data), StandardCharsets.UTF_8);
        } catch (GeneralSecurityException e) {
            throw new UnreadableSecretException(UnreadableSecretException.Reason.TAMPERED);
        }
    }

    /** Whether a cipher text was written with the newest key; false asks for re-encryption. */
    public boolean isCurrent(String cipherText) {
        return cipherText.startsWith(FORMAT + "." + newest.id() + ".");
    }

    /** The ids of the known keys, the newest first; an id tells nothing of its key. */
    public List<String> keyIds() {
        return List.copyOf(keys.keySet());
    }

    /** A keyed hash of the secret under the newest key, 32 hex digits: equal secrets have equal fingerprints. */
    public String fingerprint(String secret) {
        return newest.fingerprint(secret);
    }

    /** The fingerprints of the secret under every known key, the newest first; finds rows older than a rotation. */
    public List<String> fingerprints(String secret) {
        List<String> all = new ArrayList<>();
        keys.values().forEach(key -> all.add(key.fingerprint(secret)));
        return all;
    }

    /** An authentication code of a text, 64 hex digits: only nodes with the encryption key can make it. */
    public String seal(String text) {
        return newest.seal(text);
    }

    /** Whether {@link #seal} made that code of that text, under any known key; in constant time. */
    public boolean sealed(String text, String seal) {
        byte[] given = seal.getBytes(StandardCharsets.UTF_8);
        boolean found = false;
        for (VaultKey key : keys.values()) {
            found |= MessageDigest.isEqual(key.seal(text).getBytes(StandardCharsets.UTF_8), given);
        }
        return found;
    }

    /** What people may see of a secret; see {@link Mask}. */
    public String mask(String secret) {
        return Mask.of(secret);
    }

    private static byte[] decode(String base64) throws UnreadableSecretException {
        try {
            return Base64.getUrlDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            throw new UnreadableSecretException(UnreadableSecretException.Reason.MALFORMED);
        }
    }

    private static Cipher cipher(int mode, VaultKey key, byte[] nonce, Purpose purpose)
            throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key.cipherKey(), new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD((FORMAT + "/" + key.id() + "/" + purpose.value()).getBytes(StandardCharsets.UTF_8));
        return cipher;
    }

    /** Shows key ids only. */
    @Override
    public String toString() {
        return "Vault" + keys.keySet();
    }
}
