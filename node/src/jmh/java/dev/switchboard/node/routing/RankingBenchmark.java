package dev.switchboard.node.routing;

import dev.switchboard.protocol.cooldown.CooldownSnapshot;
import dev.switchboard.protocol.directory.DirectorySnapshot;
import dev.switchboard.protocol.domain.Mode;
import dev.switchboard.protocol.statistics.StatisticsSnapshot;
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

    /** Models in the chain. */
    @Param({"10", "100", "400"})
    public int models;

    /** What is known of their failures: {@code none}, or that every model carries a {@code penalty}. */
    @Param({"none", "penalty"})
    public String failures;

    private final SplittableRandom random = new SplittableRandom(1);
    private final RouteQuery query = RouteQuery.anything(Mode.BALANCED, Set.of());
    private DirectorySnapshot directory = DirectorySnapshot.EMPTY;
    private CooldownSnapshot cooldowns = CooldownSnapshot.EMPTY;
    private StatisticsSnapshot statistics = StatisticsSnapshot.EMPTY;

    /** Models over 20 platforms, each with a record of its own. */
    @Setup
    public void world() {
        World world = new World();
        for (int p = 0; p < PLATFORMS; p++) {
            world.platform("p" + p);
        }
        SplittableRandom figures = new SplittableRandom(2);
        for (int m = 0; m < models; m++) {
            String ref = "p" + m % PLATFORMS + "/m" + m;
            double attempts = figures.nextDouble(5_000);
            world.model(ref).stats(ref, attempts * figures.nextDouble(), attempts, figures.nextDouble(600), 1_500);
            if (failures.equals("penalty")) {
                world.state(ref, null, 1 + figures.nextInt(9), 1);
            }
        }
        directory = world.directory();
        cooldowns = world.cooldowns();
        statistics = world.statistics();
    }

    /** One request. */
    @Benchmark
    public RoutePlan rank() {
        return Router.rank(query, directory, cooldowns, statistics, World.NOW, random);
    }
}
