package dev.switchboard.node.routing;

import dev.switchboard.node.routing.RoutePlan.Candidate;
import dev.switchboard.node.routing.Score.Bounds;
import dev.switchboard.protocol.cooldown.CooldownSnapshot.ModelState;
import dev.switchboard.protocol.directory.Model;
import dev.switchboard.protocol.domain.Mode;
import dev.switchboard.protocol.statistics.StatisticsSnapshot.ModelStats;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The candidates of one request, sorted as one array of longs: group, then score, then the order they were added in.
 */
final class Field {
    static final int PINNED = 0;
    static final int NAMED = 1;
    static final int CHAIN = 2;

    private static final int GROUP_SHIFT = 56;
    private static final int SCORE_SHIFT = 24;
    private static final int INDEX_MASK = (1 << SCORE_SHIFT) - 1;

    private final Model[] models;
    private final ModelStats[] stats;
    private final @Nullable ModelState[] states;
    private final int[] groups;
    private int size;
    private double fastest;
    private int bestRank = Integer.MAX_VALUE;
    private int worstRank = Integer.MIN_VALUE;

    Field(int capacity) {
        models = new Model[capacity];
        stats = new ModelStats[capacity];
        states = new ModelState[capacity];
        groups = new int[capacity];
    }

    void add(Model model, ModelStats record, @Nullable ModelState state, int group) {
        models[size] = model;
        stats[size] = record;
        states[size] = state;
        groups[size] = group;
        size++;
        fastest = Math.max(fastest, record.tokensPerSecond());
        bestRank = Math.min(bestRank, model.intelligenceRank());
        worstRank = Math.max(worstRank, model.intelligenceRank());
    }

    boolean isEmpty() {
        return size == 0;
    }

    Bounds bounds() {
        return new Bounds(fastest, bestRank, worstRank);
    }

    List<Candidate> ranked(Mode mode, Instant now, Router.Draw draw) {
        Bounds bounds = bounds();
        Candidate[] candidates = new Candidate[size];
        long[] order = new long[size];
        for (int i = 0; i < size; i++) {
            Model model = models[i];
            ModelStats record = stats[i];
            double b = draw.reliability(
                    Score.alpha(record.successes()), Score.beta(record.successes(), record.attempts()));
            boolean halfOpen = false;
            double penalty = 0;
            ModelState state = states[i];
            if (state != null) {
                halfOpen = state.isHalfOpen(now);
                penalty = state.penaltyAt(now);
                b = state.isOutage(now) ? Score.duringOutage(b) : b;
            }
            double score = Score.drawn(mode, b, record, model.intelligenceRank(), bounds, penalty);
            candidates[i] = new Candidate(model.ref(), score, groups[i] == PINNED, halfOpen);
            order[i] = place(groups[i], mode, record, score) | i;
        }
        Arrays.sort(order);
        List<Candidate> sorted = new ArrayList<>(size);
        for (long place : order) {
            sorted.add(candidates[(int) place & INDEX_MASK]);
        }
        return sorted;
    }

    private static long place(int group, Mode mode, ModelStats record, double score) {
        if (group != CHAIN) {
            return (long) group << GROUP_SHIFT;
        }
        return (long) (CHAIN + Pools.place(mode, record)) << GROUP_SHIFT | descending(score) << SCORE_SHIFT;
    }

    /** 32 bits that sort in the opposite order of the score. */
    private static long descending(double score) {
        int bits = Float.floatToIntBits((float) score);
        int sortable = bits ^ ((bits >> 31) & Integer.MAX_VALUE);
        return (long) Integer.MAX_VALUE - sortable;
    }
}
