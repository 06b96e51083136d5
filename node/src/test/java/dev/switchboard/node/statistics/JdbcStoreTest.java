package dev.switchboard.node.statistics;

import static dev.switchboard.node.statistics.Samples.LARGE;
import static dev.switchboard.node.statistics.Samples.NOW;
import static dev.switchboard.node.statistics.Samples.SMALL;
import static dev.switchboard.node.statistics.Samples.delta;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.zaxxer.hikari.HikariDataSource;
import dev.switchboard.node.persistence.DatabaseConfig;
import dev.switchboard.node.persistence.TestDatabases;
import dev.switchboard.node.statistics.LogBuffer.Batch;
import dev.switchboard.protocol.domain.FailureKind;
import dev.switchboard.protocol.statistics.StatisticsCommand.BucketDelta;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class JdbcStoreTest {
    @ParameterizedTest
    @EnumSource
    void bucketsOfAllNodesAddUp(DatabaseConfig.Kind kind) {
        try (HikariDataSource pool = TestDatabases.fresh(kind).openPool("test", 2)) {
            Jdbi jdbi = Jdbi.create(pool);
            JdbcStore one = new JdbcStore(jdbi, "one:1");
            JdbcStore two = new JdbcStore(jdbi, "two:2");
            one.write(new Batch(List.of(), List.of(delta(LARGE, 100, 1, 2), delta(SMALL, 101, 1, 1))));
            one.write(new Batch(List.of(), List.of(delta(LARGE, 100, 3, 3))));
            two.write(new Batch(List.of(), List.of(delta(LARGE, 100, 5, 7), delta(LARGE, 90, 9, 9))));
            assertThat(one.load(90))
                    .extracting(BucketDelta::model, BucketDelta::hour, BucketDelta::successes, BucketDelta::counted)
                    .containsExactlyInAnyOrder(tuple(LARGE, 100L, 9L, 12L), tuple(SMALL, 101L, 1L, 1L));
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyColumnOfTheLogComesBack(DatabaseConfig.Kind kind) {
        try (HikariDataSource pool = TestDatabases.fresh(kind).openPool("test", 2)) {
            Jdbi jdbi = Jdbi.create(pool);
            RequestRow answered = RequestRow.of(Samples.request("a", NOW, SMALL, 200), "one:1");
            RequestRow refused = new RequestRow(
                    NOW.plusMillis(1),
                    "b",
                    "s2",
                    null,
                    "nope",
                    null,
                    null,
                    404,
                    "client_fault",
                    "no such model ünï \uD83D\uDE00",
                    0,
                    false,
                    1,
                    2,
                    3,
                    4,
                    5,
                    "one:1");
            JdbcStore store = new JdbcStore(jdbi, "one:1");
            assertThat(store.write(new Batch(List.of(answered, refused), List.of())))
                    .isZero();
            assertThat(new AnalyticsQueries(jdbi).requests(10)).containsExactly(refused, answered);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aBatchOfAnyLengthIsWrittenWhole(DatabaseConfig.Kind kind) {
        try (HikariDataSource pool = TestDatabases.fresh(kind).openPool("test", 2)) {
            Jdbi jdbi = Jdbi.create(pool);
            JdbcStore store = new JdbcStore(jdbi, "one:1");
            List<RequestRow> rows = IntStream.range(0, 128 + 2 * 16 + 3)
                    .mapToObj(i -> RequestRow.of(Samples.request("r" + i, NOW.minusMillis(i), SMALL, 200), "one:1"))
                    .toList();
            assertThat(store.write(new Batch(List.copyOf(rows), List.of()))).isZero();
            assertThat(new AnalyticsQueries(jdbi).requests(1_000)).containsExactlyElementsOf(rows);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aRowTheDatabaseRefusesDoesNotHoldUpTheOthers(DatabaseConfig.Kind kind) {
        try (HikariDataSource pool = TestDatabases.fresh(kind).openPool("test", 2)) {
            Jdbi jdbi = Jdbi.create(pool);
            List<LogRow> rows = new ArrayList<>();
            rows.add(row("good-1"));
            rows.add(row("x".repeat(300)));
            rows.add(row("good-2"));
            JdbcStore store = new JdbcStore(jdbi, "one:1");
            assertThat(store.write(new Batch(rows, List.of(delta(LARGE, 100, 1, 1)))))
                    .isEqualTo(1);
            assertThat(new AnalyticsQueries(jdbi).requests(10))
                    .extracting(RequestRow::requestId)
                    .containsExactly("good-2", "good-1");
            assertThat(store.load(0)).hasSize(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void purgeDeletesWhatIsOldAndNothingElse(DatabaseConfig.Kind kind) {
        try (HikariDataSource pool = TestDatabases.fresh(kind).openPool("test", 2)) {
            Jdbi jdbi = Jdbi.create(pool);
            JdbcStore store = new JdbcStore(jdbi, "one:1");
            Instant old = NOW.minus(Duration.ofDays(31));
            List<LogRow> rows = new ArrayList<>();
            IntStream.range(0, 6_000)
                    .forEach(i -> rows.add(RequestRow.of(Samples.request("old", old, LARGE, 200), "n")));
            rows.add(Objects.requireNonNull(LogRow.Failed.of(Samples.attempt(LARGE, old, FailureKind.TIMEOUT), "n")));
            rows.add(row("new"));
            rows.add(Objects.requireNonNull(LogRow.Failed.of(Samples.attempt(LARGE, NOW, FailureKind.TIMEOUT), "n")));
            store.write(new Batch(rows, List.of(delta(LARGE, 99, 1, 1), delta(LARGE, 100, 1, 1))));
            store.purge(NOW.minus(Duration.ofDays(30)), 99, NOW);
            assertThat(count(jdbi, "request_log")).isEqualTo(1);
            assertThat(count(jdbi, "error_log")).isEqualTo(1);
            assertThat(count(jdbi, "statistics_bucket")).isEqualTo(1);
            assertThat(new AnalyticsQueries(jdbi)
                            .summary(AnalyticsRange.MONTH, NOW)
                            .requests())
                    .isEqualTo(1);
            assertThat(count(jdbi, "request_rollup")).isEqualTo(2 * AnalyticsRange.values().length);
        }
    }

    private static RequestRow row(String id) {
        RequestRow row = RequestRow.of(Samples.request("a", NOW, LARGE, 200), "n");
        return new RequestRow(
                row.at(),
                id,
                row.sessionKey(),
                row.mode(),
                row.requested(),
                row.platform(),
                row.model(),
                row.status(),
                row.failure(),
                row.message(),
                row.attempts(),
                row.stream(),
                row.totalMs(),
                row.ttftMs(),
                row.overheadMs(),
                row.inputTokens(),
                row.outputTokens(),
                row.node());
    }

    private static int count(Jdbi jdbi, String table) {
        return jdbi.withHandle(handle -> handle.createQuery("SELECT COUNT(*) FROM " + table)
                .mapTo(Integer.class)
                .one());
    }
}
