package dev.switchboard.node.http;

import dev.switchboard.node.quota.Quotas;
import dev.switchboard.node.routing.Target;
import dev.switchboard.node.turn.Targets;
import dev.switchboard.protocol.domain.Limits;
import dev.switchboard.protocol.domain.Mode;
import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.domain.Usage;
import dev.switchboard.protocol.quota.QuotaCommand;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What an API key's models, mode and limits mean for a request. A key without limits asks nobody. */
public final class ApiKeyRules {
    private static final CompletionStage<Consumer<Usage>> FREE = CompletableFuture.completedStage(usage -> {});

    private final Quotas quotas;
    private final Clock clock;

    /** Limits are kept by {@code quotas}. */
    public ApiKeyRules(Quotas quotas, Clock clock) {
        this.quotas = quotas;
        this.clock = clock;
    }

    /** The target as the key may have it; throws a 404 where it may use none of the models. */
    static Target narrowed(Targets.Found found, @Nullable ApiKeyGrant grant) {
        Target target = found.target();
        if (grant == null) {
            return target;
        }
        if (target instanceof Target.Explicit explicit) {
            List<ModelRef> allowed =
                    explicit.models().stream().filter(grant::allows).toList();
            if (allowed.isEmpty()) {
                throw new ApiError(
                                404,
                                "invalid_request_error",
                                "model_not_found",
                                "model",
                                "The model '" + found.requested() + "' does not exist or this API key may not use it.",
                                Map.of())
                        .because(new KeyRefusal(grant.id(), KeyRefusal.Reason.MODEL, found.requested()));
            }
            return new Target.Explicit(allowed, explicit.fallback(), explicit.mode());
        }
        Mode mode = grant.mode();
        return mode != null && target.mode() == Mode.BALANCED ? new Target.Auto(mode) : target;
    }

    /**
     * Counts a request against the key's limits; the stage gives what is to be told of its usage, and fails with a 429.
     *
     * @param tokens the estimate
     * @param requested the model as the caller wrote it
     */
    CompletionStage<Consumer<Usage>> admit(@Nullable ApiKeyGrant grant, long tokens, String requested) {
        if (grant == null || grant.limits().equals(Limits.NONE)) {
            return FREE;
        }
        String ticket = UUID.randomUUID().toString();
        return quotas.admit(grant.id(), ticket, grant.limits(), tokens)
                .handleAsync(
                        (answer, failure) -> {
                            if (failure != null) {
                                throw ApiError.overloaded("The owner of this API key's limits does not answer.", 1);
                            }
                            if (answer instanceof QuotaCommand.Denied denied) {
                                throw refused(denied, clock.instant())
                                        .because(new KeyRefusal(grant.id(), KeyRefusal.Reason.LIMIT, requested));
                            }
                            return usage -> quotas.settle(
                                    grant.id(), ticket, tokens, usage.inputTokens() + usage.outputTokens());
                        },
                        Runnable::run);
    }

    private static ApiError refused(QuotaCommand.Denied denied, Instant now) {
        Instant retryAt = denied.retryAt();
        if (retryAt == null) {
            return ApiError.invalid(
                    "The request alone is above the limit " + denied.limit() + " of this API key.",
                    null,
                    "token_limit_exceeded");
        }
        long seconds = Math.max(1, (Duration.between(now, retryAt).toMillis() + 999) / 1000);
        return new ApiError(
                429,
                "rate_limit_error",
                "api_key_limit_exceeded",
                null,
                "This API key has reached its limit " + denied.limit() + ".",
                Map.of("Retry-After", Long.toString(seconds)));
    }
}
