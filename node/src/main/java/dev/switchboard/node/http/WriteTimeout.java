package dev.switchboard.node.http;

import akka.stream.Attributes;
import akka.stream.FlowShape;
import akka.stream.Inlet;
import akka.stream.Outlet;
import akka.stream.stage.AbstractInHandler;
import akka.stream.stage.AbstractOutHandler;
import akka.stream.stage.GraphStage;
import akka.stream.stage.GraphStageLogic;
import dev.switchboard.node.socket.DeadlineLogic;
import java.time.Duration;
import java.util.function.Supplier;

/** Fails an answer of which the client has taken nothing for a time, and tells of every answer's end. */
final class WriteTimeout<T> extends GraphStage<FlowShape<T, T>> {
    private final Inlet<T> in = Inlet.create("WriteTimeout.in");
    private final Outlet<T> out = Outlet.create("WriteTimeout.out");
    private final FlowShape<T, T> shape = FlowShape.of(in, out);
    private final Duration patience;
    private final Supplier<? extends RuntimeException> failure;
    private final Runnable whenEnded;

    /** The failure is made when it happens; {@code whenEnded} runs once, however the answer ends. */
    WriteTimeout(Duration patience, Supplier<? extends RuntimeException> failure, Runnable whenEnded) {
        this.patience = patience;
        this.failure = failure;
        this.whenEnded = whenEnded;
    }

    @Override
    public FlowShape<T, T> shape() {
        return shape;
    }

    @Override
    public GraphStageLogic createLogic(Attributes attributes) {
        return new Logic();
    }

    private final class Logic extends DeadlineLogic {
        private Logic() {
            super(shape);
            setHandler(in, new AbstractInHandler() {
                @Override
                public void onPush() {
                    push(out, grab(in));
                    dueIn(patience);
                }
            });
            setHandler(out, new AbstractOutHandler() {
                @Override
                public void onPull() {
                    lift();
                    pull(in);
                }
            });
        }

        @Override
        public void postStop() {
            whenEnded.run();
        }

        @Override
        protected void onDeadline() {
            failStage(failure.get());
        }
    }
}
