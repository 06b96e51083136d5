package dev.switchboard.node.http.admin;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.switchboard.protocol.directory.ApiKey;
import dev.switchboard.protocol.domain.Limits;
import dev.switchboard.protocol.domain.Mode;
import dev.switchboard.protocol.quota.QuotaCommand;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One API key as people see it.
 *
 * @param key the key itself, only in the answer to its making
 * @param status {@code active}, {@code expired} or {@code disabled}
 */
record ApiKeyRow(
        String id,
        String name,
        String maskedKey,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String key,
        String status,
        List<String> models,
        @Nullable Mode mode,
        @JsonUnwrapped @JsonIgnoreProperties("concurrent") Limits limits,
        boolean enabled,
        Instant createdAt,
        @Nullable Instant expiresAt,
        QuotaCommand.Use usage) {
    /** Nothing was used, or the owner of the limits does not answer at once. */
    static final QuotaCommand.Use UNUSED = new QuotaCommand.Use(0, 0, 0, 0);

    static ApiKeyRow of(ApiKey key, @Nullable String whole, QuotaCommand.Use usage, Instant now) {
        String status = key.expired(now) ? "expired" : "active";
        return new ApiKeyRow(
                key.id().value(),
                key.name(),
                key.masked(),
                whole,
                key.enabled() ? status : "disabled",
                key.models(),
                key.mode(),
                key.limits(),
                key.enabled(),
                key.createdAt(),
                key.expiresAt(),
                usage);
    }
}
