package dev.switchboard.node.socket;

import akka.Done;
import akka.NotUsed;
import akka.actor.typed.ActorSystem;
import akka.stream.javadsl.Flow;
import akka.util.ByteString;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ServerChannelRecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Accepts clients' connections. While as many are open as may be, further ones wait in the backlog. */
public final class Listener {
    private static final Logger LOG = LoggerFactory.getLogger(Listener.class);
    /** What may wait to be sent before the stream is held up, and until it goes on: bytes. */
    private static final WriteBufferWaterMark WAITING = new WriteBufferWaterMark(16 << 10, 32 << 10);

    private final Executor executor;
    private final Limits limits;
    private final Consumer<Accepted> serve;
    private final AtomicInteger open = new AtomicInteger();

    private Listener(Executor executor, Limits limits, Consumer<Accepted> serve) {
        this.executor = executor;
        this.limits = limits;
        this.serve = serve;
    }

    /** A connection. */
    public static final class Accepted {
        private final Channel channel;
        private final InetSocketAddress remote;
        private final Limits limits;

        private Accepted(Channel channel, Limits limits) {
            this.channel = channel;
            this.remote = (InetSocketAddress) channel.remoteAddress();
            this.limits = limits;
        }

        /** The client's address. */
        public InetSocketAddress remote() {
            return remote;
        }

        /** Takes what is sent and gives what is received; to be run once. */
        public Flow<ByteString, ByteString, NotUsed> bytes() {
            return Flow.fromGraph(new SocketStage(channel, limits.idle()));
        }

        /**
         * Answers requests without a stream for as long as the dialogue understands them.
         *
         * @param stream runs {@link #bytes} then, for what it did not understand and all that follows
         */
        public void converse(Dialogue dialogue, Runnable stream) {
            DirectConnection direct =
                    new DirectConnection(channel, dialogue, limits.idle(), () -> closingOnFailure(channel, stream));
            channel.eventLoop().execute(direct::begin);
        }
    }

    /**
     * What connections may do.
     *
     * @param backlog how many may wait to be accepted
     * @param most how many may be open at once
     * @param idle after how long without bytes either way one is broken
     */
    public record Limits(int backlog, int most, Duration idle) {}

    /** A socket that listens. */
    public static final class Binding {
        private final Channel channel;

        private Binding(Channel channel) {
            this.channel = channel;
        }

        /** Where it listens. */
        public InetSocketAddress localAddress() {
            return (InetSocketAddress) channel.localAddress();
        }

        /** Takes no connection any more; open ones stay. */
        public CompletionStage<Done> unbind() {
            CompletableFuture<Done> closed = new CompletableFuture<>();
            channel.close().addListener(done -> closed.complete(Done.getInstance()));
            return closed;
        }
    }

    /**
     * Listens; the stage fails when the address is in use.
     *
     * @param serve runs a connection's stream, or begins with a dialogue
     */
    public static CompletionStage<Binding> bind(
            ActorSystem<?> system, String host, int port, Limits limits, Consumer<Accepted> serve) {
        Listener listener = new Listener(EventLoops.of(system), limits, serve);
        CompletableFuture<Binding> bound = new CompletableFuture<>();
        ChannelFuture binding = new ServerBootstrap()
                .group(EventLoops.of(system).group())
                .channel(Transport.best().listener())
                .option(ChannelOption.SO_BACKLOG, limits.backlog())
                .option(ChannelOption.SO_REUSEADDR, true)
                // One at a time, so that none is accepted beyond the most.
                .option(ChannelOption.RCVBUF_ALLOCATOR, new ServerChannelRecvByteBufAllocator())
                .handler(new ChannelInboundHandlerAdapter() {
                    @Override
                    public void channelRead(ChannelHandlerContext context, Object made) {
                        listener.count((Channel) made, context.channel());
                        context.fireChannelRead(made);
                    }
                })
                .childOption(ChannelOption.AUTO_READ, false)
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WAITING)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel made) {
                        listener.accept(made);
                    }
                })
                .bind(host, port);
        binding.addListener(done -> {
            if (done.isSuccess()) {
                bound.complete(new Binding(binding.channel()));
            } else {
                bound.completeExceptionally(done.cause());
            }
        });
        return bound;
    }

    /** Before the next one is accepted. */
    private void count(Channel made, Channel server) {
        if (open.incrementAndGet() >= limits.most()) {
            server.config().setAutoRead(false);
        }
        made.closeFuture().addListener(closed -> {
            if (open.decrementAndGet() < limits.most()) {
                server.config().setAutoRead(true);
            }
        });
    }

    private void accept(Channel made) {
        made.pipeline().addLast(new HoldBack());
        executor.execute(() -> closingOnFailure(made, () -> serve.accept(new Accepted(made, limits))));
    }

    private static void closingOnFailure(Channel channel, Runnable begin) {
        try {
            begin.run();
        } catch (RuntimeException e) {
            LOG.atDebug().setCause(e).log("a connection is not served");
            channel.close();
        }
    }
}
