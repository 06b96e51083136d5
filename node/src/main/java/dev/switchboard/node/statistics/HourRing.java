package dev.switchboard.node.statistics;

import dev.switchboard.protocol.statistics.StatisticsCommand.BucketDelta;
import dev.switchboard.protocol.statistics.StatisticsSnapshot.ModelStats;
import java.util.Arrays;

/**
 * The hourly buckets of one model in flat arrays: 168 hours back and, for clocks that run ahead, some hours forward. A bucket
 * that is a whole ring younger than another takes its place.
 */
final class HourRing {
    private static final int SLOTS = 256;
    private static final int FIELDS = 7;
    private static final long NEVER = Long.MIN_VALUE;

    private final long[] hours = new long[SLOTS];
    private final long[] values = new long[SLOTS * FIELDS];

    HourRing() {
        Arrays.fill(hours, NEVER);
    }

    void add(BucketDelta delta) {
        int slot = (int) (delta.hour() & (SLOTS - 1));
        if (hours[slot] > delta.hour()) {
            return;
        }
        int at = slot * FIELDS;
        if (hours[slot] < delta.hour()) {
            hours[slot] = delta.hour();
            Arrays.fill(values, at, at + FIELDS, 0);
        }
        values[at] += delta.successes();
        values[at + 1] += delta.counted();
        values[at + 2] += delta.requests();
        values[at + 3] += delta.outputTokens();
        values[at + 4] += delta.busyMs();
        values[at + 5] += delta.ttfbSum();
        values[at + 6] += delta.ttfbCount();
    }

    /** The record as of an hour: every bucket weighs what its age in whole hours leaves of it (behaviour.md §7). */
    ModelStats sum(long nowHour) {
        double successes = 0;
        double counted = 0;
        double tokens = 0;
        double busyMs = 0;
        double ttfbSum = 0;
        double ttfbCount = 0;
        long requests = 0;
        for (int slot = 0; slot < SLOTS; slot++) {
            if (hours[slot] == NEVER || hours[slot] <= nowHour - Buckets.HOURS) {
                continue;
            }
            double w = Buckets.weight((nowHour - hours[slot]) / 24.0);
            int at = slot * FIELDS;
            successes += w * values[at];
            counted += w * values[at + 1];
            requests += values[at + 2];
            tokens += w * values[at + 3];
            busyMs += w * values[at + 4];
            ttfbSum += w * values[at + 5];
            ttfbCount += w * values[at + 6];
        }
        double tokensPerSecond = busyMs > 0 ? tokens / busyMs * 1000 : 0;
        double ttfbMs = ttfbCount > 0 ? ttfbSum / ttfbCount : 0;
        return new ModelStats(successes, counted, tokensPerSecond, ttfbMs, requests);
    }
}
