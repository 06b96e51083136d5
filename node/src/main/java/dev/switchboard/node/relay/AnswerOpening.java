package dev.switchboard.node.relay;

import dev.switchboard.protocol.domain.Failure;
import dev.switchboard.protocol.domain.FailureKind;
import dev.switchboard.protocol.domain.Usage;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A streamed answer from its first event until it commits or fails (behaviour.md §4), without a stream of its own: whoever
 * reads the bytes hands in the events. From there an {@link AnswerStage} goes on with it. One owner at a time.
 */
public final class AnswerOpening {
    final AnswerTracker tracker;
    final Queue<RelayEvent> ready = new ArrayDeque<>();
    private final AnswerStage.Spec spec;
    private volatile boolean claimed;
    private long committedNanos = -1;

    /** An answer of which nothing has come. */
    public AnswerOpening(AnswerStage.Spec spec) {
        this.spec = spec;
        this.tracker = new AnswerTracker(spec.wantsUsage(), spec.promptTokens());
    }

    /** The next event. */
    public void accept(RelayEvent event) {
        tracker.accept(event, ready::add);
        noteCommit();
    }

    /** Upstream is over. */
    public void closed() {
        tracker.closed(ready::add);
        noteCommit();
    }

    /** The bytes ended with a failure. */
    public void broke(Throwable thrown) {
        tracker.broke(spec.classify().apply(thrown), ready::add);
        noteCommit();
    }

    private void noteCommit() {
        if (committedNanos < 0 && tracker.committed()) {
            committedNanos = spec.nanos().getAsLong();
        }
    }

    /** Whether it has committed or failed: an owner that waits for the commit is done. */
    public boolean decided() {
        return tracker.committed() || tracker.ended();
    }

    /** Whether the finish reason of every choice came; the rest is waited for no longer than {@link AnswerStage#GRACE}. */
    public boolean finished() {
        return tracker.finished();
    }

    /** Why it failed; null while it has not. */
    public @Nullable Failure failure() {
        return tracker.failure();
    }

    /** Its stream runs. */
    void claim() {
        claimed = true;
    }

    /** Ends an answer that nobody came for; does nothing where its stream runs. */
    public void unclaimed(CompletableFuture<StreamEnd> end) {
        if (claimed) {
            return;
        }
        report(end, Failure.of(FailureKind.CANCELLED, "Nobody took the stream."));
    }

    void report(CompletableFuture<StreamEnd> end, @Nullable Failure failure) {
        if (end.isDone()) {
            return;
        }
        long now = spec.nanos().getAsLong();
        Usage usage = tracker.usage();
        end.complete(new StreamEnd(
                failure,
                usage,
                millis(committedNanos < 0 ? now : committedNanos),
                millis(now),
                tracker.chunks(),
                tracker.skipped()));
    }

    private long millis(long nanos) {
        return Duration.ofNanos(nanos - spec.startedNanos()).toMillis();
    }
}
