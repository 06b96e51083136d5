package dev.switchboard.node.statistics;

import dev.switchboard.protocol.domain.FailureKind;
import dev.switchboard.protocol.statistics.StatisticsCommand.AttemptEnded;
import dev.switchboard.protocol.statistics.StatisticsCommand.BucketDelta;
import java.time.Instant;

/** What an outcome adds to a bucket, and sums of such additions. */
final class Deltas {
    private static final long SECONDS_PER_HOUR = 3600;

    private Deltas() {}

    /** Whole hours since 1970 UTC: the number of the bucket that an instant falls into. */
    static long hourOf(Instant at) {
        return Math.floorDiv(at.getEpochSecond(), SECONDS_PER_HOUR);
    }

    /** One attempt as a delta. Tokens count towards speed only where both tokens and time are known. */
    static BucketDelta of(AttemptEnded attempt) {
        FailureKind failure = attempt.failure();
        boolean success = failure == null;
        boolean counted = failure == null || failure.countsAgainstModel();
        boolean timed = attempt.outputTokens() > 0 && attempt.busyMs() > 0;
        boolean answered = attempt.ttfbMs() > 0;
        return new BucketDelta(
                attempt.model(),
                hourOf(attempt.at()),
                success ? 1 : 0,
                counted ? 1 : 0,
                1,
                timed ? attempt.outputTokens() : 0,
                timed ? attempt.busyMs() : 0,
                answered ? attempt.ttfbMs() : 0,
                answered ? 1 : 0);
    }

    /** The sum of two deltas of the same model and hour. */
    static BucketDelta plus(BucketDelta a, BucketDelta b) {
        return new BucketDelta(
                a.model(),
                a.hour(),
                a.successes() + b.successes(),
                a.counted() + b.counted(),
                a.requests() + b.requests(),
                a.outputTokens() + b.outputTokens(),
                a.busyMs() + b.busyMs(),
                a.ttfbSum() + b.ttfbSum(),
                a.ttfbCount() + b.ttfbCount());
    }
}
