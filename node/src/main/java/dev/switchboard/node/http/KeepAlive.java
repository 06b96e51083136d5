package dev.switchboard.node.http;

import akka.http.scaladsl.model.HttpEntity.Chunk;
import akka.http.scaladsl.model.HttpEntity.ChunkStreamPart;
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

/**
 * An answer's pieces, none of them empty, as chunks; sends something of its own where the answer is silent for a time and the
 * client takes what there is.
 */
final class KeepAlive extends GraphStage<FlowShape<ByteString, ChunkStreamPart>> {
    private final Inlet<ByteString> in = Inlet.create("KeepAlive.in");
    private final Outlet<ChunkStreamPart> out = Outlet.create("KeepAlive.out");
    private final FlowShape<ByteString, ChunkStreamPart> shape = FlowShape.of(in, out);
    private final Duration silence;
    private final Supplier<ByteString> sign;

    KeepAlive(Duration silence, Supplier<ByteString> sign) {
        this.silence = silence;
        this.sign = sign;
    }

    @Override
    public FlowShape<ByteString, ChunkStreamPart> shape() {
        return shape;
    }

    @Override
    public GraphStageLogic createLogic(Attributes attributes) {
        return new Logic();
    }

    private final class Logic extends DeadlineLogic {
        private boolean wasSilent;

        private Logic() {
            super(shape);
            setHandler(in, new AbstractInHandler() {
                @Override
                public void onPush() {
                    if (isAvailable(out)) {
                        push(out, new Chunk(grab(in), ""));
                        pull(in);
                    }
                    wasSilent = false;
                    dueIn(silence);
                }

                @Override
                public void onUpstreamFinish() {
                    if (!isAvailable(in)) {
                        completeStage();
                    }
                }
            });
            setHandler(out, new AbstractOutHandler() {
                @Override
                public void onPull() {
                    if (isAvailable(in)) {
                        push(out, new Chunk(grab(in), ""));
                        if (isClosed(in)) {
                            completeStage();
                        } else {
                            pull(in);
                        }
                    } else if (wasSilent) {
                        give();
                    }
                }
            });
        }

        @Override
        public void preStart() {
            pull(in);
            dueIn(silence);
        }

        @Override
        protected void onDeadline() {
            wasSilent = true;
            if (isAvailable(out)) {
                give();
            }
        }

        private void give() {
            wasSilent = false;
            push(out, new Chunk(sign.get(), ""));
            dueIn(silence);
        }
    }
}
