package dev.switchboard.node.statistics;

import dev.switchboard.protocol.domain.SessionKey;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Jdbi;

/**
 * The dashboard's questions, as SQL that H2 and PostgreSQL both understand. Sums come from the roll-ups, so that their cost is
 * that of the points of the range and its models, whatever the size of the request log; lists come from the log by its index
 * on time. A range is the whole steps that end with the one {@code now} is in. Every method blocks.
 */
final class AnalyticsQueries {
    private static final int ERRORS = 100;

    private final Jdbi jdbi;

    AnalyticsQueries(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /** All requests of the range. */
    Measures summary(AnalyticsRange range, Instant now) {
        Rollup sum = new Rollup();
        Span span = Span.of(range, now);
        jdbi.useHandle(handle ->
                RollupTable.readWhole(handle, range, span.first(), span.last(), (cell, rollup) -> sum.addAll(rollup)));
        return sum.measures();
    }

    /** Attempts of the range by platform, most first. */
    List<PlatformRow> byPlatform(AnalyticsRange range, Instant now) {
        List<PlatformRow> rows = new ArrayList<>();
        byModel(range, now, false).forEach((key, sum) -> rows.add(new PlatformRow(key.platform(), sum.measures())));
        rows.sort(Comparator.comparing((PlatformRow row) -> -row.measures().requests())
                .thenComparing(PlatformRow::platform));
        return rows;
    }

    /** Attempts of the range by model, most first. */
    List<ModelRow> byModel(AnalyticsRange range, Instant now) {
        List<ModelRow> rows = new ArrayList<>();
        byModel(range, now, true)
                .forEach((key, sum) -> rows.add(new ModelRow(key.platform(), key.model(), sum.measures())));
        rows.sort(Comparator.comparing((ModelRow row) -> -row.measures().requests())
                .thenComparing(ModelRow::platform)
                .thenComparing(ModelRow::model));
        return rows;
    }

    /** All requests of the range by time, oldest first, with the stretches where nothing happened. */
    List<TimelineRow> timeline(AnalyticsRange range, Instant now) {
        Span span = Span.of(range, now);
        Map<Long, Rollup> byStep = new HashMap<>();
        jdbi.useHandle(handle -> RollupTable.readWhole(
                handle, range, span.first(), span.last(), (cell, rollup) -> byStep.computeIfAbsent(
                                cell.bucket(), bucket -> new Rollup())
                        .addAll(rollup)));
        List<TimelineRow> rows = new ArrayList<>();
        for (long bucket = span.first(); bucket <= span.last(); bucket++) {
            Rollup sum = byStep.getOrDefault(bucket, new Rollup());
            Instant at = Instant.ofEpochSecond(bucket * range.stepSeconds());
            rows.add(new TimelineRow(at, sum.successes, sum.failures, sum.measures()));
        }
        return rows;
    }

    /** The last 100 errors of the range, newest first; a caller who went away is none. */
    List<ErrorRow> errors(AnalyticsRange range, Instant now) {
        return jdbi.withHandle(handle -> handle.createQuery("SELECT * FROM error_log WHERE kind <> 'cancelled'"
                        + " AND at_ms >= :from AND at_ms <= :to ORDER BY at_ms DESC, id DESC LIMIT :limit")
                .bind("from", now.minus(range.length()).toEpochMilli())
                .bind("to", now.toEpochMilli())
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

    private Map<Key, Rollup> byModel(AnalyticsRange range, Instant now, boolean models) {
        Span span = Span.of(range, now);
        Map<Key, Rollup> found = new HashMap<>();
        jdbi.useHandle(handle -> RollupTable.readByModel(
                handle, range, span.first(), span.last(), (cell, rollup) -> found.computeIfAbsent(
                                new Key(cell.platform(), models ? cell.model() : ""), key -> new Rollup())
                        .addAll(rollup)));
        found.values().removeIf(sum -> sum.requests == 0);
        return found;
    }

    private static RequestRow requestRow(ResultSet row) throws SQLException {
        return new RequestRow(
                Instant.ofEpochMilli(row.getLong("at_ms")),
                row.getString("request_id"),
                SessionKey.shown(row.getString("session_key")),
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

    /** The stretches of a range by number, both included. */
    private record Span(long first, long last) {
        static Span of(AnalyticsRange range, Instant now) {
            long last = range.bucketOf(now);
            return new Span(last - range.points() + 1, last);
        }
    }

    private record Key(String platform, String model) {}
}
