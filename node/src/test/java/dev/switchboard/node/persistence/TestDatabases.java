package dev.switchboard.node.persistence;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.switchboard.node.settings.Settings;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Comparator;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Real databases for tests: H2 in a temporary folder, and a PostgreSQL server that starts once per JVM. The system
 * property {@code switchboard.test.postgres-url} names a server that runs already; its user must be allowed to create
 * databases.
 */
public final class TestDatabases {
    private static final String EXTERNAL = "switchboard.test.postgres-url";
    private static @Nullable EmbeddedPostgres server;

    private TestDatabases() {}

    /** An empty database of its own, with the schema. */
    public static DatabaseConfig fresh(DatabaseConfig.Kind kind) {
        DatabaseConfig config = empty(kind);
        Schema.migrate(config);
        return config;
    }

    /** An empty database of its own, without the schema. */
    public static DatabaseConfig empty(DatabaseConfig.Kind kind) {
        return switch (kind) {
            case H2 -> DatabaseConfig.of(new Settings.Database(null, null, null), temporaryFolder());
            case POSTGRESQL ->
                DatabaseConfig.of(new Settings.Database(newPostgresDatabase(), null, null), Path.of("."));
        };
    }

    /** What an actor system needs to persist on this database; for tests without a cluster. */
    public static Config systemConfig(DatabaseConfig database) {
        return ConfigFactory.parseString(
                        """
                        akka.actor.serialization-bindings { "dev.switchboard.protocol.CborSerializable" = jackson-cbor }
                        akka.loggers = ["akka.event.slf4j.Slf4jLogger"]
                        akka.logging-filter = "akka.event.slf4j.Slf4jLoggingFilter"
                        """)
                .withFallback(database.akkaConfig())
                .withFallback(ConfigFactory.load());
    }

    /** A folder that is removed when the JVM ends. */
    public static Path temporaryFolder() {
        try {
            Path folder = Files.createTempDirectory("switchboard-test");
            Runtime.getRuntime().addShutdownHook(new Thread(() -> remove(folder)));
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void remove(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The JDBC address of an empty database of its own. */
    public static String newPostgresDatabase() {
        String name = "t" + UUID.randomUUID().toString().replace("-", "");
        String admin = adminUrl();
        try (Connection connection = DriverManager.getConnection(admin);
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + name);
        } catch (SQLException e) {
            throw new IllegalStateException("cannot create a database on " + admin, e);
        }
        return admin.replaceFirst("(jdbc:postgresql://[^/]+/)[^?]*", "$1" + name);
    }

    private static synchronized String adminUrl() {
        String external = System.getProperty(EXTERNAL);
        if (external != null) {
            return external;
        }
        EmbeddedPostgres running = server;
        if (running == null) {
            try {
                running = EmbeddedPostgres.builder()
                        .setServerConfig("max_connections", "200")
                        .setServerConfig("fsync", "off")
                        .start();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            server = running;
        }
        return running.getJdbcUrl("postgres", "postgres");
    }
}
