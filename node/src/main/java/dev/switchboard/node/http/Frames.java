package dev.switchboard.node.http;

import akka.stream.Attributes;
import akka.stream.FlowShape;
import akka.stream.Inlet;
import akka.stream.Outlet;
import akka.stream.stage.AbstractInHandler;
import akka.stream.stage.AbstractOutHandler;
import akka.stream.stage.AsyncCallback;
import akka.stream.stage.GraphStage;
import akka.stream.stage.GraphStageLogic;
import akka.util.ByteString;
import dev.switchboard.node.dialect.Rendering;
import dev.switchboard.node.relay.RelayEvent;

/** The events of an answer in the words of its dialect, and what a complete answer ends with; never an empty piece. */
final class Frames extends GraphStage<FlowShape<RelayEvent, ByteString>> {
    private final Inlet<RelayEvent> in = Inlet.create("Frames.in");
    private final Outlet<ByteString> out = Outlet.create("Frames.out");
    private final FlowShape<RelayEvent, ByteString> shape = FlowShape.of(in, out);
    private final Rendering rendering;

    Frames(Rendering rendering) {
        this.rendering = rendering;
    }

    @Override
    public FlowShape<RelayEvent, ByteString> shape() {
        return shape;
    }

    @Override
    public GraphStageLogic createLogic(Attributes attributes) {
        return new Logic();
    }

    private final class Logic extends GraphStageLogic {
        private final AsyncCallback<ByteString> last = createAsyncCallback(this::end);

        private Logic() {
            super(shape);
            setHandler(in, new AbstractInHandler() {
                @Override
                public void onPush() {
                    ByteString frame = rendering.frame(grab(in));
                    if (frame.isEmpty()) {
                        pull(in);
                    } else {
                        push(out, frame);
                    }
                }

                @Override
                public void onUpstreamFinish() {
                    rendering.last().whenCompleteAsync((bytes, failure) -> last.invoke(bytes), Runnable::run);
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

        private void end(ByteString bytes) {
            if (bytes.isEmpty()) {
                completeStage();
            } else {
                emit(out, bytes, this::completeStage);
            }
        }
    }
}
