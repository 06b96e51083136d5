package dev.switchboard.node.statistics;

import static dev.switchboard.node.statistics.Samples.LARGE;
import static dev.switchboard.node.statistics.Samples.NOW;
import static dev.switchboard.node.statistics.Samples.SMALL;
import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.switchboard.node.persistence.DatabaseConfig;
import dev.switchboard.node.persistence.Schema;
import dev.switchboard.node.persistence.TestDatabases;
import dev.switchboard.protocol.domain.FailureKind;
import dev.switchboard.protocol.statistics.StatisticsCommand.BucketDelta;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RollupTableTest {
    /** What two nodes wrote in many batches, some hours apart, is what one sum over all their rows says. */
    @ParameterizedTest
    @EnumSource
    void rowsOfAllNodesAndBatchesAddUp(DatabaseConfig.Kind kind) {
        try (HikariDataSource pool = TestDatabases.fresh(kind).openPool("test", 2)) {
            Jdbi jdbi = Jdbi.create(pool);
            List<JdbcStore> nodes = List.of(new JdbcStore(jdbi, "one:1"), new JdbcStore(jdbi, "two:2"));
            SplittableRandom random = new SplittableRandom(4);
            List<LogRow> all = new ArrayList<>();
            for (int batch = 0; batch < 30; batch++) {
                List<LogRow> rows = new ArrayList<>();
                for (int i = 0; i < 20; i++) {
                    rows.add(row(random));
                }
                all.addAll(rows);
                assertThat(nodes.get(batch % 2).write(new LogBuffer.Batch(rows, List.of())))
                        .isZero();
            }
            RollupSum expected = RollupSum.of(all);
            AnalyticsQueries queries = new AnalyticsQueries(jdbi);
            for (AnalyticsRange range : AnalyticsRange.values()) {
                long last = range.bucketOf(NOW);
                Rollup whole = new Rollup();
                Rollup large = new Rollup();
                expected.cells().forEach((cell, sum) -> {
                    boolean shown = cell.stepSeconds() == range.stepSeconds()
                            && cell.bucket() <= last
                            && cell.bucket() > last - range.points();
                    if (shown && cell.isWhole()) {
                        whole.addAll(sum);
                    } else if (shown && cell.model().equals(LARGE.id())) {
                        large.addAll(sum);
                    }
                });
                assertThat(queries.summary(range, NOW)).isEqualTo(whole.measures());
                assertThat(queries.byModel(range, NOW))
                        .contains(new ModelRow(LARGE.platform().value(), LARGE.id(), large.measures()));
                assertThat(queries.timeline(range, NOW).stream()
                                .mapToLong(point -> point.measures().requests())
                                .sum())
                        .isEqualTo(whole.requests);
            }
        }
    }

    /** The dashboard's sums and the router's records never read the log: they say the same without it. */
    @ParameterizedTest
    @EnumSource
    void nothingThatIsAddedUpReadsTheLog(DatabaseConfig.Kind kind) {
        try (HikariDataSource pool = TestDatabases.fresh(kind).openPool("test", 2)) {
            Jdbi jdbi = Jdbi.create(pool);
            JdbcStore store = new JdbcStore(jdbi, "one:1");
            SplittableRandom random = new SplittableRandom(5);
            List<LogRow> rows = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                rows.add(row(random));
            }
            BucketDelta delta = new BucketDelta(LARGE, Deltas.hourOf(NOW), 1, 1, 1, 50, 1_000, 300, 1);
            store.write(new LogBuffer.Batch(rows, List.of(delta)));
            AnalyticsQueries queries = new AnalyticsQueries(jdbi);
            List<Object> before = sums(queries, store);
            jdbi.useHandle(handle -> handle.createScript("DELETE FROM request_log; DELETE FROM error_log")
                    .execute());
            assertThat(queries.requests(10)).isEmpty();
            assertThat(sums(queries, store)).isEqualTo(before);
        }
    }

    /** An upgrade: the log is there, its sums are not, and V5.1 has yet to run. */
    @ParameterizedTest
    @EnumSource
    void whatWasLoggedBeforeThereWereSumsIsAddedUpOnce(DatabaseConfig.Kind kind) {
        DatabaseConfig database = TestDatabases.fresh(kind);
        try (HikariDataSource pool = database.openPool("test", 2)) {
            Jdbi jdbi = Jdbi.create(pool);
            Instant now = Instant.now();
            SplittableRandom random = new SplittableRandom(6);
            List<LogRow> rows = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                rows.add(row(random, now));
            }
            new JdbcStore(jdbi, "one:1").write(new LogBuffer.Batch(rows, List.of()));
            AnalyticsQueries queries = new AnalyticsQueries(jdbi);
            List<Object> counted = counts(queries, now);
            jdbi.useHandle(handle -> {
                handle.execute("DELETE FROM request_rollup");
                assertThat(handle.execute("DELETE FROM \"flyway_schema_history\" WHERE \"version\" = '5.1'"))
                        .isEqualTo(1);
            });
            assertThat(counts(queries, now)).isNotEqualTo(counted);
            assertThat(Schema.migrate(database)).isEqualTo(1);
            assertThat(counts(queries, now)).isEqualTo(counted);
        }
    }

    private static List<Object> counts(AnalyticsQueries queries, Instant now) {
        List<Object> counts = new ArrayList<>();
        for (AnalyticsRange range : AnalyticsRange.values()) {
            counts.add(withoutTimes(queries.summary(range, now)));
            queries.byModel(range, now)
                    .forEach(model -> counts.add(List.of(model.model(), withoutTimes(model.measures()))));
            queries.timeline(range, now).forEach(point -> counts.add(withoutTimes(point.measures())));
        }
        return counts;
    }

    private static List<Object> withoutTimes(Measures all) {
        return List.of(all.requests(), all.successRate(), all.inputTokens(), all.outputTokens());
    }

    private static List<Object> sums(AnalyticsQueries queries, JdbcStore store) {
        List<Object> sums = new ArrayList<>();
        for (AnalyticsRange range : AnalyticsRange.values()) {
            sums.add(queries.summary(range, NOW));
            sums.add(queries.byModel(range, NOW));
            sums.add(queries.byPlatform(range, NOW));
            sums.add(queries.timeline(range, NOW));
        }
        sums.add(store.load(Deltas.hourOf(NOW) - Buckets.HOURS));
        return sums;
    }

    private static LogRow row(SplittableRandom random) {
        return row(random, NOW);
    }

    private static LogRow row(SplittableRandom random, Instant now) {
        Instant at = now.minus(Duration.ofMinutes((long) Math.pow(2, random.nextDouble(15.3))));
        if (random.nextInt(5) == 0) {
            FailureKind kind = random.nextBoolean() ? FailureKind.TIMEOUT : FailureKind.RATE_LIMITED;
            return Objects.requireNonNull(LogRow.Failed.of(Samples.attempt(LARGE, at, kind), "n"));
        }
        int status = random.nextInt(4) == 0 ? 502 : 200;
        long total = random.nextLong(60_000);
        return RequestRow.of(
                Samples.request("r", at, random.nextBoolean() ? LARGE : SMALL, status, total, total / 3), "n");
    }
}
