package dev.switchboard.node.routing;

import dev.switchboard.node.routing.FailurePolicy.Context;
import dev.switchboard.protocol.cooldown.CooldownEffect;
import dev.switchboard.protocol.cooldown.CooldownEffect.CoolModel;
import dev.switchboard.protocol.cooldown.CooldownSnapshot;
import dev.switchboard.protocol.cooldown.CooldownSnapshot.ModelState;
import dev.switchboard.protocol.directory.DirectorySnapshot;
import dev.switchboard.protocol.domain.Failure;
import dev.switchboard.protocol.domain.FailureKind;
import dev.switchboard.protocol.domain.Mode;
import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.domain.ProtectionLevel;
import dev.switchboard.protocol.statistics.StatisticsSnapshot;
import dev.switchboard.protocol.statistics.StatisticsSnapshot.ModelStats;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Requests over time against models of known reliability, with cooldowns, breaker and statistics as the owners keep them. */
final class Traffic {
    private static final int MAX_ATTEMPTS = 5;
    private static final PolicyTimes TIMES = new PolicyTimes(
            Duration.ofSeconds(15), Duration.ofMinutes(2), Duration.ofMinutes(2), Duration.ofMinutes(30));

    private record Try(int request, int model, boolean success) {}

    private final SplittableRandom routing;
    private final SplittableRandom chance;
    private final double[] reliability;
    private final double[] downUntil;
    private final DirectorySnapshot directory;
    private final List<ModelRef> refs = new ArrayList<>();
    private final Map<ModelRef, ModelStats> stats = new HashMap<>();
    private final Map<ModelRef, ModelState> states = new HashMap<>();
    private final List<Integer> choices = new ArrayList<>();
    private final List<Try> tries = new ArrayList<>();
    private double seconds;

    Traffic(long seed, double... reliability) {
        this.routing = new SplittableRandom(seed);
        this.chance = new SplittableRandom(~seed);
        this.reliability = reliability.clone();
        this.downUntil = new double[reliability.length];
        World world = new World().platform("a");
        for (int i = 0; i < reliability.length; i++) {
            ModelRef ref = ModelRef.of("a", "m" + i);
            refs.add(ref);
            world.model(ref.toString());
        }
        this.directory = world.directory();
    }

    double now() {
        return seconds;
    }

    int requests() {
        return choices.size();
    }

    /** The model that each request tried first. */
    List<Integer> choices() {
        return List.copyOf(choices);
    }

    int firstChoices(int model) {
        return (int) choices.stream().filter(choice -> choice == model).count();
    }

    long triesAfter(int request, int model) {
        return tries.stream()
                .filter(each -> each.request() >= request && each.model() == model)
                .count();
    }

    long successesSince(int request, int model) {
        return tries.stream()
                .filter(each -> each.request() >= request && each.model() == model && each.success())
                .count();
    }

    /** The model fails every attempt until then. */
    void outage(int model, double until) {
        downUntil[model] = until;
    }

    void run(int requests, double pace) {
        for (int i = 0; i < requests; i++) {
            seconds += pace;
            serve(rank());
        }
    }

    void runUntil(double end, double pace) {
        while (seconds < end) {
            run(1, pace);
        }
    }

    /** Requests that are all ranked before the first of them fails. */
    void burst(int requests) {
        List<RoutePlan> plans = new ArrayList<>();
        for (int i = 0; i < requests; i++) {
            plans.add(rank());
        }
        plans.forEach(this::serve);
    }

    private Instant instant() {
        return World.NOW.plusMillis((long) (seconds * 1000));
    }

    private RoutePlan rank() {
        CooldownSnapshot cooldowns = new CooldownSnapshot(Map.copyOf(states), Map.of());
        return Router.rank(
                World.auto(Mode.BALANCED),
                directory,
                cooldowns,
                new StatisticsSnapshot(Map.copyOf(stats)),
                instant(),
                routing);
    }

    private void serve(RoutePlan plan) {
        int request = choices.size();
        choices.add(
                plan.nothingRoutable() ? -1 : refs.indexOf(plan.usable().get(0).ref()));
        RoutePlan rest = plan;
        for (int attempt = 0; attempt < MAX_ATTEMPTS && !rest.nothingRoutable(); attempt++) {
            ModelRef ref = rest.usable().get(0).ref();
            int model = refs.indexOf(ref);
            boolean success = seconds >= downUntil[model] && chance.nextDouble() < reliability[model];
            tries.add(new Try(request, model, success));
            record(ref, success);
            if (success) {
                reopen(ref);
                return;
            }
            Decision decision = FailurePolicy.decide(
                    Failure.of(FailureKind.SERVER_ERROR, "down"),
                    ref,
                    ProtectionLevel.MODEL_SKIP,
                    new Context(true, false, false),
                    TIMES,
                    instant());
            decision.effects().forEach(effect -> cool(ref, effect));
            rest = rest.after(decision, ref, directory);
        }
    }

    private void record(ModelRef ref, boolean success) {
        ModelStats old = stats.getOrDefault(ref, ModelStats.NONE);
        stats.put(
                ref,
                new ModelStats(old.successes() + (success ? 1 : 0), old.attempts() + 1, 100, 400, old.requests() + 1));
    }

    private void reopen(ModelRef ref) {
        states.computeIfPresent(
                ref,
                (model, state) -> new ModelState(
                        null,
                        0,
                        null,
                        Score.penaltyAfterSuccess(state.penaltyAt(instant())),
                        instant(),
                        0,
                        state.lastFailure()));
    }

    /** A cooldown in force is only counted; one that has ended doubles. */
    private void cool(ModelRef ref, CooldownEffect effect) {
        if (!(effect instanceof CoolModel cooling)) {
            throw new IllegalArgumentException("not a model's cooldown: " + effect);
        }
        ModelState old = states.getOrDefault(ref, new ModelState(null, 0, null, 0, instant(), 0, instant()));
        boolean inForce = old.until() != null && instant().isBefore(old.until());
        int strikes = inForce ? old.strikes() : old.strikes() + 1;
        Duration time = cooling.time().multipliedBy(1L << Math.min(strikes - 1, 10));
        Instant until = instant().plus(time.compareTo(TIMES.max()) < 0 ? time : TIMES.max());
        states.put(
                ref,
                new ModelState(
                        until,
                        strikes,
                        cooling.reason(),
                        old.penaltyAt(instant()),
                        instant(),
                        old.failuresInRow() + 1,
                        instant()));
    }
}
