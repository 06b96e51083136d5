package dev.switchboard.node.statistics;

import dev.switchboard.protocol.domain.FailureKind;
import dev.switchboard.protocol.domain.KeyId;
import dev.switchboard.protocol.domain.Mode;
import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.domain.SessionKey;
import dev.switchboard.protocol.statistics.StatisticsCommand.AttemptEnded;
import dev.switchboard.protocol.statistics.StatisticsCommand.BucketDelta;
import dev.switchboard.protocol.statistics.StatisticsCommand.RequestEnded;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Outcomes for tests. */
final class Samples {
    static final ModelRef LARGE = ModelRef.of("alpha", "a-large");
    static final ModelRef SMALL = ModelRef.of("beta", "org/b-small");
    static final Instant NOW = Instant.parse("2026-03-05T12:34:56Z");

    private Samples() {}

    static AttemptEnded attempt(ModelRef model, Instant at, @Nullable FailureKind failure) {
        boolean success = failure == null;
        return new AttemptEnded(
                at,
                "req-1",
                model,
                new KeyId("k1"),
                failure,
                success ? null : "it broke",
                success ? 200 : 0,
                success ? 1000 : 0,
                1200,
                10,
                success ? 50 : 0);
    }

    static RequestEnded request(String id, Instant at, @Nullable ModelRef model, int status) {
        return request(id, at, model, status, 100, 40);
    }

    static RequestEnded request(
            String id, Instant at, @Nullable ModelRef model, int status, long totalMs, long ttftMs) {
        return new RequestEnded(
                at,
                id,
                new SessionKey("s1"),
                Mode.BALANCED,
                "auto",
                model,
                status,
                status < 400 ? null : status == 499 ? FailureKind.CANCELLED : FailureKind.SERVER_ERROR,
                status < 400 ? null : "All 1 attempts failed",
                model == null ? 0 : 1,
                true,
                totalMs,
                ttftMs,
                2_000,
                7,
                11);
    }

    static BucketDelta delta(ModelRef model, long hour, long successes, long counted) {
        return new BucketDelta(model, hour, successes, counted, counted, 50 * successes, 1000 * successes, 0, 0);
    }
}
