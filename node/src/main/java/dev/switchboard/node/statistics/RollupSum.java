package dev.switchboard.node.statistics;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Rows of the log added up by the steps of every range, over all models and by model. Requests that were refused before they
 * had a session are listed and not added up: not each of them is a row.
 */
final class RollupSum {
    private static final AnalyticsRange FINEST = AnalyticsRange.HOUR;

    private final Map<Cell, Rollup> cells = new HashMap<>();

    /**
     * Where a sum belongs.
     *
     * @param stepSeconds the width of the stretch
     * @param bucket its number since 1970 UTC
     * @param platform empty for the sum over all models
     * @param model the bare id, empty for the sum over all models
     */
    record Cell(int stepSeconds, long bucket, String platform, String model) {
        boolean isWhole() {
            return platform.isEmpty();
        }

        /** The cell of wider stretches that holds this one. */
        Cell within(int widerSeconds) {
            return new Cell(widerSeconds, Math.floorDiv(bucket * stepSeconds, widerSeconds), platform, model);
        }
    }

    static RollupSum of(List<LogRow> rows) {
        RollupSum sum = new RollupSum();
        rows.forEach(sum::add);
        sum.widen();
        return sum;
    }

    Map<Cell, Rollup> cells() {
        return cells;
    }

    private void add(LogRow row) {
        if (row instanceof RequestRow request && request.sessionKey() != null) {
            at(request.at(), "", "").addRequest(request);
            if (request.platform() != null && request.model() != null) {
                at(request.at(), request.platform(), request.model()).addAnswer(request);
            }
        } else if (row instanceof LogRow.Failed failed) {
            ErrorRow error = failed.row();
            if (error.platform() != null && error.model() != null) {
                at(error.at(), error.platform(), error.model()).addFailure(failed);
            }
        }
    }

    private Rollup at(Instant at, String platform, String model) {
        return cells.computeIfAbsent(
                new Cell(FINEST.stepSeconds(), FINEST.bucketOf(at), platform, model), cell -> new Rollup());
    }

    /** Rows are many and stretches few: the wider ones, each of which holds whole finer ones, are added up from the finest. */
    private void widen() {
        for (Map.Entry<Cell, Rollup> fine : List.copyOf(cells.entrySet())) {
            for (AnalyticsRange range : AnalyticsRange.values()) {
                if (range != FINEST) {
                    cells.computeIfAbsent(fine.getKey().within(range.stepSeconds()), cell -> new Rollup())
                            .addAll(fine.getValue());
                }
            }
        }
    }
}
