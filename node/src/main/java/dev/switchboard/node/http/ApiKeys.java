package dev.switchboard.node.http;

import dev.switchboard.protocol.directory.ApiKey;
import dev.switchboard.protocol.directory.DirectorySnapshot;
import dev.switchboard.protocol.directory.Model;
import dev.switchboard.protocol.domain.ApiKeyId;
import dev.switchboard.protocol.domain.ModelRef;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The API keys beside the first one, ready for the request path: found by the id within the key, compared by one salted
 * hash in constant time. A key is {@code sb-}, 12 hex digits of id, a dash and 48 hex digits of secret.
 */
public final class ApiKeys {
    private static final String PREFIX = "sb-";
    private static final int ID_DIGITS = 12;
    private static final int SECRET_DIGITS = 48;
    private static final int LENGTH = PREFIX.length() + ID_DIGITS + 1 + SECRET_DIGITS;
    private static final int SALT_BYTES = 16;

    private volatile Map<String, Known> byId = Map.of();

    /** A key with what the request path needs of it. */
    record Known(ApiKey key, byte[] salt, byte[] hash, ApiKeyGrant grant) {}

    /** A key that was made just now: the only time that it is seen whole. */
    public record Made(ApiKeyId id, String key, String salt, String hash, String masked) {
        /** Without the key. */
        @Override
        public String toString() {
            return "Made[" + id + "]";
        }
    }

    /** Makes a key with {@code random}. */
    public static Made make(SecureRandom random) {
        byte[] bytes = new byte[ID_DIGITS / 2 + SECRET_DIGITS / 2 + SALT_BYTES];
        random.nextBytes(bytes);
        HexFormat hex = HexFormat.of();
        String id = hex.formatHex(bytes, 0, ID_DIGITS / 2);
        int secretEnd = ID_DIGITS / 2 + SECRET_DIGITS / 2;
        String key = PREFIX + id + "-" + hex.formatHex(bytes, ID_DIGITS / 2, secretEnd);
        byte[] salt = java.util.Arrays.copyOfRange(bytes, secretEnd, bytes.length);
        return new Made(new ApiKeyId(id), key, hex.formatHex(salt), hex.formatHex(hash(salt, key)), PREFIX + id + "-…");
    }

    /** Takes the keys of a new version of the directory in use. */
    public void take(DirectorySnapshot directory) {
        List<ApiKey> keys = directory.grants().apiKeys();
        Map<String, Known> next = new HashMap<>();
        for (ApiKey key : keys) {
            ApiKeyGrant grant = new ApiKeyGrant(key.id(), allowed(key, directory), key.mode(), key.limits());
            next.put(
                    key.id().value(),
                    new Known(
                            key,
                            HexFormat.of().parseHex(key.salt()),
                            HexFormat.of().parseHex(key.hash()),
                            grant));
        }
        byId = next;
    }

    private static @Nullable Set<ModelRef> allowed(ApiKey key, DirectorySnapshot directory) {
        if (key.models().isEmpty()) {
            return null;
        }
        Set<String> names = Set.copyOf(key.models());
        Set<ModelRef> allowed = new HashSet<>();
        for (Model model : directory.models()) {
            if (matches(names, model.ref())) {
                allowed.add(model.ref());
            }
        }
        return Set.copyOf(allowed);
    }

    /** Whether one of the entries of a key's list means that model. */
    public static boolean matches(Set<String> names, ModelRef ref) {
        return names.contains(ref.toString())
                || names.contains(ref.id())
                || names.contains(ref.platform().value() + "/*");
    }

    /** The key that was presented, whatever its state; null for one that does not exist. */
    @Nullable
    Known find(String presented) {
        if (presented.length() != LENGTH
                || !presented.startsWith(PREFIX)
                || presented.charAt(PREFIX.length() + ID_DIGITS) != '-') {
            return null;
        }
        Known known = byId.get(presented.substring(PREFIX.length(), PREFIX.length() + ID_DIGITS));
        return known != null && MessageDigest.isEqual(hash(known.salt(), presented), known.hash()) ? known : null;
    }

    private static byte[] hash(byte[] salt, String key) {
        MessageDigest digest = AccessKeys.sha256();
        digest.update(salt);
        return digest.digest(key.getBytes(StandardCharsets.UTF_8));
    }
}
