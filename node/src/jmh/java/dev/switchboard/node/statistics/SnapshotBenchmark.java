package dev.switchboard.node.statistics;

import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.statistics.StatisticsCommand.BucketDelta;
import dev.switchboard.protocol.statistics.StatisticsSnapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** The records of 400 models out of 168 hourly buckets each: at most 5 ms. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class SnapshotBenchmark {
    private static final int MODELS = 400;

    private final Buckets buckets = new Buckets();
    private Instant now = Instant.parse("2026-03-08T12:00:00Z");
    private long hours;

    /** Every model has an outcome in every hour of the 7 days. */
    @Setup
    public void fill() {
        long last = Deltas.hourOf(now);
        for (int m = 0; m < MODELS; m++) {
            for (int age = 0; age < Buckets.HOURS; age++) {
                buckets.add(delta(m, last - age));
            }
        }
    }

    /** The whole record anew, as when the hour turns. */
    @Benchmark
    public StatisticsSnapshot everyModel() {
        hours++;
        return buckets.snapshot(now.plus(Duration.ofHours(hours & 1)));
    }

    /** The record after one more outcome of one model. */
    @Benchmark
    public StatisticsSnapshot oneModel() {
        buckets.add(delta(7, Deltas.hourOf(now)));
        return buckets.snapshot(now);
    }

    private static BucketDelta delta(int model, long hour) {
        return new BucketDelta(ModelRef.of("p" + model % 20, "m" + model), hour, 9, 10, 10, 4_000, 9_000, 6_000, 10);
    }
}
