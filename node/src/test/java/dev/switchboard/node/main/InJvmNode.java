package dev.switchboard.node.main;

import akka.Done;
import akka.actor.Address;
import akka.actor.CoordinatedShutdown;
import akka.actor.typed.ActorSystem;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.Join;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.zaxxer.hikari.HikariDataSource;
import dev.switchboard.node.http.RouteTable;
import dev.switchboard.node.persistence.DatabaseConfig;
import dev.switchboard.node.persistence.Schema;
import dev.switchboard.node.settings.SettingsLoader;
import dev.switchboard.node.socket.EventLoops;
import dev.switchboard.node.socket.Listener;
import dev.switchboard.node.vault.VaultKeys;
import java.time.Clock;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** All rooms of a node inside a test's JVM, without what ends the process. */
public final class InJvmNode {
    private static final long START_SECONDS = 30;
    private static final Config IN_A_TEST = ConfigFactory.parseString(
            """
            akka.coordinated-shutdown { exit-jvm = off, run-by-jvm-shutdown-hook = off, run-by-actor-system-terminate = on }
            akka.cluster.jmx.enabled = off
            """);

    private final ActorSystem<Void> system;
    private final HikariDataSource pool;
    private final Rooms rooms;
    private final Clock clock;

    private InJvmNode(ActorSystem<Void> system, HikariDataSource pool, Rooms rooms, Clock clock) {
        this.system = system;
        this.pool = pool;
        this.rooms = rooms;
        this.clock = clock;
    }

    /** Opens and binds the node; it joins {@code seed}, or itself. */
    public static InJvmNode start(SettingsLoader.Loaded loaded, @Nullable InJvmNode seed) throws Exception {
        return start(loaded, seed, Clock.systemUTC(), SplittableRandom::new);
    }

    /** The same with the time and the draws of the node. */
    public static InJvmNode start(
            SettingsLoader.Loaded loaded, @Nullable InJvmNode seed, Clock clock, Supplier<RandomGenerator> random)
            throws Exception {
        DatabaseConfig database = DatabaseConfig.of(
                loaded.settings().database(), loaded.settings().dataDir());
        Schema.migrate(database);
        Config akka = AkkaConfig.of(
                loaded.settings(), 0, database.akkaConfig(), IN_A_TEST.withFallback(loaded.akkaOverrides()));
        ActorSystem<Void> system = EventLoops.system("switchboard", akka);
        HikariDataSource pool = database.openPool("switchboard", 4);
        Rooms rooms = Rooms.open(
                system,
                loaded,
                VaultKeys.load(
                        loaded.settings().encryptionKey(), loaded.settings().dataDir()),
                pool,
                clock,
                Node.certificate(loaded.settings().http()),
                random);
        Cluster cluster = Cluster.get(system);
        Address to =
                Cluster.get(seed == null ? system : seed.system).selfMember().address();
        cluster.manager().tell(Join.create(to));
        Listener.Binding binding = rooms.servers().bind().toCompletableFuture().get(START_SECONDS, TimeUnit.SECONDS);
        CoordinatedShutdown.get(system)
                .addTask(CoordinatedShutdown.PhaseServiceUnbind(), "close-http", () -> binding.unbind()
                        .thenApply(nothing -> Done.getInstance()));
        return new InJvmNode(system, pool, rooms, clock);
    }

    /** Whether the node takes requests; the first time it is, other nodes may ask it. */
    public boolean isReady() {
        return rooms.readiness().reasons().isEmpty();
    }

    /** Lets other nodes ask this one, once it is ready. */
    public void announce() {
        rooms.announceNode(clock);
    }

    /** Where its HTTP server is. */
    public String httpUrl() {
        return rooms.servers().url();
    }

    /** What its public server answers by. */
    public RouteTable routes() {
        return rooms.servers().routes();
    }

    /** The API key in force. */
    public @Nullable String apiKey() {
        return rooms.keys().apiKey();
    }

    /** The admin key in force. */
    public @Nullable String adminKey() {
        return rooms.keys().adminKey();
    }

    /** Members that are up, as this node sees them. */
    public long membersUp() {
        long up = 0;
        for (var member : Cluster.get(system).state().getMembers()) {
            up += member.status().equals(akka.cluster.MemberStatus.up()) ? 1 : 0;
        }
        return up;
    }

    /** Stops the node and closes its database connections. */
    public void stop() throws Exception {
        system.terminate();
        system.getWhenTerminated().toCompletableFuture().get(START_SECONDS, TimeUnit.SECONDS);
        pool.close();
    }
}
