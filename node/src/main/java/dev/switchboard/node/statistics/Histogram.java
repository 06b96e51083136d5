package dev.switchboard.node.statistics;

import java.util.Map;
import java.util.TreeMap;

/**
 * Counts of rounded times, and percentiles of them: exact below 200 ms, above that within 2.5 %.
 *
 * <p>The database counts, so a percentile over a million rows costs one scan and a few hundred groups instead of holding
 * every value in memory, as {@code percentile_cont} does in H2.
 */
final class Histogram {
    private static final String ROUNDED = "CASE WHEN %1$s < 200 THEN %1$s WHEN %1$s < 2000 THEN (%1$s + 5) / 10 * 10"
            + " WHEN %1$s < 20000 THEN (%1$s + 50) / 100 * 100 ELSE (%1$s + 500) / 1000 * 1000 END";

    private final TreeMap<Long, Long> counts = new TreeMap<>();
    private long total;

    /** SQL that rounds a column of milliseconds. */
    static String rounded(String column) {
        return ROUNDED.formatted(column);
    }

    void add(long millis, long count) {
        counts.merge(millis, count, Long::sum);
        total += count;
    }

    /** The value at fraction {@code p} of the sorted values, interpolated as {@code percentile_cont} does; 0 for none. */
    long percentile(double p) {
        if (total == 0) {
            return 0;
        }
        double rank = p * (total - 1);
        long below = (long) Math.floor(rank);
        double low = valueAt(below);
        double high = valueAt(Math.min(total - 1, below + 1));
        return Math.round(low + (high - low) * (rank - below));
    }

    private long valueAt(long index) {
        long seen = 0;
        for (Map.Entry<Long, Long> entry : counts.entrySet()) {
            seen += entry.getValue();
            if (index < seen) {
                return entry.getKey();
            }
        }
        return counts.lastKey();
    }
}
