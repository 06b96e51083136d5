package dev.switchboard.node.persistence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import dev.switchboard.node.settings.Settings;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The embedded database after a full disk, opened again by pools that hold connections to the closed one. */
class ReopeningTest {
    @AfterEach
    void room() {
        FullDisk.full(false);
    }

    private static void run(HikariDataSource pool, String sql) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static int rows(HikariDataSource pool) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery("SELECT COUNT(*) FROM kept WHERE id = 1")) {
            found.next();
            return found.getInt(1);
        }
    }

    /** As a node's probe does it. */
    private static boolean answers(HikariDataSource pool, Reopening reopening) {
        if (reopening.isUnderWay()) {
            reopening.step();
            return false;
        }
        try {
            run(pool, "SELECT 1");
            return true;
        } catch (SQLException closed) {
            reopening.begin(closed);
            return false;
        }
    }

    @Test
    void twoPoolsWriteAgainWhenThereIsRoomAndNothingAcknowledgedIsLost(@TempDir Path folder) throws Exception {
        FullDisk.register();
        DatabaseConfig database = DatabaseConfig.of(
                new Settings.Database("jdbc:h2:fulldisk:" + folder.resolve("db"), null, null), folder);
        try (HikariDataSource one = database.openPool("one", 3);
                HikariDataSource two = database.openPool("two", 3)) {
            run(one, "CREATE TABLE kept (id INT)");
            run(two, "INSERT INTO kept VALUES (1)");
            for (int round = 0; round < 3; round++) {
                FullDisk.full(true);
                String row = "INSERT INTO kept VALUES (" + (round + 2) + ")";
                await().until(() -> {
                    try {
                        run(one, row);
                        return false;
                    } catch (SQLException closed) {
                        return true;
                    }
                });
                FullDisk.full(false);
                Reopening reopening = new Reopening(List.of(one, two));
                await().atMost(Duration.ofSeconds(30))
                        .pollInterval(Duration.ofMillis(200))
                        .until(() -> answers(two, reopening));
                run(one, "INSERT INTO kept VALUES (0)");
                run(two, "DELETE FROM kept WHERE id = 0");
                assertThat(rows(two)).isPositive();
            }
        }
        assertThatThrownBy(() -> run(database.openPool("late", 1), "SELECT nothing FROM nowhere"))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("nowhere");
    }
}
