package dev.switchboard.node.routing;

import dev.switchboard.protocol.domain.Mode;
import dev.switchboard.protocol.statistics.StatisticsSnapshot.ModelStats;

/** Every formula of behaviour.md §7, each a small pure function; ranking and dashboard use the same ones. */
public final class Score {
    /** Penalty points that one event gives. */
    public static final double PENALTY_POINTS = 3;

    private static final double PENALTY_CAP = 10;
    private static final double PENALTY_WEIGHT = 0.05;
    private static final double OUTAGE_FACTOR = 0.25;
    private static final double PRIOR = 2;
    private static final double SMALLEST_SHAPE = 0.1;
    private static final double UNTRIED_SPEED = 0.3;
    private static final double UNTRIED_LATENCY = 0.1875;

    private Score() {}

    /**
     * What the terms are measured against.
     *
     * @param fastest the highest tokens per second among the candidates, 0 where none is measured
     * @param bestRank the lowest intelligence rank among them
     * @param worstRank the highest
     */
    public record Bounds(double fastest, int bestRank, int worstRank) {}

    /** The first shape of the Beta distribution, from weighted successes S. */
    public static double alpha(double successes) {
        return Math.max(SMALLEST_SHAPE, successes + PRIOR);
    }

    /** The second shape of the Beta distribution, from weighted successes S and attempts T. */
    public static double beta(double successes, double attempts) {
        return Math.max(SMALLEST_SHAPE, attempts - successes + PRIOR);
    }

    /** The mean of that distribution, which the dashboard shows in place of a draw. */
    public static double mean(double successes, double attempts) {
        return (successes + PRIOR) / (attempts + 2 * PRIOR);
    }

    /** The reliability term while a fresh outage shows. */
    public static double duringOutage(double reliability) {
        return reliability * OUTAGE_FACTOR;
    }

    /** Whether the model was never tried in the 7 days; it then gets a bonus when ranking. */
    public static boolean untried(ModelStats stats) {
        return stats.requests() == 0 && stats.attempts() <= 0;
    }

    /** The speed term r, from −0.35 to 0.3; 0 without data. */
    public static double speed(double tokensPerSecond, double fastest) {
        if (tokensPerSecond <= 0) {
            return 0;
        }
        double share = 0.3 * tokensPerSecond / Math.max(tokensPerSecond, fastest);
        return tokensPerSecond < 10 ? share - 0.35 * (1 - tokensPerSecond / 10) : share;
    }

    /** The latency term t for a time to first token in ms, from −0.5 to 0.25; 0 without data. */
    public static double latency(double ttfbMs) {
        if (ttfbMs <= 0) {
            return 0;
        }
        if (ttfbMs < 500) {
            return 0.25;
        }
        if (ttfbMs < 1000) {
            return 0.25 - 0.1 * (ttfbMs - 500) / 500;
        }
        if (ttfbMs < 2000) {
            return 0.15 - 0.15 * (ttfbMs - 1000) / 1000;
        }
        return ttfbMs < 10_000 ? -0.5 * (ttfbMs - 2000) / 8000 : -0.5;
    }

    /** The intelligence term I: 1 for the best rank, 0 for the worst, 1 where all are equal. */
    public static double intelligence(int rank, int bestRank, int worstRank) {
        if (worstRank <= bestRank) {
            return 1;
        }
        double share = 1 - (double) (rank - bestRank) / (worstRank - bestRank);
        return Math.min(1, Math.max(0, share));
    }

    /** The terms put together by mode; balanced and fast weigh alike. */
    public static double combine(Mode mode, double reliability, double speed, double latency, double intelligence) {
        return mode == Mode.SMART
                ? reliability + 0.6 * intelligence + 0.2 * speed + 0.2 * latency
                : reliability + speed + latency + 0.1 * intelligence;
    }

    /** The score less its penalty. */
    public static double effective(double score, double penalty) {
        return score - PENALTY_WEIGHT * penalty;
    }

    /** Penalty points after one more event. */
    public static double penaltyAfterHit(double penalty) {
        return Math.min(PENALTY_CAP, penalty + PENALTY_POINTS);
    }

    /** Penalty points after a success. */
    public static double penaltyAfterSuccess(double penalty) {
        return Math.max(0, penalty - 1);
    }

    /** The score of one request: the drawn reliability, and the bonus of a model that was never tried. */
    static double drawn(Mode mode, double reliability, ModelStats stats, int rank, Bounds bounds, double penalty) {
        double r = speed(stats.tokensPerSecond(), bounds.fastest());
        double t = latency(stats.ttfbMs());
        if (untried(stats)) {
            r += UNTRIED_SPEED;
            t += UNTRIED_LATENCY;
        }
        double i = intelligence(rank, bounds.bestRank(), bounds.worstRank());
        return effective(combine(mode, reliability, r, t, i), penalty);
    }

    /** What the dashboard shows of a model: the same terms with the mean in place of the draw and without the bonus. */
    public static ScoreParts shown(ModelStats stats, int rank, Bounds bounds, double penalty, boolean outage) {
        double mean = mean(stats.successes(), stats.attempts());
        double b = outage ? duringOutage(mean) : mean;
        double r = speed(stats.tokensPerSecond(), bounds.fastest());
        double t = latency(stats.ttfbMs());
        double i = intelligence(rank, bounds.bestRank(), bounds.worstRank());
        double score = combine(Mode.BALANCED, b, r, t, i);
        return new ScoreParts(
                b,
                r,
                t,
                i,
                score,
                combine(Mode.SMART, b, r, t, i),
                effective(score, penalty),
                penalty,
                Pools.of(stats),
                outage);
    }
}
