package dev.switchboard.node.main;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.AskPattern;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.sharding.typed.javadsl.ClusterSharding;
import akka.cluster.sharding.typed.javadsl.EntityRef;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.Join;
import com.typesafe.config.ConfigFactory;
import com.zaxxer.hikari.HikariDataSource;
import dev.switchboard.node.persistence.DatabaseConfig;
import dev.switchboard.node.persistence.Schema;
import dev.switchboard.node.persistence.TestDatabases;
import dev.switchboard.node.provider.ProviderSharding;
import dev.switchboard.node.session.SessionSharding;
import dev.switchboard.node.settings.SettingsLoader;
import dev.switchboard.node.vault.VaultKeys;
import dev.switchboard.protocol.directory.DirectorySnapshot;
import dev.switchboard.protocol.provider.ProviderCommand;
import dev.switchboard.protocol.provider.ProviderReport;
import dev.switchboard.protocol.session.SessionCommand;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A whole node inside the test's JVM, with doors to its owners. */
public final class ProofNode {
    private static final long SECONDS = 30;

    private final ActorSystem<Void> system;
    private final HikariDataSource pool;
    private final Rooms rooms;

    private ProofNode(ActorSystem<Void> system, HikariDataSource pool, Rooms rooms) {
        this.system = system;
        this.pool = pool;
        this.rooms = rooms;
    }

    /** Opens and binds a node with that configuration on a database of its own. */
    public static ProofNode start(String config) throws Exception {
        Path folder = TestDatabases.temporaryFolder();
        Path file = Files.writeString(folder.resolve("proof.conf"), config);
        SettingsLoader.Loaded loaded =
                SettingsLoader.load(file, Map.of(), Map.of("data-dir", folder.toString(), "http.port", "0"));
        DatabaseConfig database = DatabaseConfig.of(loaded.settings().database(), folder);
        Schema.migrate(database);
        ActorSystem<Void> system = ActorSystem.create(
                Behaviors.empty(),
                "switchboard",
                AkkaConfig.of(
                        loaded.settings(),
                        0,
                        database.akkaConfig(),
                        ConfigFactory.parseString(
                                """
                                akka.coordinated-shutdown { exit-jvm = off, run-by-jvm-shutdown-hook = off }
                                akka.cluster.jmx.enabled = off
                                """)));
        HikariDataSource pool = database.openPool("switchboard", 4);
        Rooms rooms = Rooms.open(
                system,
                loaded,
                VaultKeys.load(loaded.settings().encryptionKey(), folder),
                pool,
                Clock.systemUTC(),
                null,
                SplittableRandom::new);
        Cluster.get(system)
                .manager()
                .tell(Join.create(Cluster.get(system).selfMember().address()));
        rooms.servers().bind().toCompletableFuture().get(SECONDS, TimeUnit.SECONDS);
        return new ProofNode(system, pool, rooms);
    }

    /** Whether it takes requests. */
    public boolean isReady() {
        return rooms.readiness().reasons().isEmpty() && rooms.keys().adminKey() != null;
    }

    /** Lets it answer the questions of the admin API; once it is ready. */
    public void announce() {
        rooms.announceNode(Clock.systemUTC());
    }

    public ActorSystem<?> system() {
        return system;
    }

    public String url() {
        return rooms.servers().url();
    }

    public @Nullable String apiKey() {
        return rooms.keys().apiKey();
    }

    public @Nullable String adminKey() {
        return rooms.keys().adminKey();
    }

    public DirectorySnapshot directory() {
        return rooms.directory().snapshot();
    }

    /** The owner of a session, by the key that answers carry. */
    public EntityRef<SessionCommand> session(String key) {
        return ClusterSharding.get(system).entityRefFor(SessionSharding.TYPE, key);
    }

    /** What the owner of a platform holds. */
    public ProviderReport provider(String platform) throws Exception {
        EntityRef<ProviderCommand> owner = ClusterSharding.get(system).entityRefFor(ProviderSharding.KEY, platform);
        return AskPattern.ask(owner, ProviderCommand.Inspect::new, Duration.ofSeconds(5), system.scheduler())
                .toCompletableFuture()
                .get(SECONDS, TimeUnit.SECONDS);
    }

    /** What the statistics have written of a model: successes, counted attempts; zeros where nothing was written yet. */
    public Counts counts(String platform, String model) throws SQLException {
        try (Connection connection = pool.getConnection();
                PreparedStatement query = connection.prepareStatement(
                        "SELECT COALESCE(SUM(successes), 0), COALESCE(SUM(counted), 0) FROM statistics_bucket"
                                + " WHERE platform = ? AND model = ?")) {
            query.setString(1, platform);
            query.setString(2, model);
            try (ResultSet row = query.executeQuery()) {
                row.next();
                return new Counts(row.getLong(1), row.getLong(2));
            }
        }
    }

    /** Successes and counted attempts of a model. */
    public record Counts(long successes, long counted) {}

    /** Stops it and closes its connections. */
    public void stop() throws Exception {
        system.terminate();
        system.getWhenTerminated().toCompletableFuture().get(SECONDS, TimeUnit.SECONDS);
        pool.close();
    }
}
