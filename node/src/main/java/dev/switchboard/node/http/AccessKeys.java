package dev.switchboard.node.http;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.util.HexFormat;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Judges a presented key in a time that tells nothing of the right one. API keys and the admin key never cross. */
public final class AccessKeys {
    private static final MessageDigest SHA_256 = newSha256();

    private final Supplier<@Nullable String> apiKey;
    private final Supplier<@Nullable String> adminKey;
    private final ApiKeys apiKeys;
    private final Clock clock;
    private volatile InForce firstInForce = new InForce("", new byte[0], "");
    private volatile InForce adminInForce = new InForce("", new byte[0], "");

    /** A key in force; what tells its callers apart is made once. */
    private record InForce(String key, byte[] bytes, String scope) {
        /** Takes as long as the presented one is, whatever this is. */
        boolean is(String presented) {
            return MessageDigest.isEqual(presented.getBytes(StandardCharsets.UTF_8), bytes);
        }
    }

    /** The suppliers answer the keys in force now; null while they are not known yet: then nobody gets in. */
    public AccessKeys(Supplier<@Nullable String> apiKey, Supplier<@Nullable String> adminKey) {
        this(apiKey, adminKey, new ApiKeys(), Clock.systemUTC());
    }

    /** The same with API keys beside the first one. */
    public AccessKeys(
            Supplier<@Nullable String> apiKey, Supplier<@Nullable String> adminKey, ApiKeys apiKeys, Clock clock) {
        this.apiKey = apiKey;
        this.adminKey = adminKey;
        this.apiKeys = apiKeys;
        this.clock = clock;
    }

    /** Who presents an API key; throws a 401 where it opens nothing, a 503 while this node starts. */
    Caller api(@Nullable String presented) {
        if (presented == null) {
            throw noKey();
        }
        ApiKeys.Known known = apiKeys.find(presented);
        if (known != null) {
            if (!known.key().enabled()) {
                throw refused("This API key is disabled.", "api_key_disabled")
                        .because(new KeyRefusal(known.key().id(), KeyRefusal.Reason.DISABLED, ""));
            }
            if (known.key().expired(clock.instant())) {
                throw refused("This API key has expired.", "api_key_expired")
                        .because(new KeyRefusal(known.key().id(), KeyRefusal.Reason.EXPIRED, ""));
            }
            return new Caller("api-key:" + known.key().id(), known.grant(), () -> isApi(presented));
        }
        InForce first = firstInForce(apiKey.get());
        if (first == null) {
            throw starting();
        }
        if (!first.is(presented)) {
            throw wrongKey();
        }
        return new Caller(first.scope(), null, () -> isApi(presented));
    }

    private boolean isApi(String presented) {
        ApiKeys.Known known = apiKeys.find(presented);
        return known != null
                ? known.key().enabled() && !known.key().expired(clock.instant())
                : presented.equals(apiKey.get());
    }

    private @Nullable InForce firstInForce(@Nullable String key) {
        InForce known = firstInForce;
        if (key == null || key.equals(known.key())) {
            return key == null ? null : known;
        }
        return firstInForce = inForce(key);
    }

    /** Whether that is the admin key in force. */
    public boolean isAdmin(@Nullable String presented) {
        String key = adminKey.get();
        if (presented == null || key == null) {
            return false;
        }
        InForce known = adminInForce;
        if (!key.equals(known.key())) {
            known = inForce(key);
            adminInForce = known;
        }
        return known.is(presented);
    }

    /** Throws a 503 while this node starts: a key must not be called wrong before the right one is known. */
    public void requireKnown() {
        if (adminKey.get() == null) {
            throw starting();
        }
    }

    /** A digest of the admin key in force; null before it is known. */
    public @Nullable String adminDigest() {
        String key = adminKey.get();
        return key == null ? null : HexFormat.of().formatHex(sha256(key));
    }

    private static InForce inForce(String key) {
        return new InForce(
                key, key.getBytes(StandardCharsets.UTF_8), HexFormat.of().formatHex(sha256(key), 0, 8));
    }

    private static ApiError starting() {
        return ApiError.overloaded("This node is starting: its keys are not known yet.", 1);
    }

    static ApiError noKey() {
        return ApiError.unauthorized("No key was given: send it as Authorization: Bearer <key>.");
    }

    static ApiError wrongKey() {
        return ApiError.unauthorized("The key is not valid here.");
    }

    private static ApiError refused(String message, String code) {
        return new ApiError(
                401,
                "authentication_error",
                code,
                null,
                message,
                Map.of("WWW-Authenticate", "Bearer realm=\"switchboard\""));
    }

    static byte[] sha256(String text) {
        return sha256().digest(text.getBytes(StandardCharsets.UTF_8));
    }

    /** A copy of a new one costs less than looking for who makes them. */
    static MessageDigest sha256() {
        try {
            return (MessageDigest) SHA_256.clone();
        } catch (CloneNotSupportedException e) {
            return newSha256();
        }
    }

    private static MessageDigest newSha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
