package dev.switchboard.node.statistics;

import dev.switchboard.node.statistics.RollupSum.Cell;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;

/** The table {@code request_rollup} in H2 or PostgreSQL. Every method blocks. */
final class RollupTable {
    private static final int WHOLE = 0;
    private static final int BY_MODEL = 1;
    /** Stretches kept beyond those of the range, for clocks that differ. */
    private static final int SPARE = 2;

    private static final String COLUMNS = "bucket, platform, model, requests, successes, failures, input_tokens,"
            + " output_tokens, latency_ms, ttft_ms FROM request_rollup"
            + " WHERE step_s = :step AND scope = :scope AND bucket >= :from AND bucket <= :to";
    private static final String READ = "SELECT " + COLUMNS;
    private static final String READ_OWN = READ + " AND node = :node";
    private static final String ADD = "UPDATE request_rollup SET requests = :requests, successes = :successes,"
            + " failures = :failures, input_tokens = :input, output_tokens = :output, latency_ms = :latency,"
            + " ttft_ms = :ttft WHERE step_s = :step AND scope = :scope AND bucket = :bucket AND node = :node"
            + " AND platform = :platform AND model = :model";
    private static final String FIRST = "INSERT INTO request_rollup (step_s, scope, bucket, node, platform, model,"
            + " requests, successes, failures, input_tokens, output_tokens, latency_ms, ttft_ms) VALUES (:step, :scope,"
            + " :bucket, :node, :platform, :model, :requests, :successes, :failures, :input, :output, :latency, :ttft)";
    private static final String DELETE =
            "DELETE FROM request_rollup WHERE step_s = :step AND scope = :scope AND bucket < :first";

    private RollupTable() {}

    /** Adds to the rows of this node, which nobody else writes. */
    static void add(Handle handle, String node, RollupSum sum) {
        if (sum.cells().isEmpty()) {
            return;
        }
        Map<Cell, Rollup> known = new HashMap<>();
        spans(sum).forEach((place, span) -> handle.createQuery(READ_OWN)
                .bind("step", place.stepSeconds())
                .bind("scope", place.scope())
                .bind("from", span.first())
                .bind("to", span.last())
                .bind("node", node)
                .map((row, context) -> Map.entry(cell(place.stepSeconds(), row), rollup(row)))
                .forEach(entry -> known.put(entry.getKey(), entry.getValue())));
        PreparedBatch add = handle.prepareBatch(ADD);
        PreparedBatch first = handle.prepareBatch(FIRST);
        sum.cells().forEach((cell, more) -> {
            Rollup before = known.get(cell);
            if (before == null) {
                bind(first, node, cell, more);
            } else {
                before.addAll(more);
                bind(add, node, cell, before);
            }
        });
        if (add.size() > 0) {
            add.execute();
        }
        if (first.size() > 0) {
            first.execute();
        }
    }

    /** Every row over all models of the stretches {@code from} to {@code to}. */
    static void readWhole(Handle handle, AnalyticsRange range, long from, long to, BiConsumer<Cell, Rollup> out) {
        read(handle, WHOLE, range, from, to, out);
    }

    /** Every row by model. */
    static void readByModel(Handle handle, AnalyticsRange range, long from, long to, BiConsumer<Cell, Rollup> out) {
        read(handle, BY_MODEL, range, from, to, out);
    }

    /** Deletes what no range shows any more. */
    static void purge(Handle handle, Instant now) {
        for (AnalyticsRange range : AnalyticsRange.values()) {
            for (int scope : new int[] {WHOLE, BY_MODEL}) {
                handle.createUpdate(DELETE)
                        .bind("step", range.stepSeconds())
                        .bind("scope", scope)
                        .bind("first", range.bucketOf(now) - range.points() - SPARE)
                        .execute();
            }
        }
    }

    private static void read(
            Handle handle, int scope, AnalyticsRange range, long from, long to, BiConsumer<Cell, Rollup> out) {
        handle.createQuery(READ)
                .bind("step", range.stepSeconds())
                .bind("scope", scope)
                .bind("from", from)
                .bind("to", to)
                .map((row, context) -> Map.entry(cell(range.stepSeconds(), row), rollup(row)))
                .forEach(entry -> out.accept(entry.getKey(), entry.getValue()));
    }

    private static Map<Place, Span> spans(RollupSum sum) {
        Map<Place, Span> spans = new TreeMap<>();
        for (Cell cell : sum.cells().keySet()) {
            spans.merge(
                    new Place(cell.stepSeconds(), scopeOf(cell)), new Span(cell.bucket(), cell.bucket()), Span::over);
        }
        return spans;
    }

    private static void bind(PreparedBatch batch, String node, Cell cell, Rollup sum) {
        batch.bind("step", cell.stepSeconds())
                .bind("scope", scopeOf(cell))
                .bind("bucket", cell.bucket())
                .bind("node", node)
                .bind("platform", cell.platform())
                .bind("model", cell.model())
                .bind("requests", sum.requests)
                .bind("successes", sum.successes)
                .bind("failures", sum.failures)
                .bind("input", sum.input)
                .bind("output", sum.output)
                .bind("latency", sum.latency.encoded())
                .bind("ttft", sum.ttft.encoded())
                .add();
    }

    private static int scopeOf(Cell cell) {
        return cell.isWhole() ? WHOLE : BY_MODEL;
    }

    private static Cell cell(int stepSeconds, ResultSet row) throws SQLException {
        return new Cell(stepSeconds, row.getLong("bucket"), row.getString("platform"), row.getString("model"));
    }

    private static Rollup rollup(ResultSet row) throws SQLException {
        Rollup rollup = new Rollup();
        rollup.requests = row.getLong("requests");
        rollup.successes = row.getLong("successes");
        rollup.failures = row.getLong("failures");
        rollup.input = row.getLong("input_tokens");
        rollup.output = row.getLong("output_tokens");
        rollup.latency.addEncoded(row.getBytes("latency_ms"));
        rollup.ttft.addEncoded(row.getBytes("ttft_ms"));
        return rollup;
    }

    private record Place(int stepSeconds, int scope) implements Comparable<Place> {
        @Override
        public int compareTo(Place other) {
            int byStep = Integer.compare(stepSeconds, other.stepSeconds);
            return byStep != 0 ? byStep : Integer.compare(scope, other.scope);
        }
    }

    private record Span(long first, long last) {
        Span over(Span other) {
            return new Span(Math.min(first, other.first), Math.max(last, other.last));
        }
    }
}
