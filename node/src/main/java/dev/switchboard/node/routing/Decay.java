package dev.switchboard.node.routing;

/** How much an old measurement counts (behaviour.md §7). */
public final class Decay {
    private static final double DAYS = 7;

    private Decay() {}

    /** The weight of a bucket of that age: 1 now and in the future, falling in a line to 0 at 7 days. */
    public static double weight(double ageDays) {
        return Math.min(1, Math.max(0, 1 - ageDays / DAYS));
    }
}
