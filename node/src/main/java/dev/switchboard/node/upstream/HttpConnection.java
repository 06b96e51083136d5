package dev.switchboard.node.upstream;

import dev.switchboard.node.socket.Transport;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.proxy.ProxyHandler;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.resolver.NoopAddressResolverGroup;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One connection to a provider: serves one exchange after the other. Everything happens on its event loop. */
final class HttpConnection extends ChannelInboundHandlerAdapter {
    /** How long a connection is kept unused, where the provider names no shorter time. */
    private static final long KEEP_ALIVE_NANOS = Duration.ofSeconds(30).toNanos();

    private static final Pattern KEEP_ALIVE_TIMEOUT = Pattern.compile("(?:^|[,\\s])timeout\\s*=\\s*(\\d{1,6})");
    private static final int MOST_STATUS_LINE = 4 * 1024;
    private static final int MOST_HEADERS = 256 * 1024;
    private static final int LARGEST_PART = 64 * 1024;
    private static final int MOST_INTERIM = 32;

    private final ConnectionPool pool;
    private final ResponseDecoder decoder = new ResponseDecoder(new HttpDecoderConfig()
            .setMaxInitialLineLength(MOST_STATUS_LINE)
            .setMaxHeaderSize(MOST_HEADERS)
            .setMaxChunkSize(LARGEST_PART)
            .setUseRfc9112TransferEncoding(false)
            .setValidateHeaders(false));
    private final ChannelFutureListener sent = this::onSent;
    private @Nullable Channel channel;
    private @Nullable ChannelFuture connect;
    private @Nullable Exchange exchange;
    private @Nullable Throwable failure;
    private boolean ready;
    private boolean gone;
    private boolean written;
    private boolean begun;
    private boolean interim;
    private int interims;
    private boolean keepAlive;
    private boolean reused;
    private boolean toPrivate;
    private long idleSince;
    private long idleLimit = KEEP_ALIVE_NANOS;

    /** The other side closed before the response was whole. */
    static final class Closed extends IOException {
        private static final long serialVersionUID = 1L;

        Closed() {
            super("the connection was closed");
        }

        @Override
        public synchronized Throwable fillInStackTrace() {
            return this;
        }
    }

    /** What came is not HTTP, or breaks its limits. */
    static final class NotHttp extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NotHttp(@Nullable Throwable cause) {
            super("not an HTTP response", cause, false, false);
        }
    }

    /** A connection that is made for that exchange. */
    HttpConnection(ConnectionPool pool, Exchange first) {
        this.pool = pool;
        this.exchange = first;
    }

    /** Connects that way. */
    void open(Outbound.Way way, int timeoutMillis) {
        if (gone) {
            return;
        }
        toPrivate = way.leadsToPrivate();
        ChannelFuture connecting = new Bootstrap()
                .group(pool.loop())
                .channel(Transport.best().connection())
                .resolver(NoopAddressResolverGroup.INSTANCE)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, timeoutMillis)
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel made) {
                        prepare(made.pipeline(), way, timeoutMillis);
                    }
                })
                .connect(way.address());
        connect = connecting;
        channel = connecting.channel();
        // A connection that never came to be tells why only after it is closed.
        connecting.channel().closeFuture().addListener(closed -> {
            if (!ready) {
                pool.loop().execute(() -> pool.loop().execute(this::onClosed));
            }
        });
    }

    private void prepare(ChannelPipeline pipeline, Outbound.Way way, int timeoutMillis) {
        ProxyHandler proxy = way.proxyHandler();
        if (proxy != null) {
            proxy.setConnectTimeoutMillis(timeoutMillis);
            pipeline.addLast(proxy);
        }
        SslHandler tls = pool.tls();
        if (tls != null) {
            tls.setHandshakeTimeoutMillis(timeoutMillis);
            pipeline.addLast(tls);
        }
        pipeline.addLast(decoder, this);
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        if (context.pipeline().get(SslHandler.class) == null) {
            onReady();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        onClosed();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof SslHandshakeCompletionEvent handshake) {
            if (handshake.isSuccess()) {
                onReady();
            } else {
                exceptionCaught(context, handshake.cause());
            }
        }
    }

    private void onReady() {
        ready = true;
        Exchange first = exchange;
        if (first != null) {
            send(first);
        }
    }

    /** Whether another request may be sent on it. */
    boolean usable() {
        return !gone
                && keepAlive
                && channel != null
                && channel.isActive()
                && System.nanoTime() - idleSince < idleLimit
                && (!toPrivate || pool.mayBePrivate());
    }

    /** Sends the next request on a connection that is idle. */
    void serve(Exchange next) {
        reused = true;
        exchange = next;
        send(next);
    }

    private void send(Exchange to) {
        Channel open = channel;
        if (open == null) {
            return;
        }
        begun = false;
        written = false;
        interim = false;
        interims = 0;
        decoder.await(true);
        open.writeAndFlush(to.request().bytes(open.alloc(), !pool.destination().tls()))
                .addListener(sent);
    }

    private void onSent(ChannelFuture sending) {
        if (sending.isSuccess()) {
            written = true;
        } else {
            fail(sending.cause());
        }
    }

    /** Reads no further than what the socket gave already. */
    void pause() {
        if (channel != null) {
            channel.config().setAutoRead(false);
        }
    }

    void resume() {
        if (channel != null && !channel.config().isAutoRead()) {
            channel.config().setAutoRead(true);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        try {
            Exchange current = exchange;
            if (failure != null) {
                // It is being closed: what still comes is nobody's.
                return;
            }
            if (current == null) {
                // Nothing was asked: whoever talks now cannot be trusted with the next request.
                context.close();
            } else if (message instanceof HttpObject part
                    && part.decoderResult().isFailure()) {
                fail(new NotHttp(part.decoderResult().cause()));
            } else {
                accept(current, message);
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void accept(Exchange current, Object message) {
        if (message instanceof HttpResponse head) {
            begun = true;
            interim = head.status().codeClass() == HttpStatusClass.INFORMATIONAL;
            if (interim) {
                interims++;
                // After a switch of protocols nothing is HTTP any more.
                if (interims > MOST_INTERIM || head.status().equals(HttpResponseStatus.SWITCHING_PROTOCOLS)) {
                    fail(new NotHttp(null));
                }
            } else {
                keepAlive = HttpUtil.isKeepAlive(head);
                idleLimit = keepAlive ? idleLimit(head.headers().get("keep-alive")) : 0;
                current.onHead(new ResponseHead(head.status().code(), head.headers()));
            }
        }
        if (message instanceof HttpContent content && exchange == current && !interim) {
            ByteBuf bytes = content.content();
            if (bytes.isReadable()) {
                current.onPart(bytes);
            }
            if (message instanceof LastHttpContent && exchange == current) {
                exchange = null;
                release();
                current.onEnd();
            }
        }
    }

    /** A second less than the provider waits, so that it does not close on a request that is under way. */
    private static long idleLimit(@Nullable String stated) {
        if (stated == null) {
            return KEEP_ALIVE_NANOS;
        }
        Matcher timeout = KEEP_ALIVE_TIMEOUT.matcher(stated);
        return timeout.find()
                ? Math.min(
                        KEEP_ALIVE_NANOS,
                        Duration.ofSeconds(Integer.parseInt(timeout.group(1)) - 1L)
                                .toNanos())
                : KEEP_ALIVE_NANOS;
    }

    private void release() {
        idleSince = System.nanoTime();
        decoder.await(false);
        // A provider that answered before it had the whole request will read the rest of it as the next one.
        if (written && decoder.endedCleanly() && usable()) {
            resume();
            pool.released(this);
        } else {
            close();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        Exchange current = exchange;
        if (current != null) {
            current.onReadComplete();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        fail(cause);
    }

    private void fail(Throwable cause) {
        if (failure == null) {
            failure = cause;
        }
        Channel open = channel;
        if (open != null) {
            open.close();
        }
    }

    /** Closes it in the middle of its exchange, which hears nothing, so that the provider notices even while it is silent. */
    void abort() {
        if (channel != null && channel.isActive()) {
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
        }
        close();
    }

    /** Closes it; an exchange that it has hears nothing. */
    void close() {
        exchange = null;
        Channel open = channel;
        if (open == null) {
            onClosed();
        } else {
            open.close();
        }
    }

    /** No connection was made: its exchange fails. */
    void notOpened(Throwable cause) {
        failure = cause;
        onClosed();
    }

    private void onClosed() {
        if (gone) {
            return;
        }
        gone = true;
        Exchange last = exchange;
        exchange = null;
        pool.closed(this);
        if (last == null) {
            return;
        }
        if (reused && !begun && last.mayBeRepeated()) {
            last.onConnection(null);
            pool.take(last);
        } else {
            last.onClosed(cause());
        }
    }

    private Throwable cause() {
        Throwable cause = failure;
        if (cause == null && !ready && connect != null) {
            cause = connect.cause();
        }
        return cause == null ? new Closed() : cause;
    }
}
