package dev.switchboard.node.http;

import akka.stream.Attributes;
import akka.stream.FlowShape;
import akka.stream.Inlet;
import akka.stream.Outlet;
import akka.stream.stage.AbstractInHandler;
import akka.stream.stage.AbstractOutHandler;
import akka.stream.stage.GraphStage;
import akka.stream.stage.GraphStageLogic;
import akka.util.ByteString;
import dev.switchboard.node.socket.DeadlineLogic;
import java.time.Duration;
import java.util.function.Supplier;

/** Fails an answer of which the client has taken nothing for a time. */
final class WriteTimeout extends GraphStage<FlowShape<ByteString, ByteString>> {
    private final Inlet<ByteString> in = Inlet.create("WriteTimeout.in");
    private final Outlet<ByteString> out = Outlet.create("WriteTimeout.out");
    private final FlowShape<ByteString, ByteString> shape = FlowShape.of(in, out);
    private final Duration patience;
    private final Supplier<? extends RuntimeException> failure;

    /** The failure is made when it happens. */
    WriteTimeout(Duration patience, Supplier<? extends RuntimeException> failure) {
        this.patience = patience;
        this.failure = failure;
    }

    @Override
    public FlowShape<ByteString, ByteString> shape() {
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
        protected void onDeadline() {
            failStage(failure.get());
        }
    }
}
