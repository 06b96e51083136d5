package dev.switchboard.node.socket;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.internal.PlatformDependent;
import java.util.concurrent.ThreadFactory;
import java.util.function.BiFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How the process talks to the kernel about its connections: one way for all of them. */
public enum Transport {
    /** Linux's own calls, without the JDK's selectors between: the least work for each request. */
    EPOLL(EpollEventLoopGroup::new, EpollSocketChannel.class, EpollServerSocketChannel.class),
    /** The JDK's selectors: everywhere. */
    NIO(NioEventLoopGroup::new, NioSocketChannel.class, NioServerSocketChannel.class);

    private static final Logger LOG = LoggerFactory.getLogger(Transport.class);
    private static final Transport BEST = choose();

    private final BiFunction<Integer, ThreadFactory, EventLoopGroup> loops;
    private final Class<? extends SocketChannel> connection;
    private final Class<? extends ServerChannel> listener;

    Transport(
            BiFunction<Integer, ThreadFactory, EventLoopGroup> loops,
            Class<? extends SocketChannel> connection,
            Class<? extends ServerChannel> listener) {
        this.loops = loops;
        this.connection = connection;
        this.listener = listener;
    }

    /**
     * The one that is used: {@link #EPOLL} on Linux, unless its library cannot be loaded or the system property {@code
     * io.netty.transport.noNative} is true; else {@link #NIO}.
     */
    public static Transport best() {
        return BEST;
    }

    private static Transport choose() {
        if (Epoll.isAvailable()) {
            return EPOLL;
        }
        if ("linux".equals(PlatformDependent.normalizedOs())) {
            Throwable cause = Epoll.unavailabilityCause();
            LOG.atInfo().log("connections go through the JDK's selectors: {}", cause.getMessage());
            LOG.atDebug().setCause(cause).log("epoll is not available");
        }
        return NIO;
    }

    /** Event loops for its connections. */
    EventLoopGroup loops(int threads, ThreadFactory threadFactory) {
        return loops.apply(threads, threadFactory);
    }

    /** What a bootstrap makes for a connection to another host. */
    public Class<? extends SocketChannel> connection() {
        return connection;
    }

    Class<? extends ServerChannel> listener() {
        return listener;
    }
}
