package dev.switchboard.node.routing;

import dev.switchboard.protocol.domain.Mode;
import dev.switchboard.protocol.statistics.StatisticsSnapshot.ModelStats;
import java.util.List;

/** Which pool a model is in and in which order a mode takes the pools (behaviour.md §7). */
public final class Pools {
    private static final double FAST_FROM = 8;
    private static final double BALANCED_FROM = 5;
    private static final double LATENCY_WEIGHT = 0.1;
    /** Below this speed even no latency at all does not reach the balanced pool: spares two logarithms a model. */
    private static final double SURELY_SMART = 148;

    private static final List<Pool> BALANCED_ORDER = List.of(Pool.BALANCED, Pool.FAST, Pool.SMART);
    private static final List<Pool> FAST_ORDER = List.of(Pool.FAST, Pool.BALANCED, Pool.SMART);
    private static final List<Pool> SMART_ORDER = List.of(Pool.SMART, Pool.BALANCED, Pool.FAST);

    private Pools() {}

    /** The pools in the order in which the mode takes them. */
    public static List<Pool> order(Mode mode) {
        return switch (mode) {
            case BALANCED -> BALANCED_ORDER;
            case FAST -> FAST_ORDER;
            case SMART -> SMART_ORDER;
        };
    }

    /** The pool to show; an unmeasured model is shown as balanced. */
    public static Pool of(ModelStats stats) {
        return stats.measured() ? of(stats.tokensPerSecond(), stats.ttfbMs()) : Pool.BALANCED;
    }

    /** The pool of a measured speed in tokens per second (above 0) and latency in ms (0 where not measured). */
    public static Pool of(double tokensPerSecond, double ttfbMs) {
        if (tokensPerSecond < SURELY_SMART) {
            return Pool.SMART;
        }
        double s = Math.log(tokensPerSecond) - LATENCY_WEIGHT * Math.log(ttfbMs + 1);
        if (s >= FAST_FROM) {
            return Pool.FAST;
        }
        return s >= BALANCED_FROM ? Pool.BALANCED : Pool.SMART;
    }

    /** The place of a model's pool in the mode's order, 0 first; an unmeasured model belongs to every pool. */
    static int place(Mode mode, ModelStats stats) {
        if (!stats.measured()) {
            return 0;
        }
        return switch (of(stats.tokensPerSecond(), stats.ttfbMs())) {
            case FAST -> mode == Mode.FAST ? 0 : mode == Mode.BALANCED ? 1 : 2;
            case BALANCED -> mode == Mode.BALANCED ? 0 : 1;
            case SMART -> mode == Mode.SMART ? 0 : 2;
        };
    }
}
