package dev.switchboard.node.socket;

import akka.Done;
import akka.actor.BootstrapSetup;
import akka.actor.CoordinatedShutdown;
import akka.actor.ExtendedActorSystem;
import akka.actor.setup.ActorSystemSetup;
import akka.actor.setup.Setup;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.Extension;
import akka.actor.typed.ExtensionId;
import akka.actor.typed.Props;
import akka.actor.typed.javadsl.Behaviors;
import akka.stream.ActorAttributes;
import akka.stream.Attributes;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.FastThreadLocal;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.concurrent.ExecutionContext;

/**
 * The threads of the request path, one for each processor: every connection is one's, and the actors and streams that serve
 * requests go on where they were told something. A request is read, routed, sent and answered without a change of thread as a
 * rule; a thread that has to be woken costs more than any step. See docs/adr/0007.
 */
public final class EventLoops implements Extension, Executor {
    private static final Logger LOG = LoggerFactory.getLogger(EventLoops.class);
    private static final Id ID = new Id();
    private static final int FEWEST = 2;
    private static final int MOST = 16;
    private static final long CLOSING_MS = 500;
    private static final long KEEP_SECONDS = 10;
    private static final String DISPATCHER = "switchboard.request-dispatcher";

    /** Libraries' actors may wait for others on their thread, so the default dispatcher stays a pool. */
    private static final Config DISPATCHERS =
            ConfigFactory.parseString(DISPATCHER + " { type = Dispatcher, executor = default-executor }\n"
                    + "akka.actor.default-dispatcher.executor = fork-join-executor");

    private static final FastThreadLocal<Loop> CURRENT = new FastThreadLocal<>();

    private final List<EventLoop> loops = new ArrayList<>();
    private final EventLoopGroup group;
    private final ThreadPoolExecutor longWork;
    private volatile Thread.@Nullable UncaughtExceptionHandler handler;

    /** One of these threads, to come back to. */
    public static final class Loop {
        private final EventLoops of;
        private final int index;
        private final EventLoop loop;

        private Loop(EventLoops of, int index, EventLoop loop) {
            this.of = of;
            this.index = index;
            this.loop = loop;
        }
    }

    private static final class Id extends ExtensionId<EventLoops> {
        @Override
        public EventLoops createExtension(ActorSystem<?> system) {
            return system.classicSystem()
                    .settings()
                    .setup()
                    .get(Shared.class)
                    .map(shared -> shared.loops)
                    .orElseGet(() -> new EventLoops(1).endingBefore(system));
        }
    }

    /** How a system finds the threads that it was started on. */
    private static final class Shared extends Setup {
        private final EventLoops loops;

        private Shared(EventLoops loops) {
            this.loops = loops;
        }
    }

    private EventLoops(int threads) {
        group = Transport.best().loops(threads, new DefaultThreadFactory("switchboard-loop", true));
        group.forEach(each -> {
            Loop loop = new Loop(this, loops.size(), (EventLoop) each);
            loops.add(loop.loop);
            each.execute(() -> CURRENT.set(loop));
        });
        longWork = new ThreadPoolExecutor(
                threads,
                threads,
                KEEP_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                new DefaultThreadFactory("switchboard-long-work", true));
        longWork.allowCoreThreadTimeOut(true);
    }

    /** A system with such threads. */
    public static ActorSystem<Void> system(String name, Config config) {
        EventLoops loops = new EventLoops(
                Math.min(MOST, Math.max(FEWEST, Runtime.getRuntime().availableProcessors())));
        ActorSystem<Void> system = ActorSystem.create(
                Behaviors.empty(),
                name,
                ActorSystemSetup.create(
                        BootstrapSetup.create(DISPATCHERS.withFallback(config))
                                .withDefaultExecutionContext(ExecutionContext.fromExecutor(loops)),
                        new Shared(loops)));
        // An event loop would only log what ends the system: an error that is not about one message.
        loops.handler = ((ExtendedActorSystem) system.classicSystem())
                .threadFactory()
                .newThread(() -> {})
                .getUncaughtExceptionHandler();
        system.getWhenTerminated().whenCompleteAsync((done, failure) -> loops.shutdown(), Runnable::run);
        return system;
    }

    /** Those that the system was started on; else one that is for its connections alone. */
    public static EventLoops of(ActorSystem<?> system) {
        return system.registerExtension(ID);
    }

    /** How an actor is started that serves requests and never waits. */
    public static Props props(ActorSystem<?> system) {
        return isOn(system) ? DispatcherSelector.fromConfig(DISPATCHER) : Props.empty();
    }

    /** The same for a stream. */
    public static Attributes attributes(ActorSystem<?> system) {
        return isOn(system) ? ActorAttributes.dispatcher(DISPATCHER) : Attributes.none();
    }

    private static boolean isOn(ActorSystem<?> system) {
        return system.classicSystem().settings().setup().get(Shared.class).isPresent();
    }

    private EventLoops endingBefore(ActorSystem<?> system) {
        CoordinatedShutdown.get(system)
                .addTask(CoordinatedShutdown.PhaseBeforeActorSystemTerminate(), "close-sockets", this::shutdown);
        return this;
    }

    private CompletableFuture<Done> shutdown() {
        longWork.shutdown();
        CompletableFuture<Done> closed = new CompletableFuture<>();
        group.shutdownGracefully(0, CLOSING_MS, TimeUnit.MILLISECONDS)
                .addListener(done -> closed.complete(Done.getInstance()));
        return closed;
    }

    /** Runs it on the calling thread, afterwards, where that is one of them; else on any. */
    @Override
    public void execute(Runnable task) {
        execute(task, 0);
    }

    private void run(Runnable task) {
        try {
            task.run();
        } catch (Throwable e) {
            failed(e);
        }
    }

    private void failed(Throwable failure) {
        Thread.UncaughtExceptionHandler of = handler;
        if (of == null) {
            LOG.error("a task has failed while the node starts", failure);
        } else {
            of.uncaughtException(Thread.currentThread(), failure);
        }
    }

    /** How many there are. */
    public int size() {
        return loops.size();
    }

    /** The first ones, {@code most} of them or all. */
    public List<EventLoop> first(int most) {
        return List.copyOf(loops.subList(0, Math.min(most, loops.size())));
    }

    /** The calling thread; null where it is none of them. */
    public static @Nullable Loop here() {
        return CURRENT.get();
    }

    /** The calling thread's where that is one of the first {@code most}, else any of those. */
    public EventLoop next(int most) {
        return next(most, CURRENT.get());
    }

    /**
     * That one where it is one of the first {@code most}, else any of those. Not one after the other: who comes at every
     * second call would always get the same.
     */
    public EventLoop next(int most, @Nullable Loop home) {
        int some = Math.min(most, loops.size());
        return home != null && home.of == this && home.index < some
                ? home.loop
                : loops.get(ThreadLocalRandom.current().nextInt(some));
    }

    /** As many threads again, for what computes longer than the others' connections can wait: large bodies, handshakes. */
    public Executor longWork() {
        return longWork;
    }

    /** Completes with the value behind the running task, so that all that it does with the value is long work. */
    public <T> CompletionStage<T> aside(T value) {
        CompletableFuture<T> there = new CompletableFuture<>();
        execute(() -> longWork.execute(() -> there.complete(value)));
        return there;
    }

    /** As the other, but not before {@code nanos} are over. */
    public void execute(Runnable task, long nanos) {
        EventLoop loop = next(loops.size());
        if (nanos <= 0) {
            loop.execute(() -> run(task));
        } else {
            loop.schedule(() -> run(task), nanos, TimeUnit.NANOSECONDS);
        }
    }

    /** Runs it on that one, afterwards. */
    public void execute(Loop home, Runnable task) {
        home.loop.execute(() -> run(task));
    }

    EventLoopGroup group() {
        return group;
    }
}
