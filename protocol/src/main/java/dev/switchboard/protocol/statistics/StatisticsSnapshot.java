package dev.switchboard.protocol.statistics;

import dev.switchboard.protocol.domain.ModelRef;
import java.util.Map;

/** What one node knows of every model's record, decayed to the time it was made; immutable, read when ranking. */
public record StatisticsSnapshot(Map<ModelRef, ModelStats> models) {
    /** Nothing has been measured. */
    public static final StatisticsSnapshot EMPTY = new StatisticsSnapshot(Map.of());

    /** The record of a model; {@link ModelStats#NONE} where it was never tried. */
    public ModelStats of(ModelRef model) {
        return models.getOrDefault(model, ModelStats.NONE);
    }

    /**
     * The record of one model over 7 days (behaviour.md §6, §7).
     *
     * @param successes S, weighted by age
     * @param attempts T, weighted by age; only those that count
     * @param tokensPerSecond output tokens per second of generation, 0 where not measured
     * @param ttfbMs mean milliseconds to the first event with content, 0 where not measured
     * @param requests plain count of attempts in the 7 days
     */
    public record ModelStats(double successes, double attempts, double tokensPerSecond, double ttfbMs, long requests) {
        /** Never tried. */
        public static final ModelStats NONE = new ModelStats(0, 0, 0, 0, 0);

        /** Plain success rate, 1 where nothing was counted. */
        public double successRate() {
            return attempts <= 0 ? 1 : successes / attempts;
        }

        /** Whether speed or latency is known. */
        public boolean measured() {
            return tokensPerSecond > 0;
        }
    }
}
