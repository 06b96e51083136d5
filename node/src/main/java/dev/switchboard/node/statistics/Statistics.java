package dev.switchboard.node.statistics;

import akka.Done;
import akka.actor.CoordinatedShutdown;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.javadsl.AskPattern;
import dev.switchboard.node.socket.EventLoops;
import dev.switchboard.protocol.statistics.StatisticsCommand;
import dev.switchboard.protocol.statistics.StatisticsCommand.RequestEnded;
import dev.switchboard.protocol.statistics.StatisticsSnapshot;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jdbi.v3.core.Jdbi;

/** The statistics room of one node: takes outcomes in, gives snapshots, analytics and a live tail out (behaviour.md §6). */
public final class Statistics {
    /** The dispatcher for JDBC, a fixed pool of threads that the configuration must hold. */
    public static final String BLOCKING_DISPATCHER = "switchboard.blocking-dispatcher";

    private static final Duration DRAIN_TIME = Duration.ofSeconds(5);

    private final ActorSystem<?> system;
    private final Latest latest;
    private final AtomicLong dropped;
    private final RequestRing ring;
    private final Analytics analytics;
    private final ActorRef<Object> actor;

    private Statistics(
            ActorSystem<?> system,
            Latest latest,
            AtomicLong dropped,
            RequestRing ring,
            Analytics analytics,
            ActorRef<Object> actor) {
        this.system = system;
        this.latest = latest;
        this.dropped = dropped;
        this.ring = ring;
        this.analytics = analytics;
        this.actor = actor;
    }

    /**
     * Starts the room: once in a system, after the tables were made. What waits is written when the node shuts down, before it
     * leaves the cluster; the data source must stay open until then.
     *
     * @param node names this node's rows, such as {@code host:port}; no two running nodes may share it
     */
    public static Statistics start(
            ActorSystem<?> system,
            String node,
            DataSource database,
            MeterRegistry registry,
            Clock clock,
            StatisticsSettings settings) {
        Executor blocking = system.dispatchers().lookup(DispatcherSelector.fromConfig(BLOCKING_DISPATCHER));
        Jdbi jdbi = Jdbi.create(database);
        Latest latest = new Latest();
        AtomicLong dropped = new AtomicLong();
        FunctionCounter.builder("switchboard.statistics.dropped", dropped, AtomicLong::doubleValue)
                .description("Rows of the request log that were lost")
                .register(registry);
        RequestRing ring = new RequestRing();
        StatisticsActor.Wiring wiring = new StatisticsActor.Wiring(
                node,
                settings,
                clock,
                new JdbcStore(jdbi, node),
                blocking,
                new Meters(registry),
                dropped,
                ring::add,
                latest::set);
        ActorRef<Object> actor = system.systemActorOf(
                StatisticsActor.create(wiring), "switchboard-statistics", EventLoops.props(system));
        Analytics analytics = new Analytics(new AnalyticsQueries(jdbi), clock, blocking);
        Statistics statistics = new Statistics(system, latest, dropped, ring, analytics, actor);
        CoordinatedShutdown.get(system)
                .addTask(CoordinatedShutdown.PhaseBeforeClusterShutdown(), "write-statistics", statistics::drain);
        return statistics;
    }

    /** Takes outcomes; tell and forget. */
    public ActorRef<StatisticsCommand> actor() {
        return actor.narrow();
    }

    /** What this node knows of every model, at most about 50 ms behind its own outcomes; costs one volatile read. */
    public StatisticsSnapshot snapshot() {
        return latest.snapshot;
    }

    /** The dashboard's questions. */
    public Analytics analytics() {
        return analytics;
    }

    /** Tells of every request of this node from now on, one after the other; on the request path, so in a moment. */
    public void follow(Consumer<RequestEnded> follower) {
        ring.follow(follower);
    }

    /** The newest 200 requests of this node, newest first. */
    public List<RequestEnded> recent() {
        return ring.recent();
    }

    /** Log rows lost so far because the database was away too long or refused them. */
    public long dropped() {
        return dropped.get();
    }

    /** Writes what waits; done when nothing waits, or at once where the database is away. Fails after 5 s. */
    public CompletionStage<Done> drain() {
        return AskPattern.ask(actor, StatisticsActor.Drain::new, DRAIN_TIME, system.scheduler());
    }

    /** The newest snapshot: written by the actor, read by every request. */
    private static final class Latest {
        private volatile StatisticsSnapshot snapshot = StatisticsSnapshot.EMPTY;

        private void set(StatisticsSnapshot newest) {
            snapshot = newest;
        }
    }
}
