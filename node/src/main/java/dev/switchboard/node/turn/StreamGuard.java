package dev.switchboard.node.turn;

import akka.NotUsed;
import akka.stream.Attributes;
import akka.stream.FlowShape;
import akka.stream.Inlet;
import akka.stream.Outlet;
import akka.stream.stage.AbstractInHandler;
import akka.stream.stage.AbstractOutHandler;
import akka.stream.stage.AsyncCallback;
import akka.stream.stage.GraphStage;
import akka.stream.stage.GraphStageLogic;
import dev.switchboard.node.relay.RelayEvent;
import dev.switchboard.protocol.domain.Failure;
import dev.switchboard.protocol.domain.FailureKind;
import org.jspecify.annotations.Nullable;

/**
 * Counts the events of a running stream, keeps its last one back until the turn lets it go, and lets a stopping node end it
 * with an error event that the client sees, never a bare break. An instance guards one stream.
 */
final class StreamGuard extends GraphStage<FlowShape<RelayEvent, RelayEvent>> {
    private final Inlet<RelayEvent> in = Inlet.create("StreamGuard.in");
    private final Outlet<RelayEvent> out = Outlet.create("StreamGuard.out");
    private final FlowShape<RelayEvent, RelayEvent> shape = FlowShape.of(in, out);
    private final Runnable onEvent;
    private final boolean keepsDone;
    private @Nullable AsyncCallback<NotUsed> running;
    private @Nullable AsyncCallback<NotUsed> waiting;
    private boolean interrupted;
    private boolean letGo;

    private static final class Stopping extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Stopping() {
            super("the node is stopping", null, false, false);
        }
    }

    /**
     * The guard of one stream.
     *
     * @param onEvent runs for every event
     * @param keepsDone whether the end of a whole answer is kept back too; that of a broken one always is
     */
    StreamGuard(Runnable onEvent, boolean keepsDone) {
        this.onEvent = onEvent;
        this.keepsDone = keepsDone;
    }

    @Override
    public FlowShape<RelayEvent, RelayEvent> shape() {
        return shape;
    }

    @Override
    public GraphStageLogic createLogic(Attributes attributes) {
        return new Logic();
    }

    /** Ends the stream, at once or when it begins to run. */
    synchronized void interrupt() {
        interrupted = true;
        if (running != null) {
            running.invoke(NotUsed.getInstance());
        }
    }

    /** The last event leaves, now or when it comes. */
    synchronized void letGo() {
        letGo = true;
        if (waiting != null) {
            waiting.invoke(NotUsed.getInstance());
        }
    }

    private boolean isKept(RelayEvent event) {
        return event instanceof RelayEvent.Failed || (keepsDone && event instanceof RelayEvent.Done);
    }

    private synchronized boolean mustWait(AsyncCallback<NotUsed> go) {
        waiting = go;
        return !letGo;
    }

    private synchronized boolean runs(AsyncCallback<NotUsed> end) {
        running = end;
        return !interrupted;
    }

    private final class Logic extends GraphStageLogic {
        private @Nullable RelayEvent kept;

        private Logic() {
            super(shape);
            setHandler(in, new AbstractInHandler() {
                @Override
                public void onPush() {
                    onEvent.run();
                    RelayEvent event = grab(in);
                    if (isKept(event) && mustWait(createAsyncCallback(nothing -> go()))) {
                        kept = event;
                    } else {
                        push(out, event);
                    }
                }

                @Override
                public void onUpstreamFinish() {
                    if (kept == null) {
                        completeStage();
                    }
                }
            });
            setHandler(out, new AbstractOutHandler() {
                @Override
                public void onPull() {
                    if (!isClosed(in)) {
                        pull(in);
                    }
                }
            });
        }

        @Override
        public void preStart() {
            if (!runs(createAsyncCallback(nothing -> end()))) {
                end();
            }
        }

        private void go() {
            RelayEvent last = kept;
            if (last == null) {
                return;
            }
            kept = null;
            push(out, last);
            if (isClosed(in)) {
                completeStage();
            }
        }

        private void end() {
            if (isClosed(in) || kept != null) {
                return;
            }
            cancel(in, new Stopping());
            emit(
                    out,
                    new RelayEvent.Failed(
                            Failure.of(FailureKind.BROKEN, "This node is stopping; the answer is incomplete.")),
                    this::completeStage);
        }
    }
}
