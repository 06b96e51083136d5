package dev.switchboard.node.statistics;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** The dashboard's questions to the request log, as SQL that H2 and PostgreSQL both understand. Every method blocks. */
final class AnalyticsQueries {
    private static final int ERRORS = 100;
    private static final Grouping WHOLE = new Grouping("0", "0");
    private static final Grouping BY_PLATFORM = new Grouping("platform", "0");
    private static final Grouping BY_MODEL = new Grouping("platform", "model");
    private static final String IN_RANGE = "at_ms >= :from AND at_ms < :to";

    private static final String LATENCIES = "SELECT k1, k2, outcome, ms, COUNT(*) AS n, SUM(input_tokens) AS input,"
            + " SUM(output_tokens) AS output FROM (SELECT %s, outcome, %s AS ms, input_tokens, output_tokens"
            + " FROM request_log WHERE %s) t GROUP BY k1, k2, outcome, ms";
    private static final String FIRST_TOKENS = "SELECT k1, k2, ms, COUNT(*) AS n FROM (SELECT %s, %s AS ms"
            + " FROM request_log WHERE outcome = 1 AND ttft_ms > 0 AND %s) t GROUP BY k1, k2, ms";
    private static final String FAILED = "SELECT k1, k2, COUNT(*) AS failed,"
            + " SUM(CASE WHEN counted THEN 1 ELSE 0 END) AS counted"
            + " FROM (SELECT %s, counted FROM error_log WHERE platform IS NOT NULL AND %s) t GROUP BY k1, k2";

    private final Jdbi jdbi;

    AnalyticsQueries(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /** All requests of the range. */
    Measures summary(AnalyticsRange range, Instant now) {
        Span span = Span.last(range, now);
        Map<Key, Totals> found = jdbi.withHandle(handle -> requests(handle, WHOLE, span));
        return found.values().stream().findFirst().map(Totals::measures).orElse(Measures.NONE);
    }

    /** Attempts of the range by platform, most first. */
    List<PlatformRow> byPlatform(AnalyticsRange range, Instant now) {
        List<PlatformRow> rows = new ArrayList<>();
        attempts(BY_PLATFORM, range, now)
                .forEach((key, totals) -> rows.add(new PlatformRow(key.first(), totals.measures())));
        rows.sort(Comparator.comparing((PlatformRow row) -> -row.measures().requests())
                .thenComparing(PlatformRow::platform));
        return rows;
    }

    /** Attempts of the range by model, most first. */
    List<ModelRow> byModel(AnalyticsRange range, Instant now) {
        List<ModelRow> rows = new ArrayList<>();
        attempts(BY_MODEL, range, now)
                .forEach((key, totals) -> rows.add(new ModelRow(key.first(), key.second(), totals.measures())));
        rows.sort(Comparator.comparing((ModelRow row) -> -row.measures().requests())
                .thenComparing(ModelRow::platform)
                .thenComparing(ModelRow::model));
        return rows;
    }

    /** All requests of the range by time, oldest first, with the stretches where nothing happened. */
    List<TimelineRow> timeline(AnalyticsRange range, Instant now) {
        Span span = Span.steps(range, now);
        long step = range.step().toMillis();
        Grouping byTime = new Grouping("(at_ms - %d) / %d".formatted(span.from(), step), "0");
        Map<Key, Totals> byStep = jdbi.withHandle(handle -> requests(handle, byTime, span));
        List<TimelineRow> rows = new ArrayList<>();
        for (int i = 0; i < range.points(); i++) {
            Totals totals = byStep.getOrDefault(new Key(Integer.toString(i), "0"), new Totals());
            Instant at = Instant.ofEpochMilli(span.from() + i * step);
            rows.add(new TimelineRow(at, totals.successes, totals.failures, totals.measures()));
        }
        return rows;
    }

    /** The last 100 errors of the range, newest first; a caller who went away is none. */
    List<ErrorRow> errors(AnalyticsRange range, Instant now) {
        Span span = Span.last(range, now);
        return jdbi.withHandle(handle -> handle.createQuery("SELECT * FROM error_log WHERE kind <> 'cancelled' AND "
                        + IN_RANGE + " ORDER BY at_ms DESC, id DESC LIMIT :limit")
                .bind("from", span.from())
                .bind("to", span.to())
                .bind("limit", ERRORS)
                .map((row, context) -> new ErrorRow(
                        Instant.ofEpochMilli(row.getLong("at_ms")),
                        row.getString("request_id"),
                        row.getString("platform"),
                        row.getString("model"),
                        row.getString("kind"),
                        row.getString("message")))
                .list());
    }

    /** The newest rows of the request log of all nodes, newest first. */
    List<RequestRow> requests(int limit) {
        return jdbi.withHandle(
                handle -> handle.createQuery("SELECT * FROM request_log ORDER BY at_ms DESC, id DESC LIMIT :limit")
                        .bind("limit", limit)
                        .map((row, context) -> requestRow(row))
                        .list());
    }

    private Map<Key, Totals> attempts(Grouping grouping, AnalyticsRange range, Instant now) {
        Span span = Span.last(range, now);
        return jdbi.withHandle(handle -> {
            Map<Key, Totals> found = requests(handle, grouping, span);
            found.values().forEach(Totals::keepSuccesses);
            handle.createQuery(FAILED.formatted(grouping.columns(), IN_RANGE))
                    .bind("from", span.from())
                    .bind("to", span.to())
                    .map((row, context) -> {
                        Totals totals = found.computeIfAbsent(Key.of(row), key -> new Totals());
                        totals.requests += row.getLong("failed");
                        totals.failures += row.getLong("counted");
                        return totals;
                    })
                    .forEach(totals -> {});
            return found;
        });
    }

    private static Map<Key, Totals> requests(Handle handle, Grouping grouping, Span span) {
        Map<Key, Totals> found = new HashMap<>();
        handle.createQuery(LATENCIES.formatted(grouping.columns(), Histogram.rounded("total_ms"), IN_RANGE))
                .bind("from", span.from())
                .bind("to", span.to())
                .map((row, context) -> {
                    Totals totals = found.computeIfAbsent(Key.of(row), key -> new Totals());
                    totals.add(row.getInt("outcome"), row.getLong("ms"), row.getLong("n"));
                    totals.input += row.getLong("input");
                    totals.output += row.getLong("output");
                    return totals;
                })
                .forEach(totals -> {});
        handle.createQuery(FIRST_TOKENS.formatted(grouping.columns(), Histogram.rounded("ttft_ms"), IN_RANGE))
                .bind("from", span.from())
                .bind("to", span.to())
                .map((row, context) -> {
                    Totals totals = found.computeIfAbsent(Key.of(row), key -> new Totals());
                    totals.ttft.add(row.getLong("ms"), row.getLong("n"));
                    return totals;
                })
                .forEach(totals -> {});
        found.keySet().removeIf(Key::isNoModel);
        return found;
    }

    private static RequestRow requestRow(ResultSet row) throws SQLException {
        return new RequestRow(
                Instant.ofEpochMilli(row.getLong("at_ms")),
                row.getString("request_id"),
                row.getString("session_key"),
                row.getString("mode"),
                row.getString("requested"),
                row.getString("platform"),
                row.getString("model"),
                row.getInt("status"),
                row.getString("failure_kind"),
                row.getString("message"),
                row.getInt("attempts"),
                row.getBoolean("stream"),
                row.getLong("total_ms"),
                row.getLong("ttft_ms"),
                row.getLong("overhead_ms"),
                row.getLong("input_tokens"),
                row.getLong("output_tokens"),
                row.getString("node"));
    }

    /** A stretch of time in epoch milliseconds, end excluded. */
    private record Span(long from, long to) {
        static Span last(AnalyticsRange range, Instant now) {
            return new Span(now.minus(range.length()).toEpochMilli(), now.toEpochMilli() + 1);
        }

        /** Whole steps that end with the one {@code now} is in. */
        static Span steps(AnalyticsRange range, Instant now) {
            long step = range.step().toMillis();
            long to = Math.floorDiv(now.toEpochMilli(), step) * step + step;
            return new Span(to - range.points() * step, to);
        }
    }

    /** Two columns to group by, constant where one or none is needed. */
    private record Grouping(String first, String second) {
        String columns() {
            return first + " AS k1, " + second + " AS k2";
        }
    }

    /** The values of the two columns; empty where no model answered. */
    private record Key(String first, String second) {
        static Key of(ResultSet row) throws SQLException {
            String first = row.getString("k1");
            String second = row.getString("k2");
            return new Key(first == null ? "" : first, second == null ? "" : second);
        }

        boolean isNoModel() {
            return first.isEmpty();
        }
    }

    private static final class Totals {
        private final Histogram latency = new Histogram();
        private final Histogram ttft = new Histogram();
        private long requests;
        private long successes;
        private long failures;
        private long input;
        private long output;

        private void add(int outcome, long ms, long count) {
            requests += count;
            if (outcome == Outcome.SUCCESS.code()) {
                successes += count;
                latency.add(ms, count);
            } else if (outcome == Outcome.FAILURE.code()) {
                failures += count;
            }
        }

        /** Leaves only what succeeded: per model, failures are counted by attempt. */
        private void keepSuccesses() {
            requests = successes;
            failures = 0;
        }

        private Measures measures() {
            long decided = successes + failures;
            return new Measures(
                    requests,
                    decided == 0 ? 1 : (double) successes / decided,
                    input,
                    output,
                    latency.percentile(0.5),
                    latency.percentile(0.95),
                    ttft.percentile(0.5),
                    ttft.percentile(0.95));
        }
    }
}
