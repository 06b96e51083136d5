package dev.switchboard.node.statistics;

import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.domain.SessionKey;
import dev.switchboard.protocol.statistics.StatisticsCommand.BucketDelta;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jspecify.annotations.Nullable;

/** The statistics tables in H2 or PostgreSQL; only SQL that both understand. */
final class JdbcStore implements Store {
    private static final int PURGE_ROWS = 5_000;
    private static final String SAVEPOINT = "row_by_row";

    private static final String LOAD = "SELECT platform, model, bucket_hour, SUM(successes) AS successes,"
            + " SUM(counted) AS counted, SUM(requests) AS requests, SUM(output_tokens) AS output_tokens,"
            + " SUM(busy_ms) AS busy_ms, SUM(ttfb_sum) AS ttfb_sum, SUM(ttfb_count) AS ttfb_count"
            + " FROM statistics_bucket WHERE bucket_hour > :hour GROUP BY platform, model, bucket_hour";
    private static final String ADD = "UPDATE statistics_bucket SET successes = successes + :successes,"
            + " counted = counted + :counted, requests = requests + :requests,"
            + " output_tokens = output_tokens + :tokens, busy_ms = busy_ms + :busy, ttfb_sum = ttfb_sum + :ttfb,"
            + " ttfb_count = ttfb_count + :ttfbs"
            + " WHERE node = :node AND bucket_hour = :hour AND platform = :platform AND model = :model";
    private static final String FIRST = "INSERT INTO statistics_bucket (node, bucket_hour, platform, model, successes,"
            + " counted, requests, output_tokens, busy_ms, ttfb_sum, ttfb_count) VALUES (:node, :hour, :platform,"
            + " :model, :successes, :counted, :requests, :tokens, :busy, :ttfb, :ttfbs)";
    private static final WideInsert REQUESTS = new WideInsert(
            "request_log",
            List.of(
                    "at_ms",
                    "request_id",
                    "session_key",
                    "mode",
                    "requested",
                    "platform",
                    "model",
                    "status",
                    "outcome",
                    "failure_kind",
                    "message",
                    "attempts",
                    "stream",
                    "total_ms",
                    "ttft_ms",
                    "overhead_ms",
                    "input_tokens",
                    "output_tokens",
                    "node"));
    private static final WideInsert ERRORS = new WideInsert(
            "error_log", List.of("at_ms", "request_id", "platform", "model", "kind", "counted", "message", "node"));

    private final Jdbi jdbi;
    private final String node;

    /** {@code node} names this node's rows; no two running nodes may share it. */
    JdbcStore(Jdbi jdbi, String node) {
        this.jdbi = jdbi;
        this.node = Text.fit(node, 255);
    }

    @Override
    public List<BucketDelta> load(long afterHour) {
        return jdbi.withHandle(handle -> handle.createQuery(LOAD)
                .bind("hour", afterHour)
                .map((row, context) -> new BucketDelta(
                        ModelRef.of(row.getString("platform"), row.getString("model")),
                        row.getLong("bucket_hour"),
                        row.getLong("successes"),
                        row.getLong("counted"),
                        row.getLong("requests"),
                        row.getLong("output_tokens"),
                        row.getLong("busy_ms"),
                        row.getLong("ttfb_sum"),
                        row.getLong("ttfb_count")))
                .list());
    }

    @Override
    public int write(LogBuffer.Batch batch) {
        try {
            jdbi.useTransaction(handle -> writeAll(handle, batch));
            return 0;
        } catch (JdbiException e) {
            if (!isAboutData(e)) {
                throw e;
            }
            return jdbi.inTransaction(handle -> writeRowByRow(handle, batch));
        }
    }

    @Override
    public void purge(Instant before, long hour, Instant now) {
        for (String table : List.of("request_log", "error_log")) {
            boolean more = true;
            while (more) {
                more = purgeSome(table, before.toEpochMilli());
            }
        }
        jdbi.useHandle(handle -> {
            handle.createUpdate("DELETE FROM statistics_bucket WHERE bucket_hour <= :hour")
                    .bind("hour", hour)
                    .execute();
            RollupTable.purge(handle, now);
        });
    }

    /** Deletes about the oldest 5,000 rows before a time; answers whether there may be more. */
    private boolean purgeSome(String table, long before) {
        return jdbi.withHandle(handle -> {
            Optional<Long> cut = handle.createQuery(
                            "SELECT at_ms FROM " + table + " WHERE at_ms < :before ORDER BY at_ms LIMIT 1 OFFSET :rows")
                    .bind("before", before)
                    .bind("rows", PURGE_ROWS - 1)
                    .mapTo(Long.class)
                    .findOne();
            handle.createUpdate("DELETE FROM " + table + " WHERE at_ms < :end")
                    .bind("end", cut.map(at -> at + 1).orElse(before))
                    .execute();
            return cut.isPresent();
        });
    }

    private void writeAll(Handle handle, LogBuffer.Batch batch) {
        addDeltas(handle, batch.deltas());
        List<@Nullable Object[]> requests = new ArrayList<>();
        List<@Nullable Object[]> errors = new ArrayList<>();
        for (LogRow row : batch.rows()) {
            if (row instanceof RequestRow request) {
                requests.add(values(request));
            } else if (row instanceof LogRow.Failed failed) {
                errors.add(values(failed));
            }
        }
        REQUESTS.insert(handle, requests);
        ERRORS.insert(handle, errors);
        RollupTable.add(handle, node, RollupSum.of(batch.rows()));
    }

    private int writeRowByRow(Handle handle, LogBuffer.Batch batch) {
        int refused = 0;
        List<LogBuffer.Batch> parts = new ArrayList<>();
        batch.deltas().forEach(delta -> parts.add(new LogBuffer.Batch(List.of(), List.of(delta))));
        batch.rows().forEach(row -> parts.add(new LogBuffer.Batch(List.of(row), List.of())));
        for (LogBuffer.Batch part : parts) {
            handle.savepoint(SAVEPOINT);
            try {
                writeAll(handle, part);
                handle.releaseSavepoint(SAVEPOINT);
            } catch (JdbiException e) {
                if (!isAboutData(e)) {
                    throw e;
                }
                handle.rollbackToSavepoint(SAVEPOINT);
                refused++;
            }
        }
        return refused;
    }

    private void addDeltas(Handle handle, List<BucketDelta> deltas) {
        if (deltas.isEmpty()) {
            return;
        }
        List<BucketDelta> sorted = deltas.stream()
                .sorted(Comparator.comparing(BucketDelta::model).thenComparing(BucketDelta::hour))
                .toList();
        PreparedBatch add = handle.prepareBatch(ADD);
        sorted.forEach(delta -> bind(add, delta));
        int[] updated = add.execute();
        PreparedBatch first = handle.prepareBatch(FIRST);
        for (int i = 0; i < updated.length; i++) {
            if (updated[i] == 0) {
                bind(first, sorted.get(i));
            }
        }
        if (first.size() > 0) {
            first.execute();
        }
    }

    private void bind(PreparedBatch batch, BucketDelta delta) {
        batch.bind("node", node)
                .bind("hour", delta.hour())
                .bind("platform", delta.model().platform().value())
                .bind("model", Text.fit(delta.model().id(), 255))
                .bind("successes", delta.successes())
                .bind("counted", delta.counted())
                .bind("requests", delta.requests())
                .bind("tokens", delta.outputTokens())
                .bind("busy", delta.busyMs())
                .bind("ttfb", delta.ttfbSum())
                .bind("ttfbs", delta.ttfbCount())
                .add();
    }

    private static @Nullable Object[] values(RequestRow row) {
        return new @Nullable Object[] {
            row.at().toEpochMilli(),
            row.requestId(),
            row.sessionKey() == null ? SessionKey.NONE.value() : row.sessionKey(),
            row.mode(),
            row.requested(),
            row.platform(),
            row.model(),
            row.status(),
            Outcome.of(row).code(),
            row.failure(),
            row.message(),
            row.attempts(),
            row.stream(),
            row.totalMs(),
            row.ttftMs(),
            row.overheadMs(),
            row.inputTokens(),
            row.outputTokens(),
            row.node()
        };
    }

    private static @Nullable Object[] values(LogRow.Failed failed) {
        ErrorRow row = failed.row();
        return new @Nullable Object[] {
            row.at().toEpochMilli(),
            row.requestId(),
            row.platform(),
            row.model(),
            row.kind(),
            failed.counted(),
            row.message(),
            failed.node()
        };
    }

    /** SQL states of class 22 and 23 blame what is in a row; every other failure blames the database. */
    private static boolean isAboutData(Throwable failure) {
        for (@Nullable Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && sql.getSQLState() != null) {
                return sql.getSQLState().startsWith("22") || sql.getSQLState().startsWith("23");
            }
        }
        return false;
    }
}
