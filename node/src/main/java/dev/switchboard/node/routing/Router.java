package dev.switchboard.node.routing;

import dev.switchboard.node.routing.RoutePlan.Candidate;
import dev.switchboard.node.routing.RoutePlan.Skipped;
import dev.switchboard.node.routing.Score.Bounds;
import dev.switchboard.protocol.cooldown.CooldownSnapshot;
import dev.switchboard.protocol.cooldown.CooldownSnapshot.ModelState;
import dev.switchboard.protocol.directory.DirectorySnapshot;
import dev.switchboard.protocol.directory.Model;
import dev.switchboard.protocol.domain.Mode;
import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.domain.PlatformId;
import dev.switchboard.protocol.statistics.StatisticsSnapshot;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Chooses the models of a request and their order; a pure function of the node's snapshots (behaviour.md §2, §7). */
public final class Router {
    private Router() {}

    /** Draws a reliability from a Beta distribution with these two shapes. */
    @FunctionalInterface
    interface Draw {
        double reliability(double alpha, double beta);
    }

    /**
     * One model of the chain as the dashboard shows it.
     *
     * @param leftOut why automatic routing leaves it out now, null where it is a candidate
     * @param until when it comes back, if waiting helps
     */
    public record Explained(ModelRef ref, ScoreParts parts, @Nullable SkipReason leftOut, @Nullable Instant until) {}

    /**
     * Ranks the candidates of a request. Order: the pinned model if usable; then named models as given; then the
     * mode's pools, within a pool by effective score. A half-open model is ranked by its score like
     * any other; its lease decides who probes. The chain's priority only breaks ties between equal scores.
     */
    public static RoutePlan rank(
            RouteQuery query,
            DirectorySnapshot directory,
            CooldownSnapshot cooldowns,
            StatisticsSnapshot statistics,
            Instant now,
            RandomGenerator random) {
        return rank(query, directory, cooldowns, statistics, now, (alpha, beta) -> Beta.sample(alpha, beta, random));
    }

    /** Whether the session's pinned model is a candidate: the question that a request with a pin asks instead of ranking all. */
    public static boolean pinIsUsable(
            RouteQuery query, DirectorySnapshot directory, CooldownSnapshot cooldowns, Instant now) {
        Model model = query.pinned() == null ? null : directory.model(query.pinned());
        return model != null
                && new Gate(query, directory, cooldowns, now)
                                .leftOut(model, cooldowns.models().get(model.ref()), true)
                        == null;
    }

    /**
     * The same with the mean in place of every draw. Where the pinned model comes first, nobody is chosen by a score, and
     * drawing for hundreds of models is most of what a ranking costs.
     */
    public static RoutePlan expected(
            RouteQuery query,
            DirectorySnapshot directory,
            CooldownSnapshot cooldowns,
            StatisticsSnapshot statistics,
            Instant now) {
        return rank(query, directory, cooldowns, statistics, now, (alpha, beta) -> alpha / (alpha + beta));
    }

    static RoutePlan rank(
            RouteQuery query,
            DirectorySnapshot directory,
            CooldownSnapshot cooldowns,
            StatisticsSnapshot statistics,
            Instant now,
            Draw draw) {
        Gate gate = new Gate(query, directory, cooldowns, now);
        List<Skipped> skipped = new ArrayList<>();
        Set<ModelRef> named = Set.of();
        boolean chain = true;
        ModelRef pinned = query.pinned();
        if (query.target() instanceof Target.Explicit explicit) {
            named = new LinkedHashSet<>(explicit.models());
            chain = explicit.fallback();
            pinned = null;
        }
        Field field = new Field(named.size() + (chain ? directory.models().size() : 0));
        for (ModelRef ref : named) {
            Model model = directory.model(ref);
            if (model == null) {
                skipped.add(new Skipped(ref, SkipReason.UNKNOWN_MODEL, null));
            } else {
                admit(model, Field.NAMED, gate, cooldowns, statistics, field, skipped);
            }
        }
        if (chain) {
            for (Model model : directory.models()) {
                if (named.isEmpty() || !named.contains(model.ref())) {
                    boolean first = pinned != null && pinned.equals(model.ref());
                    admit(model, first ? Field.PINNED : Field.CHAIN, gate, cooldowns, statistics, field, skipped);
                }
            }
        }
        List<Candidate> usable = field.ranked(query.target().mode(), now, draw);
        return new RoutePlan(usable, skipped, !chain);
    }

    /** Every model in fallback order with the parts of its score: the functions that rank, without a draw. */
    public static List<Explained> explain(
            DirectorySnapshot directory,
            CooldownSnapshot cooldowns,
            StatisticsSnapshot statistics,
            Set<PlatformId> lastResort,
            Instant now) {
        Gate gate = new Gate(RouteQuery.anything(Mode.BALANCED, lastResort), directory, cooldowns, now);
        List<@Nullable Skipped> leftOut = new ArrayList<>();
        Field field = new Field(directory.models().size());
        Field all = new Field(directory.models().size());
        for (Model model : directory.models()) {
            ModelState state = cooldowns.models().get(model.ref());
            Skipped skip = gate.leftOut(model, state, true);
            leftOut.add(skip);
            all.add(model, statistics.of(model.ref()), state, Field.CHAIN);
            if (skip == null) {
                field.add(model, statistics.of(model.ref()), state, Field.CHAIN);
            }
        }
        Bounds bounds = field.isEmpty() ? all.bounds() : field.bounds();
        List<Explained> rows = new ArrayList<>();
        for (int i = 0; i < leftOut.size(); i++) {
            Model model = directory.models().get(i);
            Skipped skip = leftOut.get(i);
            ScoreParts parts = Score.shown(
                    statistics.of(model.ref()),
                    model.intelligenceRank(),
                    bounds,
                    cooldowns.penalty(model.ref(), now),
                    cooldowns.isOutage(model.ref(), now));
            rows.add(new Explained(
                    model.ref(), parts, skip == null ? null : skip.reason(), skip == null ? null : skip.until()));
        }
        return List.copyOf(rows);
    }

    private static void admit(
            Model model,
            int group,
            Gate gate,
            CooldownSnapshot cooldowns,
            StatisticsSnapshot statistics,
            Field field,
            List<Skipped> skipped) {
        ModelState state = cooldowns.models().get(model.ref());
        Skipped skip = gate.leftOut(model, state, group != Field.NAMED);
        if (skip == null) {
            field.add(model, statistics.of(model.ref()), state, group);
        } else {
            skipped.add(skip);
        }
    }
}
