package dev.switchboard.node.statistics;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** How far back the dashboard looks, and the width of a point on its time line (contract.md §4). */
public enum AnalyticsRange {
    HOUR("1h", Duration.ofHours(1), Duration.ofMinutes(1)),
    DAY("24h", Duration.ofHours(24), Duration.ofMinutes(15)),
    WEEK("7d", Duration.ofDays(7), Duration.ofHours(1)),
    MONTH("30d", Duration.ofDays(30), Duration.ofHours(6));

    private final String wire;
    private final Duration length;
    private final Duration step;

    AnalyticsRange(String wire, Duration length, Duration step) {
        this.wire = wire;
        this.length = length;
        this.step = step;
    }

    /** The name in a query: {@code 1h}, {@code 24h}, {@code 7d}, {@code 30d}. */
    public String wire() {
        return wire;
    }

    /** The range of that name, if there is one. */
    public static Optional<AnalyticsRange> find(String wire) {
        for (AnalyticsRange range : values()) {
            if (range.wire.equals(wire)) {
                return Optional.of(range);
            }
        }
        return Optional.empty();
    }

    Duration length() {
        return length;
    }

    int stepSeconds() {
        return (int) step.toSeconds();
    }

    /** The number since 1970 UTC of the step that an instant falls into. */
    long bucketOf(Instant at) {
        return Math.floorDiv(at.getEpochSecond(), step.toSeconds());
    }

    /** Points on the time line. */
    int points() {
        return (int) (length.toMillis() / step.toMillis());
    }
}
