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
    private static final String WHOLE = "0";
    private static final String BY_PLATFORM = "platform";
    private static final String BY_MODEL = "platform || '/' || model";
    private static final String BY_TIME = "(at_ms - %d) / %d";
    private static final String IN_RANGE = "at_ms >= :from AND at_ms < :to";

    private static final String TOTALS = "SELECT k, COUNT(*) AS requests,"
            + " SUM(CASE WHEN outcome = 1 THEN 1 ELSE 0 END) AS successes,"
            + " SUM(CASE WHEN outcome = 0 THEN 1 ELSE 0 END) AS failures, SUM(input_tokens) AS input,"
            + " SUM(output_tokens) AS output"
            + " FROM (SELECT %s AS k, outcome, input_tokens, output_tokens FROM request_log WHERE %s) t GROUP BY k";
    private static final String TIMES = "SELECT k, ms, COUNT(*) AS n FROM (SELECT %s AS k, %s AS ms FROM request_log"
            + " WHERE outcome = 1 AND %s > 0 AND %s) t GROUP BY k, ms";
    private static final String FAILED =
            "SELECT k, COUNT(*) AS failed, SUM(CASE WHEN counted THEN 1 ELSE 0 END) AS counted"
                    + " FROM (SELECT %s AS k, counted FROM error_log WHERE platform IS NOT NULL AND %s) t GROUP BY k";

    private final Jdbi jdbi;

    AnalyticsQueries(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /** All requests of the range. */
    Measures summary(AnalyticsRange range, Instant now) {
        Span span = Span.last(range, now);
        return jdbi.withHandle(handle -> requests(handle, WHOLE, span))
                .getOrDefault(WHOLE, new Totals())
                .measures();
    }

    /** Attempts of the range by platform, most first. */
    List<PlatformRow> byPlatform(AnalyticsRange range, Instant now) {
        List<PlatformRow> rows = new ArrayList<>();
        attempts(BY_PLATFORM, range, now).forEach((key, totals) -> rows.add(new PlatformRow(key, totals.measures())));
        rows.sort(Comparator.comparing((PlatformRow row) -> -row.measures().requests())
                .thenComparing(PlatformRow::platform));
        return rows;
    }

    /** Attempts of the range by model, most first. */
    List<ModelRow> byModel(AnalyticsRange range, Instant now) {
        List<ModelRow> rows = new ArrayList<>();
        attempts(BY_MODEL, range, now).forEach((key, totals) -> {
            int slash = key.indexOf('/');
            rows.add(new ModelRow(key.substring(0, slash), key.substring(slash + 1), totals.measures()));
        });
        rows.sort(Comparator.comparing((ModelRow row) -> -row.measures().requests())
                .thenComparing(ModelRow::platform)
                .thenComparing(ModelRow::model));
        return rows;
    }

    /** All requests of the range by time, oldest first, with the stretches where nothing happened. */
    List<TimelineRow> timeline(AnalyticsRange range, Instant now) {
        Span span = Span.steps(range, now);
        long step = range.step().toMillis();
        String key = BY_TIME.formatted(span.from(), step);
        Map<String, Totals> byStep = jdbi.withHandle(handle -> requests(handle, key, span));
        List<TimelineRow> rows = new ArrayList<>();
        for (int i = 0; i < range.points(); i++) {
            Totals totals = byStep.getOrDefault(Integer.toString(i), new Totals());
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

    private Map<String, Totals> attempts(String key, AnalyticsRange range, Instant now) {
        Span span = Span.last(range, now);
        return jdbi.withHandle(handle -> {
            Map<String, Totals> found = requests(handle, key, span);
            found.remove(null);
            found.values().forEach(Totals::keepSuccesses);
            handle.createQuery(FAILED.formatted(key, IN_RANGE))
                    .bind("from", span.from())
                    .bind("to", span.to())
                    .map((row, context) -> {
                        Totals totals = found.computeIfAbsent(row.getString("k"), k -> new Totals());
                        totals.requests += row.getLong("failed");
                        totals.failures += row.getLong("counted");
                        return totals;
                    })
                    .list();
            return found;
        });
    }

    private static Map<String, Totals> requests(Handle handle, String key, Span span) {
        Map<String, Totals> found = new HashMap<>();
        handle.createQuery(TOTALS.formatted(key, IN_RANGE))
                .bind("from", span.from())
                .bind("to", span.to())
                .map((row, context) -> {
                    Totals totals = new Totals();
                    totals.requests = row.getLong("requests");
                    totals.successes = row.getLong("successes");
                    totals.failures = row.getLong("failures");
                    totals.input = row.getLong("input");
                    totals.output = row.getLong("output");
                    return found.put(row.getString("k"), totals);
                })
                .list();
        times(handle, key, "total_ms", span, found, true);
        times(handle, key, "ttft_ms", span, found, false);
        return found;
    }

    private static void times(
            Handle handle, String key, String column, Span span, Map<String, Totals> found, boolean latency) {
        handle.createQuery(TIMES.formatted(key, Histogram.rounded(column), column, IN_RANGE))
                .bind("from", span.from())
                .bind("to", span.to())
                .map((row, context) -> {
                    Totals totals = found.computeIfAbsent(row.getString("k"), k -> new Totals());
                    Histogram histogram = latency ? totals.latency : totals.ttft;
                    histogram.add(row.getLong("ms"), row.getLong("n"));
                    return histogram;
                })
                .list();
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

    private static final class Totals {
        private final Histogram latency = new Histogram();
        private final Histogram ttft = new Histogram();
        private long requests;
        private long successes;
        private long failures;
        private long input;
        private long output;

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
