package dev.switchboard.node.persistence;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SchemaTest {
    @ParameterizedTest
    @EnumSource
    void migratingAgainRunsNothing(DatabaseConfig.Kind kind) throws SQLException {
        DatabaseConfig config = TestDatabases.empty(kind);
        assertThat(Schema.migrate(config)).isPositive();
        assertThat(Schema.migrate(config)).isZero();
        try (Connection connection = config.connect()) {
            for (String table : List.of("event_journal", "event_tag", "snapshot", "durable_state")) {
                connection.createStatement().executeQuery("SELECT * FROM " + table);
            }
        }
    }

    /** As where two releases were made side by side and a database saw the later number first. */
    @ParameterizedTest
    @EnumSource
    void aScriptBelowTheLastOneStillRuns(DatabaseConfig.Kind kind) throws SQLException {
        DatabaseConfig config = TestDatabases.empty(kind);
        Schema.migrate(config);
        try (Connection connection = config.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("DROP TABLE response_memory");
            assertThat(statement.executeUpdate("DELETE FROM \"flyway_schema_history\" WHERE \"version\" = '3'"))
                    .isEqualTo(1);
        }
        assertThat(Schema.migrate(config)).isEqualTo(1);
        assertThat(Schema.migrate(config)).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void nodesThatStartTogetherMigrateOnce(DatabaseConfig.Kind kind) throws Exception {
        DatabaseConfig config = TestDatabases.empty(kind);
        int nodes = 4;
        CountDownLatch go = new CountDownLatch(1);
        ExecutorService threads = Executors.newFixedThreadPool(nodes);
        try {
            List<Future<Integer>> runs = new ArrayList<>();
            for (int i = 0; i < nodes; i++) {
                Callable<Integer> run = () -> {
                    go.await();
                    return Schema.migrate(config);
                };
                runs.add(threads.submit(run));
            }
            go.countDown();
            int executed = 0;
            for (Future<Integer> run : runs) {
                executed += run.get();
            }
            assertThat(executed).isEqualTo(Schema.migrate(TestDatabases.empty(kind)));
        } finally {
            threads.shutdownNow();
        }
    }
}
