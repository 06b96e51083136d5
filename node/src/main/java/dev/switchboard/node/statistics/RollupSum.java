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
    }

    static RollupSum of(List<LogRow> rows) {
        RollupSum sum = new RollupSum();
        rows.forEach(sum::add);
        return sum;
    }

    Map<Cell, Rollup> cells() {
        return cells;
    }

    private void add(LogRow row) {
        for (AnalyticsRange range : AnalyticsRange.values()) {
            if (row instanceof RequestRow request && request.sessionKey() != null) {
                at(range, request.at(), "", "").addRequest(request);
                if (request.platform() != null && request.model() != null) {
                    at(range, request.at(), request.platform(), request.model()).addAnswer(request);
                }
            } else if (row instanceof LogRow.Failed failed) {
                ErrorRow error = failed.row();
                if (error.platform() != null && error.model() != null) {
                    at(range, error.at(), error.platform(), error.model()).addFailure(failed);
                }
            }
        }
    }

    private Rollup at(AnalyticsRange range, Instant at, String platform, String model) {
        return cells.computeIfAbsent(
                new Cell(range.stepSeconds(), range.bucketOf(at), platform, model), cell -> new Rollup());
    }
}
