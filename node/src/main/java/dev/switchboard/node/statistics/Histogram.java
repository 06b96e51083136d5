package dev.switchboard.node.statistics;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/**
 * Counts of rounded times, and percentiles of them: exact below 200 ms, within 2.5 % up to 2 hours, which is the most it tells
 * apart. Histograms add up, and travel as pairs of a step and a count, each a variable-length number.
 */
final class Histogram {
    private static final int EXACT = 200;
    private static final int DECADE = 180;
    private static final int FIRST_OF_DECADE = 20;
    private static final int DECADES = 3;
    private static final int LAST = EXACT + DECADES * DECADE + 700;
    private static final int MORE = 0x80;

    private long[] counts = new long[0];
    private long total;

    /** Adds {@code count} times of {@code millis}; negative times count as 0. */
    void add(long millis, long count) {
        addAt(indexOf(Math.max(0, millis)), count);
    }

    /** The sum of the two. */
    void addAll(Histogram other) {
        for (int i = 0; i < other.counts.length; i++) {
            if (other.counts[i] > 0) {
                addAt(i, other.counts[i]);
            }
        }
    }

    /** Adds what {@link #encoded} gave. */
    void addEncoded(byte[] bytes) {
        int index = 0;
        int at = 0;
        while (at < bytes.length) {
            long step = 0;
            long count = 0;
            int shift = 0;
            do {
                step |= (long) (bytes[at] & (MORE - 1)) << shift;
                shift += 7;
            } while ((bytes[at++] & MORE) != 0);
            shift = 0;
            do {
                count |= (long) (bytes[at] & (MORE - 1)) << shift;
                shift += 7;
            } while ((bytes[at++] & MORE) != 0);
            index = Math.min(LAST, index + (int) step);
            addAt(index, count);
        }
    }

    /** Everything counted, for {@link #addEncoded}. */
    byte[] encoded() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int before = 0;
        for (int i = 0; i < counts.length; i++) {
            if (counts[i] > 0) {
                write(i - before, out);
                write(counts[i], out);
                before = i;
            }
        }
        return out.toByteArray();
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

    private void addAt(int index, long count) {
        if (index >= counts.length) {
            counts = Arrays.copyOf(counts, Math.min(LAST + 1, Math.max(index + 1, counts.length * 2)));
        }
        counts[index] += count;
        total += count;
    }

    private long valueAt(long place) {
        long seen = 0;
        for (int i = 0; i < counts.length; i++) {
            seen += counts[i];
            if (place < seen) {
                return valueOf(i);
            }
        }
        return valueOf(counts.length - 1);
    }

    /** Below 200 every millisecond; then 180 steps of a tenth of the decade each, from 200, 2,000, 20,000 and 200,000. */
    private static int indexOf(long millis) {
        if (millis < EXACT) {
            return (int) millis;
        }
        long width = 1;
        for (int decade = 0; decade <= DECADES; decade++) {
            width *= 10;
            if (millis < EXACT * width || decade == DECADES) {
                long step = (millis + width / 2) / width - FIRST_OF_DECADE;
                return (int) Math.min(LAST, EXACT + (long) decade * DECADE + step);
            }
        }
        return LAST;
    }

    private static long valueOf(int index) {
        if (index < EXACT) {
            return index;
        }
        int decade = Math.min(DECADES, (index - EXACT) / DECADE);
        long width = 10;
        for (int i = 0; i < decade; i++) {
            width *= 10;
        }
        return (index - EXACT - (long) decade * DECADE + FIRST_OF_DECADE) * width;
    }

    private static void write(long value, ByteArrayOutputStream out) {
        long left = value;
        while (left >= MORE) {
            out.write((int) (left & (MORE - 1)) | MORE);
            left >>>= 7;
        }
        out.write((int) left);
    }
}
