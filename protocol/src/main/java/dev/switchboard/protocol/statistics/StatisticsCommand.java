package dev.switchboard.protocol.statistics;

import dev.switchboard.protocol.CborSerializable;
import dev.switchboard.protocol.domain.FailureKind;
import dev.switchboard.protocol.domain.KeyId;
import dev.switchboard.protocol.domain.Mode;
import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.domain.SessionKey;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the statistics room is told; it never answers on the request path (behaviour.md §6). */
public sealed interface StatisticsCommand extends CborSerializable {
    /**
     * One attempt ended: recorded exactly once (behaviour.md §4).
     *
     * @param failure null for a success
     * @param ttfbMs milliseconds from sending to the first event with content; 0 where none came
     * @param busyMs milliseconds from the first event with content to the end, for tokens per second
     */
    record AttemptEnded(
            Instant at,
            String requestId,
            ModelRef model,
            KeyId key,
            @Nullable FailureKind failure,
            @Nullable String message,
            long ttfbMs,
            long busyMs,
            long totalMs,
            long inputTokens,
            long outputTokens)
            implements StatisticsCommand {}

    /**
     * One request ended: a row of the request log.
     *
     * @param requested the model as the caller wrote it
     * @param model the model that answered, null where none did
     * @param status the HTTP status the caller got; 499 where the caller went away
     * @param overheadMicros microseconds of total time less the time spent waiting for upstream
     */
    record RequestEnded(
            Instant at,
            String requestId,
            SessionKey session,
            @Nullable Mode mode,
            String requested,
            @Nullable ModelRef model,
            int status,
            @Nullable FailureKind failure,
            @Nullable String message,
            int attempts,
            boolean stream,
            long totalMs,
            long ttftMs,
            long overheadMicros,
            long inputTokens,
            long outputTokens)
            implements StatisticsCommand {
        /** Whether it came as far as routing; not every other request has a row. */
        public boolean wasRouted() {
            return !session.equals(SessionKey.NONE);
        }
    }

    /** Bucket changes of another node, sent in batches. */
    record PeerDeltas(String node, List<BucketDelta> deltas) implements StatisticsCommand {}

    /** What one node adds to one model's bucket of one hour. */
    record BucketDelta(
            ModelRef model,
            long hour,
            long successes,
            long counted,
            long requests,
            long outputTokens,
            long busyMs,
            long ttfbSum,
            long ttfbCount) {}
}
