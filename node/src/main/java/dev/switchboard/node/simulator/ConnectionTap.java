package dev.switchboard.node.simulator;

import akka.stream.Attributes;
import akka.stream.BidiShape;
import akka.stream.Inlet;
import akka.stream.Outlet;
import akka.stream.javadsl.Source;
import akka.stream.stage.AbstractInHandler;
import akka.stream.stage.AbstractOutHandler;
import akka.stream.stage.AsyncCallback;
import akka.stream.stage.GraphStage;
import akka.stream.stage.GraphStageLogic;
import akka.util.ByteString;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Sits between the HTTP layer and the socket. It always reads ahead, so that the client's going away is noticed in any
 * state, and it can put raw bytes on the wire in place of the HTTP layer, for responses no server would send.
 */
final class ConnectionTap extends GraphStage<BidiShape<ByteString, ByteString, ByteString, ByteString>> {
    private static final int READ_AHEAD = 16;

    private final Inlet<ByteString> fromHttp = Inlet.create("ConnectionTap.fromHttp");
    private final Outlet<ByteString> toNet = Outlet.create("ConnectionTap.toNet");
    private final Inlet<ByteString> fromNet = Inlet.create("ConnectionTap.fromNet");
    private final Outlet<ByteString> toHttp = Outlet.create("ConnectionTap.toHttp");
    private final BidiShape<ByteString, ByteString, ByteString, ByteString> shape =
            new BidiShape<>(fromHttp, toNet, fromNet, toHttp);
    private final Listener listener;

    ConnectionTap(Listener listener) {
        this.listener = listener;
    }

    /** Hears of a connection's life, on the connection's own thread of control. */
    interface Listener {
        void opened(Control control);

        /** The client went away or the connection ended; may be called more than once. */
        void closed();
    }

    /** Acts on a connection from anywhere. */
    interface Control {
        /** Replaces everything still to be written; a failed source resets the connection, a finished one closes it. */
        void takeOver(Source<ByteString, ?> raw);

        /** Ends the connection. */
        void close();
    }

    @Override
    public BidiShape<ByteString, ByteString, ByteString, ByteString> shape() {
        return shape;
    }

    @Override
    public GraphStageLogic createLogic(Attributes attributes) {
        return new Logic();
    }

    /** The running stage. */
    private final class Logic extends GraphStageLogic implements Control {
        private final Queue<ByteString> ahead = new ArrayDeque<>();
        private final AsyncCallback<Source<ByteString, ?>> takeOverLater = createAsyncCallback(this::takeOverNow);
        private final AsyncCallback<Boolean> closeLater = createAsyncCallback(any -> completeStage());
        private @Nullable SubSinkInlet<ByteString> raw;

        Logic() {
            super(shape);
            setHandler(fromNet, new AbstractInHandler() {
                @Override
                public void onPush() {
                    received(grab(fromNet));
                }

                @Override
                public void onUpstreamFinish() {
                    clientGone();
                }

                @Override
                public void onUpstreamFailure(Throwable cause) {
                    clientGone();
                }
            });
            setHandler(toHttp, new AbstractOutHandler() {
                @Override
                public void onPull() {
                    passOn();
                }

                @Override
                public void onDownstreamFinish(Throwable cause) {
                    ahead.clear();
                    readOn();
                }
            });
            setHandler(fromHttp, new AbstractInHandler() {
                @Override
                public void onPush() {
                    push(toNet, grab(fromHttp));
                }

                @Override
                public void onUpstreamFinish() {
                    complete(toNet);
                }

                @Override
                public void onUpstreamFailure(Throwable cause) {
                    fail(toNet, cause);
                }
            });
            setHandler(toNet, new AbstractOutHandler() {
                @Override
                public void onPull() {
                    SubSinkInlet<ByteString> source = raw;
                    if (source != null) {
                        source.pull();
                    } else if (!isClosed(fromHttp)) {
                        pull(fromHttp);
                    }
                }

                @Override
                public void onDownstreamFinish(Throwable cause) {
                    listener.closed();
                    completeStage();
                }
            });
        }

        @Override
        public void preStart() {
            listener.opened(this);
            pull(fromNet);
        }

        @Override
        public void postStop() {
            SubSinkInlet<ByteString> source = raw;
            if (source != null && !source.isClosed()) {
                source.cancel();
            }
            listener.closed();
        }

        @Override
        public void takeOver(Source<ByteString, ?> source) {
            takeOverLater.invoke(source);
        }

        @Override
        public void close() {
            closeLater.invoke(true);
        }

        private void received(ByteString bytes) {
            if (!isClosed(toHttp)) {
                ahead.add(bytes);
                if (isAvailable(toHttp)) {
                    passOn();
                    return;
                }
            }
            readOn();
        }

        private void passOn() {
            ByteString next = ahead.poll();
            if (next != null) {
                push(toHttp, next);
            }
            if (ahead.isEmpty() && isClosed(fromNet)) {
                complete(toHttp);
            } else {
                readOn();
            }
        }

        private void readOn() {
            if (ahead.size() < READ_AHEAD && !isClosed(fromNet) && !hasBeenPulled(fromNet)) {
                pull(fromNet);
            }
        }

        private void clientGone() {
            listener.closed();
            if (raw != null || isClosed(toHttp)) {
                completeStage();
            } else if (ahead.isEmpty()) {
                complete(toHttp);
            }
        }

        private void takeOverNow(Source<ByteString, ?> source) {
            SubSinkInlet<ByteString> inlet = new SubSinkInlet<>("ConnectionTap.raw");
            raw = inlet;
            inlet.setHandler(new AbstractInHandler() {
                @Override
                public void onPush() {
                    push(toNet, inlet.grab());
                }

                @Override
                public void onUpstreamFinish() {
                    complete(toNet);
                }

                @Override
                public void onUpstreamFailure(Throwable cause) {
                    fail(toNet, cause);
                }
            });
            cancel(fromHttp);
            complete(toHttp);
            source.runWith(inlet.sink(), subFusingMaterializer());
            if (isAvailable(toNet)) {
                inlet.pull();
            }
        }
    }
}
