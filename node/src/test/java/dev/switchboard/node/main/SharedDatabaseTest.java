package dev.switchboard.node.main;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SharedDatabaseTest {
    @Test
    void aDatabaseThatClosedItselfIsOpenedAgainAtTheSameAddressWhileItsUsersHoldOn(@TempDir Path folder)
            throws Exception {
        try (SharedDatabase database = SharedDatabase.open(folder);
                Connection holds = connect(database);
                Connection closes = connect(database)) {
            execute(holds, "CREATE TABLE kept (id INT)");
            execute(holds, "INSERT INTO kept VALUES (1)");
            // What H2 does where it cannot write.
            execute(closes, "SHUTDOWN IMMEDIATELY");
            assertThatThrownBy(() -> execute(holds, "INSERT INTO kept VALUES (2)"))
                    .isInstanceOf(SQLException.class);

            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(holds.isValid(1)).isFalse());
            await().atMost(Duration.ofSeconds(20)).ignoreExceptions().untilAsserted(() -> {
                try (Connection again = connect(database)) {
                    execute(again, "INSERT INTO kept VALUES (3)");
                }
            });
        }
        try (SharedDatabase database = SharedDatabase.open(folder);
                Connection connection = connect(database);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT count(*) FROM kept WHERE id IN (1, 3)")) {
            assertThat(rows.next()).isTrue();
            assertThat(rows.getInt(1)).isEqualTo(2);
        }
    }

    private static Connection connect(SharedDatabase database) throws SQLException {
        return DriverManager.getConnection(database.url(), database.user(), database.password());
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
