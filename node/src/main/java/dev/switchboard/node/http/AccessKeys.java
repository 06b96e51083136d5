package dev.switchboard.node.http;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Compares a presented key with the one in force, in constant time and by digest. */
public final class AccessKeys {
    private final Supplier<@Nullable String> apiKey;
    private final Supplier<@Nullable String> adminKey;

    /** The suppliers answer the keys in force now; null while they are not known yet: then nobody gets in. */
    public AccessKeys(Supplier<@Nullable String> apiKey, Supplier<@Nullable String> adminKey) {
        this.apiKey = apiKey;
        this.adminKey = adminKey;
    }

    /** The API key in force, if known. */
    public @Nullable String apiKey() {
        return apiKey.get();
    }

    /** Whether the presented key opens an endpoint of that access. */
    public boolean opens(Access access, @Nullable String presented) {
        return switch (access) {
            case OPEN -> true;
            case API -> same(presented, apiKey.get());
            case ADMIN -> same(presented, adminKey.get());
        };
    }

    private static boolean same(@Nullable String presented, @Nullable String inForce) {
        return presented != null && inForce != null && MessageDigest.isEqual(sha256(presented), sha256(inForce));
    }

    /** A short digest of a presented key, to tell callers apart. */
    static String digest(@Nullable String presented) {
        return presented == null ? "" : HexFormat.of().formatHex(sha256(presented), 0, 8);
    }

    static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
