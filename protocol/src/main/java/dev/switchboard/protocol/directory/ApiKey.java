package dev.switchboard.protocol.directory;

import dev.switchboard.protocol.domain.ApiKeyId;
import dev.switchboard.protocol.domain.Limits;
import dev.switchboard.protocol.domain.Mode;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One key of {@code /v1} beside the first one. The key itself is shown once, when it is made, and never kept.
 *
 * @param salt hex digits that go before the key into the hash
 * @param hash SHA-256 of salt and key, in hex digits; the key holds 192 random bits, so a slow hash would add nothing
 * @param masked what people see, such as {@code sb-0a1b2c3d4e5f-…}
 * @param models {@code platform/model}, {@code model} or {@code platform/*}; empty is every model
 * @param mode what {@code auto} means for this key; null as for everyone
 * @param limits of all requests with this key, in the whole cluster
 * @param expiresAt null never
 */
public record ApiKey(
        ApiKeyId id,
        String name,
        String salt,
        String hash,
        String masked,
        List<String> models,
        @Nullable Mode mode,
        Limits limits,
        boolean enabled,
        Instant createdAt,
        @Nullable Instant expiresAt) {
    public ApiKey {
        models = List.copyOf(models);
    }

    /** Whether the key has expired. */
    public boolean expired(Instant now) {
        return expiresAt != null && !now.isBefore(expiresAt);
    }
}
