package dev.switchboard.node.turn;

import dev.switchboard.node.routing.Decision;
import dev.switchboard.node.telemetry.AttemptTrace;
import dev.switchboard.node.telemetry.RequestTrace;
import dev.switchboard.node.upstream.UnsupportedField;
import dev.switchboard.protocol.cooldown.CooldownCommand;
import dev.switchboard.protocol.directory.Platform;
import dev.switchboard.protocol.domain.Failure;
import dev.switchboard.protocol.domain.FailureKind;
import dev.switchboard.protocol.domain.KeyId;
import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.domain.Usage;
import dev.switchboard.protocol.statistics.StatisticsCommand.AttemptEnded;
import dev.switchboard.protocol.statistics.StatisticsCommand.RequestEnded;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Tells the owner of cooldowns, the statistics and the trace what became of a request; each attempt exactly once. */
final class TurnLog {
    private static final int CLIENT_CLOSED = 499;

    private final TurnServices services;
    private final TurnRequest request;
    private final long startedNanos = System.nanoTime();
    private long upstreamNanos;
    private long committedNanos = -1;
    private @Nullable Failure lastFailure;
    private @Nullable UnsupportedField inexpressible;
    private AttemptTrace attempt = AttemptTrace.NONE;
    private int attempts;

    TurnLog(TurnServices services, TurnRequest request) {
        this.services = services;
        this.request = request;
    }

    /** An attempt begins; answers the headers that connect the provider's traces with the caller's. */
    Map<String, String> attemptBegins(Platform platform, ModelRef model) {
        if (request.trace() == RequestTrace.NONE) {
            return Map.of();
        }
        attempts++;
        attempt = request.trace()
                .attempt(new RequestTrace.Call(
                        platform.id().value(),
                        model.id(),
                        platform.baseUrl(),
                        request.chat().isEmbedding(),
                        request.chat().stream(),
                        request.session().value(),
                        attempts,
                        traced()));
        return attempt.headers();
    }

    private Map<String, Double> traced() {
        Map<String, Double> settings = new TreeMap<>();
        request.chat().maxTokens().ifPresent(most -> settings.put("gen_ai.request.max_tokens", most.doubleValue()));
        for (String name : List.of("temperature", "top_p", "frequency_penalty", "presence_penalty")) {
            if (request.chat().root().path(name).isNumber()) {
                settings.put(
                        "gen_ai.request." + name,
                        request.chat().root().path(name).asDouble());
            }
        }
        return settings;
    }

    void upstreamTook(long nanos) {
        upstreamNanos += nanos;
    }

    void committed() {
        committedNanos = System.nanoTime() - startedNanos;
    }

    void cannotExpress(UnsupportedField field) {
        inexpressible = field;
    }

    /** The field that the last adapter could not express; null where each could. */
    @Nullable
    UnsupportedField inexpressibleField() {
        return inexpressible;
    }

    void attemptSucceeded(ModelRef model, KeyId key, Usage usage, long ttfbMs, long busyMs, long totalMs) {
        attempt.succeeded(usage.inputTokens(), usage.outputTokens(), ttfbMs);
        services.statistics()
                .accept(new AttemptEnded(
                        services.clock().instant(),
                        request.requestId(),
                        model,
                        key,
                        null,
                        null,
                        ttfbMs,
                        busyMs,
                        totalMs,
                        usage.inputTokens(),
                        usage.outputTokens()));
    }

    /** A success is only worth telling where there is something to clear. */
    void cooldownSuccess(ModelRef model, KeyId key) {
        if (services.cooling().get().concerns(model, key)) {
            services.cooldowns()
                    .accept(new CooldownCommand.Report(
                            model, key, true, true, List.of(), services.clock().instant()));
        }
    }

    void attemptFailed(ModelRef model, KeyId key, Failure failure, Decision decision, long totalMs) {
        lastFailure = failure;
        attempt.failed(failure.kind().wire());
        services.statistics().accept(ended(model, key, failure.kind(), failure.message(), totalMs));
        if (decision.counted() || !decision.effects().isEmpty()) {
            services.cooldowns()
                    .accept(new CooldownCommand.Report(
                            model,
                            key,
                            false,
                            decision.counted(),
                            decision.effects(),
                            services.clock().instant()));
        }
    }

    void attemptCancelled(ModelRef model, KeyId key, long totalMs) {
        attempt.failed(FailureKind.CANCELLED.wire());
        services.statistics().accept(ended(model, key, FailureKind.CANCELLED, null, totalMs));
    }

    private AttemptEnded ended(ModelRef model, KeyId key, FailureKind kind, @Nullable String message, long totalMs) {
        return new AttemptEnded(
                services.clock().instant(), request.requestId(), model, key, kind, message, 0, 0, totalMs, 0, 0);
    }

    void requestEnded(ModelRef model, int status, @Nullable Failure failure, int attempts, Usage usage, long ttftMs) {
        record(
                model,
                status,
                failure == null ? null : failure.kind(),
                failure == null ? null : failure.message(),
                attempts,
                ttftMs,
                usage);
    }

    void requestRefused(TurnReply.Refusal refusal, int attempts) {
        FailureKind kind = lastFailure == null ? null : lastFailure.kind();
        record(null, refusal.status(), kind, refusal.message(), attempts, 0, new Usage(0, 0, true));
    }

    void requestAbandoned(int attempts) {
        record(null, CLIENT_CLOSED, FailureKind.CANCELLED, null, attempts, 0, new Usage(0, 0, true));
    }

    private void record(
            @Nullable ModelRef model,
            int status,
            @Nullable FailureKind kind,
            @Nullable String message,
            int attempts,
            long ttftMs,
            Usage usage) {
        request.whenEnded().accept(usage);
        long total = System.nanoTime() - startedNanos;
        // A committed stream waits for upstream until its end; what we add ends with the commit.
        long own = committedNanos >= 0 ? committedNanos : total;
        services.statistics()
                .accept(new RequestEnded(
                        services.clock().instant(),
                        request.requestId(),
                        request.session(),
                        request.target().mode(),
                        request.requested(),
                        model,
                        status,
                        kind,
                        message,
                        attempts,
                        request.chat().stream(),
                        total / 1_000_000,
                        ttftMs,
                        Math.max(0, own - upstreamNanos) / 1000,
                        usage.inputTokens(),
                        usage.outputTokens()));
    }
}
