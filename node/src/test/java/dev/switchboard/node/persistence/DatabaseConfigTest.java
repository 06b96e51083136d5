package dev.switchboard.node.persistence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import dev.switchboard.node.settings.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class DatabaseConfigTest {
    private static DatabaseConfig of(String url) {
        return DatabaseConfig.of(new Settings.Database(url, "joe", "s3cret"), Path.of("data"));
    }

    @Test
    void withoutUrlTheEmbeddedDatabaseOfTheDataFolderIsUsed() {
        DatabaseConfig config = DatabaseConfig.of(new Settings.Database(null, null, null), Path.of("/tmp/x/../data"));
        assertThat(config.kind()).isEqualTo(DatabaseConfig.Kind.H2);
        assertThat(config.url())
                .isEqualTo(
                        "jdbc:h2:file:/tmp/data/switchboard;DATABASE_TO_UPPER=FALSE;DB_CLOSE_ON_EXIT=FALSE;WRITE_DELAY=0");
    }

    @Test
    void givenH2SettingsAreKept() {
        assertThat(of("jdbc:h2:tcp://127.0.0.1:9/x;write_delay=10").url())
                .isEqualTo("jdbc:h2:tcp://127.0.0.1:9/x;write_delay=10;DATABASE_TO_UPPER=FALSE;DB_CLOSE_ON_EXIT=FALSE");
    }

    @Test
    void anotherDatabaseIsRefusedWithoutShowingItsPassword() {
        assertThatThrownBy(() -> of("jdbc:mysql://root:hunter2@host/db?password=hunter2"))
                .isInstanceOf(DatabaseException.class)
                .hasMessageContaining("switchboard.database.url = jdbc:mysql://***@host/db?password=***")
                .hasMessageNotContaining("hunter2");
    }

    @Test
    void allAkkaPluginsShareOnePool() {
        Config config = of("jdbc:postgresql://db:5432/sb").akkaConfig();
        for (String plugin : new String[] {"jdbc-journal", "jdbc-snapshot-store", "jdbc-durable-state-store"}) {
            assertThat(config.getString(plugin + ".use-shared-db")).isEqualTo("slick");
        }
        Config slick = config.getConfig("akka-persistence-jdbc.shared-databases.slick");
        assertThat(slick.getString("profile")).isEqualTo("slick.jdbc.PostgresProfile$");
        assertThat(slick.getString("db.url")).isEqualTo("jdbc:postgresql://db:5432/sb");
        assertThat(slick.getString("db.user")).isEqualTo("joe");
        assertThat(slick.getInt("db.connectionTimeout")).isEqualTo(5000);
        assertThat(slick.getInt("db.maxConnections")).isEqualTo(slick.getInt("db.numThreads"));
    }

    @Test
    void anUnreachableH2ServerIsNamedToo() {
        assertThatThrownBy(() -> Schema.migrate(of("jdbc:h2:tcp://127.0.0.1:1/x")))
                .isInstanceOf(DatabaseException.class)
                .hasMessageStartingWith("switchboard.database.url = jdbc:h2:tcp://127.0.0.1:1/x;")
                .hasMessageContaining("cannot be reached: ")
                .hasMessageNotContaining("\n");
    }

    @Test
    void anUnreachableDatabaseIsOneLineWithinSeconds() {
        Instant start = Instant.now();
        assertThatThrownBy(() -> Schema.migrate(of("jdbc:postgresql://127.0.0.1:1/sb?password=hunter2")))
                .isInstanceOf(DatabaseException.class)
                .hasMessageStartingWith(
                        "switchboard.database.url = jdbc:postgresql://127.0.0.1:1/sb?password=***: cannot be reached: ")
                .hasMessageNotContaining("hunter2")
                .hasMessageNotContaining("\n");
        assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofSeconds(8));
    }
}
