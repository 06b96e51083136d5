package dev.switchboard.node.statistics;

import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.statistics.StatisticsCommand.BucketDelta;
import dev.switchboard.protocol.statistics.StatisticsSnapshot;
import dev.switchboard.protocol.statistics.StatisticsSnapshot.ModelStats;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;

/**
 * The hourly buckets of the last 7 days of every model, and the decayed record they add up to (behaviour.md §6, §7).
 *
 * <p>A bucket's age is counted in whole hours, so that a model's record changes only when it gets an outcome or the hour
 * turns: a snapshot recomputes the models touched since the last one, and all of them once an hour. Not thread-safe.
 */
final class Buckets {
    /** Buckets kept for each model. */
    static final int HOURS = 7 * 24;

    private final Map<ModelRef, NavigableMap<Long, BucketDelta>> byModel = new HashMap<>();
    private final Map<ModelRef, ModelStats> stats = new HashMap<>();
    private final Set<ModelRef> touched = new HashSet<>();
    private StatisticsSnapshot latest = StatisticsSnapshot.EMPTY;
    private long latestHour = Long.MIN_VALUE;

    /** The weight of a bucket of that age in days: 1 now and in the future, 0 from 7 days on (behaviour.md §7). */
    static double weight(double ageDays) {
        return Math.max(0, Math.min(1, 1 - ageDays / 7));
    }

    /** Adds to the bucket of the delta's model and hour. */
    void add(BucketDelta delta) {
        byModel.computeIfAbsent(delta.model(), model -> new TreeMap<>()).merge(delta.hour(), delta, Deltas::plus);
        touched.add(delta.model());
    }

    /** Forgets everything and starts again from these sums. */
    void reset(Collection<BucketDelta> deltas) {
        touched.addAll(byModel.keySet());
        byModel.clear();
        deltas.forEach(this::add);
    }

    /** Whether {@link #snapshot} would differ from the last one taken. */
    boolean isStale(Instant now) {
        return !touched.isEmpty() || Deltas.hourOf(now) != latestHour;
    }

    /** Every model's record as of {@code now}; buckets of 7 days and older are dropped. */
    StatisticsSnapshot snapshot(Instant now) {
        if (!isStale(now)) {
            return latest;
        }
        long hour = Deltas.hourOf(now);
        if (hour != latestHour) {
            latestHour = hour;
            touched.addAll(byModel.keySet());
        }
        for (ModelRef model : touched) {
            refresh(model);
        }
        touched.clear();
        latest = new StatisticsSnapshot(Map.copyOf(stats));
        return latest;
    }

    private void refresh(ModelRef model) {
        NavigableMap<Long, BucketDelta> buckets = byModel.get(model);
        if (buckets != null) {
            buckets.headMap(latestHour - HOURS, true).clear();
        }
        if (buckets == null || buckets.isEmpty()) {
            byModel.remove(model);
            stats.remove(model);
        } else {
            stats.put(model, sum(buckets.values()));
        }
    }

    private ModelStats sum(Collection<BucketDelta> buckets) {
        double successes = 0;
        double counted = 0;
        double tokens = 0;
        double busyMs = 0;
        double ttfbSum = 0;
        double ttfbCount = 0;
        long requests = 0;
        for (BucketDelta bucket : buckets) {
            double w = weight((latestHour - bucket.hour()) / 24.0);
            successes += w * bucket.successes();
            counted += w * bucket.counted();
            tokens += w * bucket.outputTokens();
            busyMs += w * bucket.busyMs();
            ttfbSum += w * bucket.ttfbSum();
            ttfbCount += w * bucket.ttfbCount();
            requests += bucket.requests();
        }
        double tokensPerSecond = busyMs > 0 ? tokens / busyMs * 1000 : 0;
        double ttfbMs = ttfbCount > 0 ? ttfbSum / ttfbCount : 0;
        return new ModelStats(successes, counted, tokensPerSecond, ttfbMs, requests);
    }
}
