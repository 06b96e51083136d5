package dev.switchboard.node.routing;

import dev.switchboard.protocol.domain.Failure;
import dev.switchboard.protocol.domain.FailureKind;
import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.domain.PlatformId;
import dev.switchboard.protocol.provider.LeaseReply;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the caller is told when no attempt succeeded (behaviour.md §4, contract.md §3). Names models, never keys, and of
 * upstream's words only those that refuse the caller's own request.
 *
 * @param type the error type of contract.md §3
 * @param retryAfterSeconds at least 1 on 429 and 503, null otherwise
 * @param lack what every model lacked that the request needs; null where it is no such matter
 */
public record TerminalAnswer(
        int status,
        String type,
        @Nullable String code,
        String message,
        @Nullable Long retryAfterSeconds,
        @Nullable SkipReason lack) {
    TerminalAnswer(int status, String type, @Nullable String code, String message, @Nullable Long retryAfterSeconds) {
        this(status, type, code, message, retryAfterSeconds, null);
    }

    private static final String INVALID = "invalid_request_error";
    private static final int MOST_NAMED = 3;
    private static final Duration SOON = Duration.ofSeconds(1);
    private static final Duration UNKNOWN_WAIT = Duration.ofMinutes(1);

    /** One attempt that reached a provider; {@code coolsUntil} is {@link Decision#coolsUntil()}. */
    public record Attempt(ModelRef model, Failure failure, @Nullable Instant coolsUntil) {}

    /** One model that got no lease. */
    public record Denial(ModelRef model, LeaseReply.Reason reason, @Nullable Instant retryAt) {}

    /** Whether the answer carries {@code x-should-retry: false}: the gateway has tried what there was. */
    public boolean forbidsRetry() {
        return status == 502 || status == 504;
    }

    /**
     * The answer after everything was tried.
     *
     * @param attempts in the order made
     * @param plan as it was ranked at the start of the request
     * @param denials in the order given
     */
    public static TerminalAnswer of(List<Attempt> attempts, RoutePlan plan, List<Denial> denials, Instant now) {
        return attempts.isEmpty() ? untried(plan, denials, now) : failed(attempts, plan, denials, now);
    }

    private static TerminalAnswer failed(List<Attempt> attempts, RoutePlan plan, List<Denial> denials, Instant now) {
        Attempt last = attempts.get(attempts.size() - 1);
        FailureKind kind = last.failure().kind();
        if (kind == FailureKind.CLIENT_FAULT) {
            Failure refusal = firstRefusal(attempts);
            return new TerminalAnswer(400, INVALID, refusal.code(), refusal.message(), null);
        }
        String tried = "All %d attempts failed. Last: %s %s. Tried: %s."
                .formatted(attempts.size(), last.model(), describe(last.failure()), modelsOf(attempts));
        if (kind == FailureKind.TOO_LARGE) {
            return new TerminalAnswer(
                    400,
                    INVALID,
                    "context_length_exceeded",
                    "The prompt is too long for every model left. " + tried,
                    null,
                    SkipReason.CONTEXT_WINDOW);
        }
        if (attempts.stream().allMatch(attempt -> attempt.failure().kind() == FailureKind.RATE_LIMITED)) {
            return rateLimited(tried, soonest(attempts, plan, denials), now);
        }
        return kind == FailureKind.TIMEOUT || kind == FailureKind.STALLED
                ? new TerminalAnswer(504, "timeout_error", "upstream_timeout", tried, null)
                : new TerminalAnswer(502, "provider_error", "all_attempts_failed", tried, null);
    }

    private static TerminalAnswer untried(RoutePlan plan, List<Denial> denials, Instant now) {
        if (plan.nothingRoutable()) {
            String named = plan.exclusive() ? " (" + skippedModels(plan) + ")" : "";
            if (plan.noSuchModel()) {
                return new TerminalAnswer(
                        404, INVALID, "model_not_found", "No such model is enabled" + named + ".", null);
            }
            if (plan.allTooSmall()) {
                return new TerminalAnswer(
                        400,
                        INVALID,
                        "context_length_exceeded",
                        "The prompt is too long for the context window of every model that could serve it" + named
                                + ".",
                        null,
                        SkipReason.CONTEXT_WINDOW);
            }
            if (plan.allIncapable()) {
                boolean blind = plan.skipped().stream().anyMatch(skip -> skip.reason() == SkipReason.NO_VISION);
                return new TerminalAnswer(
                        400,
                        INVALID,
                        "unsupported_capability",
                        "No enabled model can " + (blind ? "see the images" : "call the tools") + " of this request"
                                + named + ".",
                        null,
                        blind ? SkipReason.NO_VISION : SkipReason.NO_TOOLS);
            }
        }
        List<PlatformId> keyless = plan.platformsWithoutKey();
        if (!keyless.isEmpty() && denials.isEmpty()) {
            return withoutKey(plan, keyless);
        }
        Optional<Instant> soonest = soonest(List.of(), plan, denials);
        if (lacksQuota(plan, denials)) {
            return rateLimited("No model has quota left" + deniedModels(plan, denials) + ".", soonest, now);
        }
        boolean busy = denials.stream()
                .anyMatch(denial -> denial.reason() == LeaseReply.Reason.SAFEGUARD
                        || denial.reason() == LeaseReply.Reason.PROBE_IN_FLIGHT);
        Duration wait = busy ? SOON : UNKNOWN_WAIT;
        return new TerminalAnswer(
                503,
                "overloaded_error",
                "no_model_available",
                "No model can take the request now" + deniedModels(plan, denials) + ".",
                seconds(busy ? Optional.of(now.plus(wait)) : soonest, now));
    }

    /** Waiting does not help, but an operator can: what to do is said. */
    private static TerminalAnswer withoutKey(RoutePlan plan, List<PlatformId> platforms) {
        String which =
                platforms.stream().limit(MOST_NAMED).map(PlatformId::value).collect(Collectors.joining(", "))
                        + (platforms.size() > MOST_NAMED ? ", …" : "");
        String what = plan.exclusive()
                ? "No usable provider key for " + skippedModels(plan) + ": "
                : "No platform has a usable provider key: ";
        String instead = plan.exclusive() ? " Or ask for a model of another platform, or 'auto'." : "";
        return new TerminalAnswer(
                503,
                "overloaded_error",
                "no_usable_key",
                what + "add or enable one (" + which + ") on the dashboard's page Providers or with POST /api/keys."
                        + instead,
                UNKNOWN_WAIT.toSeconds());
    }

    private static TerminalAnswer rateLimited(String message, Optional<Instant> soonest, Instant now) {
        long seconds = seconds(soonest, now);
        return new TerminalAnswer(
                429, "rate_limit_error", "rate_limit_exceeded", message + " Retry in " + seconds + " s.", seconds);
    }

    private static boolean lacksQuota(RoutePlan plan, List<Denial> denials) {
        return denials.stream().anyMatch(denial -> denial.reason().isQuota())
                || (plan.nothingRoutable()
                        && plan.skipped().stream().anyMatch(skip -> skip.reason() == SkipReason.KEYS_COOLING));
    }

    private static Optional<Instant> soonest(List<Attempt> attempts, RoutePlan plan, List<Denial> denials) {
        return Stream.of(
                        attempts.stream().map(Attempt::coolsUntil),
                        denials.stream().map(Denial::retryAt),
                        plan.soonest().stream())
                .flatMap(times -> times)
                .filter(Objects::nonNull)
                .min(Instant::compareTo);
    }

    private static long seconds(Optional<Instant> soonest, Instant now) {
        long millis = soonest.map(time -> Duration.between(now, time))
                .orElse(UNKNOWN_WAIT)
                .toMillis();
        return Math.max(1, Math.floorDiv(millis + 999, 1000));
    }

    private static Failure firstRefusal(List<Attempt> attempts) {
        for (Attempt attempt : attempts) {
            if (attempt.failure().kind() == FailureKind.CLIENT_FAULT) {
                return attempt.failure();
            }
        }
        throw new IllegalArgumentException("no attempt was refused");
    }

    private static String describe(Failure failure) {
        String words =
                switch (failure.kind()) {
                    case RATE_LIMITED -> "is rate limited";
                    case AUTH -> "refused the gateway's credentials";
                    case CLIENT_FAULT -> "refused the request";
                    case TOO_LARGE -> "found the prompt too long";
                    case MODEL_UNAVAILABLE -> "does not offer the model";
                    case SERVER_ERROR -> "failed";
                    case UNREACHABLE -> "could not be reached";
                    case TIMEOUT -> "did not answer in time";
                    case STALLED -> "stopped sending";
                    case EMPTY -> "sent an empty answer";
                    case MALFORMED -> "sent an unreadable answer";
                    case BROKEN -> "broke off its answer";
                    case NOT_JSON -> "did not answer with the JSON that response_format asks for";
                    case CANCELLED -> "was cancelled";
                };
        return failure.status() >= 400 ? words + " (status " + failure.status() + ")" : words;
    }

    private static String modelsOf(List<Attempt> attempts) {
        return join(attempts.stream().map(Attempt::model));
    }

    private static String skippedModels(RoutePlan plan) {
        return join(plan.skipped().stream().map(RoutePlan.Skipped::ref));
    }

    private static String deniedModels(RoutePlan plan, List<Denial> denials) {
        Set<ModelRef> models = new LinkedHashSet<>();
        denials.forEach(denial -> models.add(denial.model()));
        if (plan.exclusive()) {
            plan.skipped().forEach(skip -> models.add(skip.ref()));
        }
        return models.isEmpty() ? "" : " (" + join(models.stream()) + ")";
    }

    private static String join(Stream<ModelRef> models) {
        return models.distinct().map(ModelRef::toString).collect(Collectors.joining(", "));
    }
}
