package dev.switchboard.node.relay;

import akka.stream.Attributes;
import akka.stream.FlowShape;
import akka.stream.Inlet;
import akka.stream.Outlet;
import akka.stream.stage.AbstractInHandler;
import akka.stream.stage.AbstractOutHandler;
import akka.stream.stage.GraphStage;
import akka.stream.stage.GraphStageLogic;
import akka.stream.stage.TimerGraphStageLogic;
import dev.switchboard.protocol.domain.Failure;
import dev.switchboard.protocol.domain.FailureKind;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The last stage before the client: holds everything back until the answer commits, ends every answer with exactly one
 * {@link RelayEvent.Done} or {@link RelayEvent.Failed} (never by failing the stream), and completes {@code end} exactly once.
 * An answer that never commits leaves as a single {@code Failed}. One instance serves one answer.
 */
public final class AnswerStage extends GraphStage<FlowShape<RelayEvent, RelayEvent>> {
    /** How long after the finish reason usage and {@code [DONE]} are waited for. */
    static final Duration GRACE = Duration.ofSeconds(5);

    /** How long a complete answer's upstream may take to end by itself, so that its connection can be used again. */
    static final Duration DRAIN = Duration.ofSeconds(1);

    private static final String GRACE_TIMER = "grace";
    private static final String DRAIN_TIMER = "drain";

    private final Inlet<RelayEvent> in = Inlet.create("Answer.in");
    private final Outlet<RelayEvent> out = Outlet.create("Answer.out");
    private final Spec spec;
    private final CompletableFuture<StreamEnd> end;

    /**
     * What the stage has to know of its answer.
     *
     * @param wantsUsage whether the client asked for usage in the stream
     * @param promptTokens the estimate used where upstream sends no usage
     * @param startedNanos when the attempt started, by {@code nanos}
     * @param classify what an exception of the stream means
     */
    public record Spec(
            boolean wantsUsage,
            long promptTokens,
            long startedNanos,
            LongSupplier nanos,
            Function<Throwable, Failure> classify) {}

    /** A stage that completes {@code end} when the answer is over. */
    public AnswerStage(Spec spec, CompletableFuture<StreamEnd> end) {
        this.spec = spec;
        this.end = end;
    }

    @Override
    public FlowShape<RelayEvent, RelayEvent> shape() {
        return FlowShape.of(in, out);
    }

    @Override
    public GraphStageLogic createLogic(Attributes attributes) {
        return new Logic();
    }

    private final class Logic extends TimerGraphStageLogic {
        private final AnswerTracker tracker = new AnswerTracker(spec.wantsUsage(), spec.promptTokens());
        private final Queue<RelayEvent> ready = new ArrayDeque<>();
        private long committedNanos = -1;

        Logic() {
            super(shape());
            setHandler(in, new AbstractInHandler() {
                @Override
                public void onPush() {
                    RelayEvent event = grab(in);
                    if (isClosed(out)) {
                        pull(in);
                    } else {
                        tracker.accept(event, ready::add);
                        advance();
                    }
                }

                @Override
                public void onUpstreamFinish() {
                    if (isClosed(out)) {
                        completeStage();
                    } else {
                        tracker.closed(ready::add);
                        advance();
                    }
                }

                @Override
                public void onUpstreamFailure(Throwable failure) {
                    if (isClosed(out)) {
                        completeStage();
                    } else {
                        tracker.broke(spec.classify().apply(failure), ready::add);
                        advance();
                    }
                }
            });
            setHandler(out, new AbstractOutHandler() {
                @Override
                public void onPull() {
                    advance();
                }

                @Override
                public void onDownstreamFinish(Throwable cause) {
                    report(Failure.of(FailureKind.CANCELLED, "The client went away."));
                    completeStage();
                }
            });
        }

        @Override
        public void postStop() {
            report(Failure.of(FailureKind.CANCELLED, "The stream was stopped."));
        }

        @Override
        public void onTimer(Object key) {
            if (key.equals(GRACE_TIMER)) {
                tracker.closed(ready::add);
                advance();
            } else {
                completeStage();
            }
        }

        private void advance() {
            if (committedNanos < 0 && tracker.committed()) {
                committedNanos = spec.nanos().getAsLong();
            }
            if (!ready.isEmpty() && isAvailable(out)) {
                push(out, ready.remove());
            }
            if (tracker.ended()) {
                if (ready.isEmpty()) {
                    leave();
                }
                return;
            }
            if (tracker.finished()) {
                scheduleOnce(GRACE_TIMER, GRACE);
            }
            if (ready.isEmpty() && !isClosed(in) && !hasBeenPulled(in)) {
                pull(in);
            }
        }

        private void leave() {
            cancelTimer(GRACE_TIMER);
            Failure failure = tracker.failure();
            if (failure != null) {
                report(failure);
                completeStage();
                return;
            }
            end.complete(ended(null));
            complete(out);
            if (isClosed(in)) {
                completeStage();
            } else {
                scheduleOnce(DRAIN_TIMER, DRAIN);
                if (!hasBeenPulled(in)) {
                    pull(in);
                }
            }
        }

        private void report(Failure failure) {
            if (!end.isDone()) {
                end.complete(ended(failure));
            }
        }

        private StreamEnd ended(@Nullable Failure failure) {
            long now = spec.nanos().getAsLong();
            long first = committedNanos < 0 ? now : committedNanos;
            return new StreamEnd(
                    failure, tracker.usage(), millis(first), millis(now), tracker.chunks(), tracker.skipped());
        }

        private long millis(long nanos) {
            return Duration.ofNanos(nanos - spec.startedNanos()).toMillis();
        }
    }
}
