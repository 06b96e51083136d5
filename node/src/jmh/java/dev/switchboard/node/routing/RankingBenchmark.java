package dev.switchboard.node.routing;

import dev.switchboard.protocol.cooldown.CooldownSnapshot;
import dev.switchboard.protocol.directory.DirectorySnapshot;
import dev.switchboard.protocol.domain.FailureKind;
import dev.switchboard.protocol.domain.KeyStatus;
import dev.switchboard.protocol.domain.Mode;
import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.domain.PlatformId;
import dev.switchboard.protocol.statistics.StatisticsSnapshot;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Ranking the candidates of one automatic request: at most 50 µs for 400 models on one core. */
@State(Scope.Thread)
@BenchmarkMode(org.openjdk.jmh.annotations.Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class RankingBenchmark {
    private static final int PLATFORMS = 20;
    private static final int KEYS = 10;
    private static final Instant LATER = World.NOW.plusSeconds(60);

    /** Models in the chain. */
    @Param({"10", "400"})
    public int models;

    /**
     * What the request meets: models that are all {@code measured}; the same for {@code smart} with a pin; {@code untried}
     * ones; a {@code penalty} on each; an {@code outage} of each that is due for a probe; half of them {@code cooling} and a
     * quarter of the platforms banned; 11 {@code keys} a platform of which only the last is free; all models {@code named} by the caller.
     */
    @Param({"measured", "smart", "untried", "penalty", "outage", "cooling", "keys", "named"})
    public String given;

    private final SplittableRandom random = new SplittableRandom(1);
    private RouteQuery query = RouteQuery.anything(Mode.BALANCED, Set.of());
    private DirectorySnapshot directory = DirectorySnapshot.EMPTY;
    private CooldownSnapshot cooldowns = CooldownSnapshot.EMPTY;
    private StatisticsSnapshot statistics = StatisticsSnapshot.EMPTY;

    /** Models over 20 platforms, each with a record of its own. */
    @Setup
    public void world() {
        World world = new World();
        for (int p = 0; p < PLATFORMS; p++) {
            for (int k = 0; k < KEYS && given.equals("keys"); k++) {
                world.key("p" + p, "p" + p + "-" + k, true, KeyStatus.HEALTHY);
                world.keyState("p" + p + "-" + k, LATER, FailureKind.RATE_LIMITED);
            }
            world.platform("p" + p);
        }
        List<ModelRef> refs = new ArrayList<>();
        SplittableRandom figures = new SplittableRandom(2);
        for (int m = 0; m < models; m++) {
            String ref = "p" + m % PLATFORMS + "/m" + m;
            refs.add(ModelRef.parse(ref));
            world.model(ref);
            double attempts = figures.nextDouble(5_000);
            if (!given.equals("untried")) {
                world.stats(ref, attempts * figures.nextDouble(), attempts, figures.nextDouble(600), 1_500);
            }
            switch (given) {
                case "penalty" -> world.state(ref, null, 1 + figures.nextInt(9), 1);
                case "outage" -> world.state(ref, World.NOW.minusSeconds(1), 1 + figures.nextInt(9), 3);
                case "cooling" -> world.state(ref, m % 2 == 0 ? LATER : null, 0, 1);
                default -> {}
            }
        }
        query = query(refs);
        directory = world.directory();
        cooldowns = world.cooldowns();
        statistics = world.statistics();
    }

    private RouteQuery query(List<ModelRef> refs) {
        Map<PlatformId, Instant> bans = new HashMap<>();
        for (int p = 0; p < PLATFORMS / 4 && given.equals("cooling"); p++) {
            bans.put(new PlatformId("p" + p), LATER);
        }
        Target target =
                switch (given) {
                    case "named" -> new Target.Explicit(refs, true, Mode.BALANCED);
                    case "smart" -> new Target.Auto(Mode.SMART);
                    default -> new Target.Auto(Mode.BALANCED);
                };
        return new RouteQuery(target, refs.get(refs.size() / 2), bans, 2_000, true, true, Set.of());
    }

    /** One request. */
    @Benchmark
    public RoutePlan rank() {
        return Router.rank(query, directory, cooldowns, statistics, World.NOW, random);
    }
}
