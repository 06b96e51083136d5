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
import java.util.Set;

/**
 * The hourly buckets of the last 7 days of every model, and the decayed record they add up to (behaviour.md §6, §7).
 *
 * <p>A bucket's age is counted in whole hours, so that a model's record changes only when it gets an outcome or the hour
 * turns: a snapshot recomputes the models touched since the last one, and all of them once an hour. Not thread-safe.
 */
final class Buckets {
    /** Buckets kept for each model. */
    static final int HOURS = 7 * 24;

    private final Map<ModelRef, HourRing> byModel = new HashMap<>();
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
        byModel.computeIfAbsent(delta.model(), model -> new HourRing()).add(delta);
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
        HourRing buckets = byModel.get(model);
        ModelStats record = buckets == null ? ModelStats.NONE : buckets.sum(latestHour);
        if (record.requests() > 0) {
            stats.put(model, record);
        } else {
            byModel.remove(model);
            stats.remove(model);
        }
    }
}
