package dev.switchboard.node.statistics;

import static dev.switchboard.node.statistics.Samples.LARGE;
import static dev.switchboard.node.statistics.Samples.NOW;
import static dev.switchboard.node.statistics.Samples.SMALL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import com.zaxxer.hikari.HikariDataSource;
import dev.switchboard.node.persistence.DatabaseConfig;
import dev.switchboard.node.persistence.TestDatabases;
import dev.switchboard.protocol.domain.FailureKind;
import dev.switchboard.protocol.domain.ModelRef;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AnalyticsQueriesTest {
    private final List<LogRow> rows = new ArrayList<>();

    @ParameterizedTest
    @EnumSource
    void answersAddUp(DatabaseConfig.Kind kind) {
        try (HikariDataSource pool = TestDatabases.fresh(kind).openPool("test", 2)) {
            Jdbi jdbi = Jdbi.create(pool);
            for (int i = 0; i < 20; i++) {
                request("ok" + i, NOW.minusSeconds(i), LARGE, 200, 100 + i * 10, i < 10 ? 0 : 50 + i);
            }
            request("slow", NOW.minusSeconds(30), SMALL, 200, 12_345, 2_345);
            request("failed", NOW.minus(Duration.ofMinutes(2)), SMALL, 502, 9_999, 0);
            request("gone", NOW.minusSeconds(3), LARGE, 499, 9_999, 0);
            request("no-quota", NOW.minusSeconds(2), null, 429, 1, 0);
            request("yesterday", NOW.minus(Duration.ofHours(23)), LARGE, 200, 10, 5);
            request("old", NOW.minus(Duration.ofDays(40)), LARGE, 200, 10, 5);
            attempt(SMALL, NOW.minus(Duration.ofMinutes(2)), FailureKind.SERVER_ERROR);
            attempt(SMALL, NOW.minusSeconds(10), FailureKind.RATE_LIMITED);
            attempt(LARGE, NOW.minusSeconds(3), FailureKind.CANCELLED);
            attempt(ModelRef.of("gamma", "only-fails"), NOW.minusSeconds(5), FailureKind.TIMEOUT);
            new JdbcStore(jdbi, "n").write(new LogBuffer.Batch(rows, List.of()));
            AnalyticsQueries queries = new AnalyticsQueries(jdbi);

            checkSummary(queries);
            checkModels(queries);
            checkTimeline(queries);
            assertThat(queries.errors(AnalyticsRange.HOUR, NOW))
                    .extracting(ErrorRow::kind)
                    .containsExactly("server_error", "timeout", "rate_limited", "server_error");
            assertThat(queries.errors(AnalyticsRange.HOUR, NOW).get(0).platform())
                    .isNull();
            assertThat(queries.requests(2)).extracting(RequestRow::requestId).containsExactly("ok0", "ok1");
        }
    }

    private static void checkSummary(AnalyticsQueries queries) {
        Measures hour = queries.summary(AnalyticsRange.HOUR, NOW);
        assertThat(hour.requests()).isEqualTo(24);
        assertThat(hour.successRate()).isEqualTo(21.0 / 23, within(1e-9));
        assertThat(hour.inputTokens()).isEqualTo(24 * 7);
        assertThat(hour.outputTokens()).isEqualTo(24 * 11);
        assertThat(hour.latencyP50Ms()).isEqualTo(200);
        assertThat(hour.latencyP95Ms()).isEqualTo(290);
        assertThat(hour.ttftP50Ms()).isEqualTo(65);
        assertThat(queries.summary(AnalyticsRange.DAY, NOW).requests()).isEqualTo(25);
        assertThat(queries.summary(AnalyticsRange.MONTH, NOW).requests()).isEqualTo(25);
        assertThat(queries.summary(AnalyticsRange.HOUR, NOW.plus(Duration.ofDays(1))))
                .isEqualTo(Measures.NONE);
    }

    private static void checkModels(AnalyticsQueries queries) {
        List<ModelRow> models = queries.byModel(AnalyticsRange.HOUR, NOW);
        assertThat(models).extracting(ModelRow::model).containsExactly("a-large", "org/b-small", "only-fails");
        assertThat(models.get(0).measures().requests()).isEqualTo(21);
        assertThat(models.get(0).measures().successRate()).isEqualTo(1);
        assertThat(models.get(1).measures().requests()).isEqualTo(3);
        assertThat(models.get(1).measures().successRate()).isEqualTo(0.5);
        assertThat(models.get(1).measures().latencyP50Ms()).isEqualTo(12_300);
        assertThat(models.get(2).measures().successRate()).isZero();
        List<PlatformRow> platforms = queries.byPlatform(AnalyticsRange.HOUR, NOW);
        assertThat(platforms).extracting(PlatformRow::platform).containsExactly("alpha", "beta", "gamma");
        assertThat(platforms.get(1).measures()).isEqualTo(models.get(1).measures());
    }

    private static void checkTimeline(AnalyticsQueries queries) {
        List<TimelineRow> hour = queries.timeline(AnalyticsRange.HOUR, NOW);
        assertThat(hour).hasSize(60);
        assertThat(hour.get(59).at()).isEqualTo(Instant.parse("2026-03-05T12:34:00Z"));
        assertThat(hour.get(0).at()).isEqualTo(Instant.parse("2026-03-05T11:35:00Z"));
        assertThat(hour.get(59).successes()).isEqualTo(21);
        assertThat(hour.get(59).failures()).isEqualTo(1);
        assertThat(hour.get(57).failures()).isEqualTo(1);
        assertThat(hour.get(58)).isEqualTo(new TimelineRow(hour.get(58).at(), 0, 0, Measures.NONE));
        assertThat(queries.timeline(AnalyticsRange.DAY, NOW))
                .hasSize(96)
                .extracting(TimelineRow::successes)
                .containsOnlyOnce(21L, 1L);
        assertThat(queries.timeline(AnalyticsRange.WEEK, NOW)).hasSize(168);
        assertThat(queries.timeline(AnalyticsRange.MONTH, NOW))
                .hasSize(120)
                .satisfies(points -> assertThat(points.get(119).at()).isEqualTo(Instant.parse("2026-03-05T12:00:00Z")));
    }

    @ParameterizedTest
    @EnumSource
    void percentilesAreWithinTheirBound(DatabaseConfig.Kind kind) {
        try (HikariDataSource pool = TestDatabases.fresh(kind).openPool("test", 2)) {
            Jdbi jdbi = Jdbi.create(pool);
            JdbcStore store = new JdbcStore(jdbi, "n");
            AnalyticsQueries queries = new AnalyticsQueries(jdbi);
            Instant at = NOW;
            for (long ms : new long[] {1, 199, 200, 204, 205, 999, 1995, 2049, 19_951, 20_499, 123_456}) {
                at = at.plus(Duration.ofDays(1));
                rows.clear();
                request("r" + ms, at, LARGE, 200, ms, ms);
                store.write(new LogBuffer.Batch(rows, List.of()));
                Measures measured = queries.summary(AnalyticsRange.HOUR, at);
                double bound = ms < 200 ? 0 : 0.025 * ms;
                assertThat((double) measured.latencyP50Ms()).isEqualTo(ms, within(bound));
                assertThat((double) measured.ttftP95Ms()).isEqualTo(ms, within(bound));
            }
        }
    }

    @Test
    void jsonIsFlat() {
        JsonMapper mapper = JsonMapper.builder().addModule(new JavaTimeModule()).build();
        JsonNode model = mapper.valueToTree(new ModelRow("alpha", "a", Measures.NONE));
        assertThat(model.fieldNames())
                .toIterable()
                .containsExactly(
                        "platform",
                        "model",
                        "requests",
                        "successRate",
                        "inputTokens",
                        "outputTokens",
                        "latencyP50Ms",
                        "latencyP95Ms",
                        "ttftP50Ms",
                        "ttftP95Ms");
        JsonNode point = mapper.valueToTree(new TimelineRow(NOW, 1, 2, Measures.NONE));
        assertThat(point.fieldNames()).toIterable().startsWith("at", "successes", "failures", "requests");
    }

    @Test
    void rangesAreFoundByName() {
        for (AnalyticsRange range : AnalyticsRange.values()) {
            assertThat(AnalyticsRange.find(range.wire())).contains(range);
        }
        assertThat(AnalyticsRange.find("2h")).isEmpty();
    }

    private void request(String id, Instant at, @Nullable ModelRef model, int status, long totalMs, long ttftMs) {
        var ended = Samples.request(id, at, model, status, totalMs, ttftMs);
        rows.add(RequestRow.of(ended, "n"));
        LogRow.Failed failed = LogRow.Failed.of(ended, "n");
        if (failed != null) {
            rows.add(failed);
        }
    }

    private void attempt(ModelRef model, Instant at, FailureKind failure) {
        rows.add(Objects.requireNonNull(LogRow.Failed.of(Samples.attempt(model, at, failure), "n")));
    }
}
