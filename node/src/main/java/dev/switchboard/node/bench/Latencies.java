package dev.switchboard.node.bench;

import java.util.Arrays;

/** Durations in nanoseconds and their percentiles. */
final class Latencies {
    private long[] nanos = new long[1 << 16];
    private int count;

    void add(long value) {
        if (count == nanos.length) {
            nanos = Arrays.copyOf(nanos, count * 2);
        }
        nanos[count++] = value;
    }

    int count() {
        return count;
    }

    void clear() {
        count = 0;
    }

    /** The value below which that share lies, in milliseconds; 0 where there is none. */
    double millis(double share) {
        if (count == 0) {
            return 0;
        }
        Arrays.sort(nanos, 0, count);
        return nanos[Math.min(count - 1, (int) (share * count))] / 1e6;
    }
}
