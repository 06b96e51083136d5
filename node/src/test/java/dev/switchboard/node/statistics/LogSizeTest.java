package dev.switchboard.node.statistics;

import static dev.switchboard.node.statistics.Samples.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.switchboard.node.persistence.DatabaseConfig;
import dev.switchboard.node.persistence.TestDatabases;
import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.statistics.StatisticsCommand.BucketDelta;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What the dashboard and the router read costs the same with a full request log: {@code -Dswitchboard.test.log-rows} requests
 * (a million unless given) over 30 days and 50 models in use.
 */
@Tag("proof")
class LogSizeTest {
    private static final int ROWS = Integer.getInteger("switchboard.test.log-rows", 1_000_000);
    private static final int BATCH = 10_000;
    private static final int MODELS = 50;
    private static final int PLATFORMS = 10;
    private static final Duration BOUND = Duration.ofMillis(500);

    @ParameterizedTest
    @EnumSource
    void answersAreQuickWhateverTheSizeOfTheLog(DatabaseConfig.Kind kind) {
        try (HikariDataSource pool = TestDatabases.fresh(kind).openPool("test", 2)) {
            Jdbi jdbi = Jdbi.create(pool);
            JdbcStore store = new JdbcStore(jdbi, "one:1");
            fill(store);
            AnalyticsQueries queries = new AnalyticsQueries(jdbi);
            Map<String, Supplier<?>> questions = new LinkedHashMap<>();
            for (AnalyticsRange range : AnalyticsRange.values()) {
                String name = " " + range.wire();
                questions.put("summary" + name, () -> queries.summary(range, NOW));
                questions.put("by-model" + name, () -> queries.byModel(range, NOW));
                questions.put("by-platform" + name, () -> queries.byPlatform(range, NOW));
                questions.put("timeline" + name, () -> queries.timeline(range, NOW));
                questions.put("errors" + name, () -> queries.errors(range, NOW));
            }
            questions.put("requests", () -> queries.requests(100));
            questions.put("buckets of 7 days", () -> store.load(Deltas.hourOf(NOW) - Buckets.HOURS));
            questions.forEach((name, question) -> {
                Duration best = bestOf(5, question);
                System.out.printf("%s, %,d rows: %-24s %,.1f ms%n", kind, ROWS, name, best.toNanos() / 1e6);
                assertThat(best).as(name).isLessThan(BOUND);
            });
            assertThat(queries.summary(AnalyticsRange.MONTH, NOW).requests()).isBetween(ROWS * 97L / 100, (long) ROWS);
        }
    }

    private static Duration bestOf(int times, Supplier<?> question) {
        Duration best = Duration.ofDays(1);
        for (int i = 0; i < times; i++) {
            long start = System.nanoTime();
            assertThat(question.get()).isNotNull();
            Duration took = Duration.ofNanos(System.nanoTime() - start);
            best = took.compareTo(best) < 0 ? took : best;
        }
        return best;
    }

    private static void fill(JdbcStore store) {
        SplittableRandom random = new SplittableRandom(1);
        long stepNanos = Duration.ofDays(30).toNanos() / ROWS;
        Instant at = NOW.minus(Duration.ofDays(30));
        List<LogRow> rows = new ArrayList<>();
        List<BucketDelta> deltas = new ArrayList<>();
        for (int i = 0; i < ROWS; i++) {
            at = at.plusNanos(stepNanos);
            int which = random.nextInt(MODELS);
            ModelRef model = ModelRef.of("p" + which % PLATFORMS, "m" + which);
            long total = 200 + (long) (1_000 * Math.exp(random.nextGaussian()));
            var ended = Samples.request("r" + i, at, model, random.nextInt(20) == 0 ? 502 : 200, total, total / 4);
            rows.add(RequestRow.of(ended, "one:1"));
            deltas.add(new BucketDelta(model, Deltas.hourOf(at), 1, 1, 1, 50, 1_000, 300, 1));
            if (rows.size() == BATCH || i == ROWS - 1) {
                DeltaSum sum = new DeltaSum();
                sum.addAll(deltas);
                store.write(new LogBuffer.Batch(rows, sum.drain()));
                rows.clear();
                deltas.clear();
            }
        }
    }
}
