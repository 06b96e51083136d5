package dev.switchboard.node.simulator;

import akka.stream.Attributes;
import akka.stream.FlowShape;
import akka.stream.Inlet;
import akka.stream.Outlet;
import akka.stream.stage.AbstractInOutHandler;
import akka.stream.stage.GraphStage;
import akka.stream.stage.GraphStageLogic;
import akka.util.ByteString;

/** Passes bytes on and tells apart who ended the stream: its source or its reader. */
final class EndWatch extends GraphStage<FlowShape<ByteString, ByteString>> {
    private final Inlet<ByteString> in = Inlet.create("EndWatch.in");
    private final Outlet<ByteString> out = Outlet.create("EndWatch.out");
    private final FlowShape<ByteString, ByteString> shape = FlowShape.of(in, out);
    private final Runnable bySource;
    private final Runnable byReader;

    EndWatch(Runnable bySource, Runnable byReader) {
        this.bySource = bySource;
        this.byReader = byReader;
    }

    @Override
    public FlowShape<ByteString, ByteString> shape() {
        return shape;
    }

    @Override
    public GraphStageLogic createLogic(Attributes attributes) {
        return new Logic();
    }

    /** The running stage. */
    private final class Logic extends GraphStageLogic {
        Logic() {
            super(shape);
            setHandlers(in, out, new AbstractInOutHandler() {
                @Override
                public void onPush() {
                    push(out, grab(in));
                }

                @Override
                public void onPull() {
                    pull(in);
                }

                @Override
                public void onUpstreamFinish() {
                    bySource.run();
                    completeStage();
                }

                @Override
                public void onUpstreamFailure(Throwable cause) {
                    bySource.run();
                    failStage(cause);
                }

                @Override
                public void onDownstreamFinish(Throwable cause) {
                    byReader.run();
                    cancelStage(cause);
                }
            });
        }
    }
}
