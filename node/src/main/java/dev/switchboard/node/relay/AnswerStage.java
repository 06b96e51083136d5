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
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * The last stage before the client: holds everything back until the answer commits, ends every answer with exactly one
 * {@link RelayEvent.Done} or {@link RelayEvent.Failed} (never by failing the stream), and completes {@code end} exactly once.
 * An answer that never commits leaves as a single {@code Failed}. One instance serves one answer.
 */
public final class AnswerStage extends GraphStage<FlowShape<RelayEvent, RelayEvent>> {
    /** How long after the finish reason usage and {@code [DONE]} are waited for. */
    public static final Duration GRACE = Duration.ofSeconds(5);

    /** How long a complete answer's upstream may take to end by itself, so that its connection can be used again. */
    static final Duration DRAIN = Duration.ofSeconds(1);

    private static final String GRACE_TIMER = "grace";
    private static final String DRAIN_TIMER = "drain";

    private final Inlet<RelayEvent> in = Inlet.create("Answer.in");
    private final Outlet<RelayEvent> out = Outlet.create("Answer.out");
    private final AnswerOpening answer;
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
        this(new AnswerOpening(spec), end);
    }

    /** The same for an answer that has begun elsewhere; what it holds back leaves first. */
    public AnswerStage(AnswerOpening answer, CompletableFuture<StreamEnd> end) {
        this.answer = answer;
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
        private final AnswerTracker tracker = answer.tracker;
        private final Queue<RelayEvent> ready = answer.ready;

        Logic() {
            super(shape());
            setHandler(in, new AbstractInHandler() {
                @Override
                public void onPush() {
                    RelayEvent event = grab(in);
                    if (isClosed(out)) {
                        pull(in);
                    } else {
                        answer.accept(event);
                        advance();
                    }
                }

                @Override
                public void onUpstreamFinish() {
                    if (isClosed(out)) {
                        completeStage();
                    } else {
                        answer.closed();
                        advance();
                    }
                }

                @Override
                public void onUpstreamFailure(Throwable failure) {
                    if (isClosed(out)) {
                        completeStage();
                    } else {
                        answer.broke(failure);
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
                    answer.report(end, Failure.of(FailureKind.CANCELLED, "The client went away."));
                    completeStage();
                }
            });
        }

        @Override
        public void preStart() {
            answer.claim();
        }

        @Override
        public void postStop() {
            answer.report(end, Failure.of(FailureKind.CANCELLED, "The stream was stopped."));
        }

        @Override
        public void onTimer(Object key) {
            if (key.equals(GRACE_TIMER)) {
                // Another choice may have begun since.
                if (tracker.finished()) {
                    answer.closed();
                    advance();
                }
            } else {
                completeStage();
            }
        }

        private void advance() {
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
                answer.report(end, failure);
                completeStage();
                return;
            }
            answer.report(end, null);
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
    }
}
