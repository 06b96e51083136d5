package dev.switchboard.node.socket;

import akka.stream.Attributes;
import akka.stream.FlowShape;
import akka.stream.Inlet;
import akka.stream.Outlet;
import akka.stream.SubscriptionWithCancelException;
import akka.stream.stage.AbstractInHandler;
import akka.stream.stage.AbstractOutHandler;
import akka.stream.stage.AsyncCallback;
import akka.stream.stage.GraphStage;
import akka.stream.stage.GraphStageLogic;
import akka.util.ByteString;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One connection as a stage: what flows in is sent, what is received flows out. A few kilobytes are read before they are
 * asked for, so that as a rule neither side wakes the other one's thread to go on. The end of what is sent closes the
 * connection, a failure resets it.
 */
final class SocketStage extends GraphStage<FlowShape<ByteString, ByteString>> {
    /** What is read before it is asked for, about; bytes. */
    private static final int AHEAD = 16 << 10;
    /** The most that is handed over at once to be sent; bytes. */
    private static final int PIECE = 64 << 10;

    private final Inlet<ByteString> in = Inlet.create("Socket.in");
    private final Outlet<ByteString> out = Outlet.create("Socket.out");
    private final FlowShape<ByteString, ByteString> shape = FlowShape.of(in, out);
    private final Channel channel;

    private final Duration idle;

    /**
     * It is broken when nothing has been sent or received for the time {@code idle}.
     *
     * @param channel has a {@link HoldBack} in its pipeline
     */
    SocketStage(Channel channel, Duration idle) {
        this.channel = channel;
        this.idle = idle;
    }

    @Override
    public FlowShape<ByteString, ByteString> shape() {
        return shape;
    }

    @Override
    public GraphStageLogic createLogic(Attributes attributes) {
        return new Logic();
    }

    /** The connection broke. */
    static final class BrokenException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        BrokenException(Throwable cause) {
            super("the connection broke: " + cause.getMessage(), null, false, false);
        }
    }

    /** Nothing went either way. */
    static final class IdleException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        IdleException(Duration time) {
            super("no bytes either way for " + time, null, false, false);
        }
    }

    private enum Event {
        INPUT_ENDED,
        WRITABLE,
        CLOSED
    }

    private final class Logic extends DeadlineLogic {
        private final Queue<ByteString> read = new ArrayDeque<>(4);
        private final AsyncCallback<ByteString> received = createAsyncCallback(this::onReceived);
        private final AsyncCallback<Event> happened = createAsyncCallback(this::onEvent);
        private final AsyncCallback<Throwable> broke =
                createAsyncCallback(cause -> failStage(new BrokenException(cause)));
        private final AtomicInteger unasked = new AtomicInteger();
        private ByteString unsent = ByteString.emptyByteString();
        private boolean inputEnded;
        private boolean failed;
        private volatile boolean paused;

        private Logic() {
            super(shape);
            setHandler(in, new AbstractInHandler() {
                @Override
                public void onPush() {
                    dueIn(idle);
                    unsent = grab(in);
                    send();
                }

                @Override
                public void onUpstreamFinish() {
                    setKeepGoing(true);
                    if (unsent.isEmpty()) {
                        closeBehindWhatIsSent();
                    }
                }

                @Override
                public void onUpstreamFailure(Throwable failure) {
                    failed = true;
                    failStage(failure);
                }
            });
            setHandler(out, new AbstractOutHandler() {
                @Override
                public void onPull() {
                    deliver();
                }

                @Override
                public void onDownstreamFinish(Throwable cause) {
                    channel.config().setAutoRead(false);
                    if (!(cause instanceof SubscriptionWithCancelException.NonFailureCancellation)) {
                        failed = true;
                        cancelStage(cause);
                    } else if (isClosed(in) && unsent.isEmpty()) {
                        closeBehindWhatIsSent();
                    }
                }
            });
        }

        @Override
        protected void onDeadline() {
            failed = true;
            failStage(new IdleException(idle));
        }

        @Override
        public void preStart() {
            dueIn(idle);
            channel.eventLoop().execute(this::begin);
            pull(in);
        }

        /** On the event loop: else it may read before the handler is there, and what was read is lost. */
        private void begin() {
            HoldBack held = channel.pipeline().get(HoldBack.class);
            if (held == null) {
                happened.invoke(Event.CLOSED);
                return;
            }
            channel.pipeline().addLast(new Handler());
            channel.pipeline().remove(held);
            channel.config().setAutoRead(true);
        }

        @Override
        public void postStop() {
            if (channel.isOpen()) {
                if (failed) {
                    channel.config().setOption(ChannelOption.SO_LINGER, 0);
                }
                channel.close();
            }
        }

        private void onReceived(ByteString bytes) {
            read.add(bytes);
            deliver();
        }

        private void deliver() {
            ByteString next = isAvailable(out) ? read.poll() : null;
            if (next != null) {
                if (unasked.addAndGet(-next.length()) < AHEAD && paused) {
                    paused = false;
                    channel.config().setAutoRead(true);
                }
                dueIn(idle);
                push(out, next);
            }
            if (inputEnded && read.isEmpty()) {
                complete(out);
            }
        }

        private void onEvent(Event event) {
            switch (event) {
                case INPUT_ENDED -> {
                    inputEnded = true;
                    deliver();
                }
                case WRITABLE -> send();
                case CLOSED -> {
                    setKeepGoing(false);
                    inputEnded = true;
                    if (!isClosed(in)) {
                        cancel(in);
                    }
                    deliver();
                }
            }
        }

        /** Hands over what there is to send while little waits to be sent. */
        private void send() {
            while (!unsent.isEmpty() && channel.isWritable()) {
                ByteString piece = unsent.take(PIECE);
                unsent = unsent.drop(PIECE);
                ByteBuf buffer = channel.alloc().directBuffer(piece.length());
                for (ByteBuffer part : piece.getByteBuffers()) {
                    buffer.writeBytes(part);
                }
                channel.writeAndFlush(buffer, channel.voidPromise());
            }
            if (!unsent.isEmpty()) {
                return;
            }
            if (isClosed(in)) {
                closeBehindWhatIsSent();
            } else if (!hasBeenPulled(in) && channel.isWritable()) {
                pull(in);
            }
        }

        private void closeBehindWhatIsSent() {
            channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        }

        /** Runs on the event loop. */
        private final class Handler extends ChannelInboundHandlerAdapter {
            private boolean broken;

            @Override
            public void channelRead(ChannelHandlerContext context, Object message) {
                ByteBuf buffer = (ByteBuf) message;
                byte[] bytes = new byte[buffer.readableBytes()];
                buffer.readBytes(bytes);
                buffer.release();
                if (unasked.addAndGet(bytes.length) >= AHEAD) {
                    context.channel().config().setAutoRead(false);
                    paused = true;
                }
                received.invoke(ByteString.fromArrayUnsafe(bytes));
            }

            @Override
            public void userEventTriggered(ChannelHandlerContext context, Object event) {
                if (event instanceof ChannelInputShutdownEvent && !broken) {
                    happened.invoke(Event.INPUT_ENDED);
                }
            }

            @Override
            public void channelWritabilityChanged(ChannelHandlerContext context) {
                if (context.channel().isWritable()) {
                    happened.invoke(Event.WRITABLE);
                }
            }

            @Override
            public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
                if (!broken) {
                    broken = true;
                    broke.invoke(cause);
                    context.close();
                }
            }

            @Override
            public void channelInactive(ChannelHandlerContext context) {
                if (!broken) {
                    happened.invoke(Event.CLOSED);
                }
            }
        }
    }
}
