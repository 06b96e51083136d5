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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.h2.api.ErrorCode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The embedded database after a full disk, opened again under two pools that hold connections to the closed one. */
class EmbeddedDatabaseTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir
    private Path folder;

    private HikariDataSource one;
    private HikariDataSource two;
    private EmbeddedDatabase embedded;

    @BeforeEach
    void open() throws SQLException {
        FullDisk.register();
        one = database().openPool("one", 3);
        two = database().openPool("two", 3);
        embedded = new EmbeddedDatabase(List.of(one, two));
        run(one, "CREATE TABLE kept (id INT)");
        run(two, "INSERT INTO kept VALUES (1)");
    }

    @AfterEach
    void close() {
        FullDisk.full(false);
        one.close();
        two.close();
    }

    private DatabaseConfig database() {
        return DatabaseConfig.of(new Settings.Database("jdbc:h2:fulldisk:" + folder.resolve("db"), null, null), folder);
    }

    private static void run(HikariDataSource pool, String sql) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static boolean runs(HikariDataSource pool, String sql) {
        try {
            run(pool, sql);
            return true;
        } catch (SQLException closed) {
            return false;
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

    private EmbeddedConnections connections() {
        return EmbeddedConnections.of(one.getJdbcUrl());
    }

    /** As a node's probe does it. */
    private boolean answers(HikariDataSource pool) {
        SQLException failure = null;
        try {
            run(pool, "SELECT 1");
        } catch (SQLException closed) {
            failure = closed;
        }
        if (embedded.hasClosedItself(failure)) {
            embedded.giveUp();
            return false;
        }
        return failure == null;
    }

    private void fill() {
        FullDisk.full(true);
        await().atMost(SOON).until(() -> !runs(one, "INSERT INTO kept VALUES (2)"));
    }

    @Test
    void twoPoolsWriteAgainWhenThereIsRoomAndNothingAcknowledgedIsLost() throws Exception {
        for (int round = 0; round < 3; round++) {
            fill();
            FullDisk.full(false);
            await().atMost(SOON).pollInterval(Duration.ofMillis(100)).until(() -> answers(two));
            run(one, "INSERT INTO kept VALUES (0)");
            run(two, "DELETE FROM kept WHERE id = 0");
            assertThat(rows(two)).isEqualTo(1);
        }
        one.close();
        two.close();
        assertThatThrownBy(() -> run(database().openPool("late", 1), "SELECT nothing FROM nowhere"))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("nowhere");
    }

    @Test
    void itOpensAgainWhileBothPoolsAreAskedWithoutPause() throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        List<Thread> askers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            HikariDataSource pool = i % 2 == 0 ? one : two;
            Thread asker = new Thread(() -> {
                while (!over.get()) {
                    runs(pool, "INSERT INTO kept VALUES (3)");
                }
            });
            askers.add(asker);
            asker.start();
        }
        try {
            for (int round = 0; round < 3; round++) {
                fill();
                // Attempts on a disk that is still full come to nothing, and do no harm.
                for (int attempt = 0; attempt < 3; attempt++) {
                    answers(two);
                }
                FullDisk.full(false);
                await().atMost(SOON).pollInterval(Duration.ofMillis(100)).until(() -> answers(two));
                await().atMost(SOON)
                        .pollInterval(Duration.ofMillis(100))
                        .until(() -> answers(two) && runs(one, "INSERT INTO kept VALUES (4)"));
            }
        } finally {
            over.set(true);
            for (Thread asker : askers) {
                asker.join(20_000);
            }
        }
        assertThat(rows(one)).isEqualTo(1);
    }

    @Test
    void aSessionThatNobodyHoldsDoesNotKeepItClosed() throws Exception {
        try (Connection lost = database().connect()) {
            assertThat(lost.isClosed()).isFalse();
            fill();
            FullDisk.full(false);
            await().atMost(SOON).pollInterval(Duration.ofMillis(100)).until(() -> answers(two) && answers(one));
            run(one, "INSERT INTO kept VALUES (0)");
        }
        run(two, "INSERT INTO kept VALUES (0)");
        assertThat(rows(one)).isEqualTo(1);
    }

    @Test
    void aStatementThatDoesNotEndDoesNotKeepItClosed() throws Exception {
        run(one, "CREATE ALIAS pause FOR \"java.lang.Thread.sleep(long)\"");
        Thread stuck = new Thread(() -> runs(two, "CALL pause(8000)"));
        stuck.start();
        await().atMost(SOON).until(() -> two.getHikariPoolMXBean().getActiveConnections() == 1);
        fill();
        FullDisk.full(false);
        await().atMost(Duration.ofSeconds(15))
                .pollInterval(Duration.ofMillis(100))
                .until(() -> answers(two) && answers(one));
        assertThat(stuck.isAlive()).isTrue();
        run(two, "INSERT INTO kept VALUES (0)");
        stuck.join();
        await().during(Duration.ofSeconds(1)).atMost(SOON).until(() -> answers(two) && answers(one));
        assertThat(rows(one)).isEqualTo(1);
    }

    @Test
    void oneThatH2HasLostSightOfIsNoticedThoughItAnswers() throws Exception {
        run(one, "SELECT 1");
        assertThat(embedded.hasClosedItself(null)).isFalse();
        Connection open = connections().open(() -> database().connect());
        assertThatThrownBy(() -> connections().open(() -> {
                    throw new SQLException("locked", "90020", ErrorCode.DATABASE_ALREADY_OPEN_1);
                }))
                .hasMessage("locked");

        assertThat(embedded.hasClosedItself(null)).isTrue();
        embedded.giveUp();
        assertThat(open.isClosed()).isTrue();
        assertThat(embedded.hasClosedItself(null)).isFalse();
        await().atMost(SOON).until(() -> answers(one) && answers(two));
    }

    @Test
    void anotherFailureIsLeftAlone() {
        assertThat(embedded.hasClosedItself(new SQLException("syntax", "42000", ErrorCode.SYNTAX_ERROR_1)))
                .isFalse();
    }
}
