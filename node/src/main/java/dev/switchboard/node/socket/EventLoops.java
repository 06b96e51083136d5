package dev.switchboard.node.socket;

import akka.Done;
import akka.actor.CoordinatedShutdown;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Extension;
import akka.actor.typed.ExtensionId;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads that all connections of a node run on, those of clients and those to providers: one for every two processors, as
 * the other half parses and writes. They end, and every connection with them, after the last request of a node that stops.
 */
public final class EventLoops implements Extension {
    private static final Id ID = new Id();
    private static final long CLOSING_MS = 500;

    private final List<EventLoop> loops = new ArrayList<>();
    private final NioEventLoopGroup group;
    private final AtomicInteger next = new AtomicInteger();

    private static final class Id extends ExtensionId<EventLoops> {
        @Override
        public EventLoops createExtension(ActorSystem<?> system) {
            return new EventLoops(system);
        }
    }

    private EventLoops(ActorSystem<?> system) {
        int threads = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
        group = new NioEventLoopGroup(threads, new DefaultThreadFactory("switchboard-sockets", true));
        group.forEach(loop -> loops.add((EventLoop) loop));
        CoordinatedShutdown.get(system)
                .addTask(CoordinatedShutdown.PhaseBeforeActorSystemTerminate(), "close-sockets", () -> {
                    CompletableFuture<Done> closed = new CompletableFuture<>();
                    group.shutdownGracefully(0, CLOSING_MS, TimeUnit.MILLISECONDS)
                            .addListener(done -> closed.complete(Done.getInstance()));
                    return closed;
                });
    }

    /** Those of the system, started with their first user. */
    public static EventLoops of(ActorSystem<?> system) {
        return system.registerExtension(ID);
    }

    /** How many there are. */
    public int size() {
        return loops.size();
    }

    /** One of the first {@code most} in turn. */
    public EventLoop next(int most) {
        return loops.get(Math.floorMod(next.getAndIncrement(), Math.min(most, loops.size())));
    }

    EventLoopGroup group() {
        return group;
    }
}
