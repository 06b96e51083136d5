package dev.switchboard.node.statistics;

import dev.switchboard.protocol.domain.FailureKind;
import dev.switchboard.protocol.domain.Mode;
import dev.switchboard.protocol.statistics.StatisticsCommand.AttemptEnded;
import dev.switchboard.protocol.statistics.StatisticsCommand.RequestEnded;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** The metrics that outcomes feed (contract.md §5). Labels are bounded. Not thread-safe. */
final class Meters {
    /** Platforms told apart; attempts on more are counted under {@code other}. */
    static final int MAX_PLATFORMS = 100;

    private static final String OTHER = "other";
    private static final String EXPLICIT = "explicit";

    private final MeterRegistry registry;
    private final Map<Labels, Counter> requests = new HashMap<>();
    private final Map<Labels, Counter> attempts = new HashMap<>();
    private final Map<String, String> platforms = new HashMap<>();
    private final Timer overhead;
    private final Timer ttft;
    private final Counter input;
    private final Counter output;

    Meters(MeterRegistry registry) {
        this.registry = registry;
        this.overhead = Timer.builder("switchboard.overhead")
                .description("Time of a request less the time spent waiting for upstream")
                .serviceLevelObjectives(millis(1, 2, 5, 10, 20, 50, 100, 250, 1000))
                .register(registry);
        this.ttft = Timer.builder("switchboard.ttft")
                .description("Time from a request to its first content")
                .serviceLevelObjectives(millis(50, 100, 250, 500, 1000, 2000, 5000, 10_000, 30_000))
                .register(registry);
        this.input = tokens("input");
        this.output = tokens("output");
        for (Mode mode : Mode.values()) {
            requests(new Labels(mode.wire(), "200"));
        }
    }

    void attemptEnded(AttemptEnded attempt) {
        FailureKind failure = attempt.failure();
        String outcome = failure == null ? "success" : failure.wire();
        String platform = platformLabel(attempt.model().platform().value());
        attempts.computeIfAbsent(new Labels(platform, outcome), labels -> Counter.builder("switchboard.attempts")
                        .description("Attempts on a provider")
                        .tag("platform", labels.first())
                        .tag("outcome", labels.second())
                        .register(registry))
                .increment();
    }

    void requestEnded(RequestEnded request) {
        Mode mode = request.mode();
        int status = request.status();
        requests(new Labels(
                        mode == null ? EXPLICIT : mode.wire(),
                        status >= 100 && status <= 599 ? Integer.toString(status) : OTHER))
                .increment();
        overhead.record(Duration.ofNanos(Math.max(0, request.overheadMicros()) * 1000));
        if (request.ttftMs() > 0) {
            ttft.record(Duration.ofMillis(request.ttftMs()));
        }
        input.increment(Math.max(0, request.inputTokens()));
        output.increment(Math.max(0, request.outputTokens()));
    }

    private Counter requests(Labels key) {
        return requests.computeIfAbsent(key, labels -> Counter.builder("switchboard.requests")
                .description("Requests by mode and HTTP status")
                .tag("mode", labels.first())
                .tag("status", labels.second())
                .register(registry));
    }

    private String platformLabel(String platform) {
        return platforms.size() < MAX_PLATFORMS
                ? platforms.computeIfAbsent(platform, label -> label)
                : platforms.getOrDefault(platform, OTHER);
    }

    private Counter tokens(String direction) {
        return Counter.builder("switchboard.tokens")
                .description("Tokens of answered requests")
                .tag("direction", direction)
                .register(registry);
    }

    private static Duration[] millis(long... values) {
        Duration[] durations = new Duration[values.length];
        for (int i = 0; i < values.length; i++) {
            durations[i] = Duration.ofMillis(values[i]);
        }
        return durations;
    }

    private record Labels(String first, String second) {}
}
