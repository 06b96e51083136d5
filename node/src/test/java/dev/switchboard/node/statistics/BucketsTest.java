package dev.switchboard.node.statistics;

import static dev.switchboard.node.statistics.Samples.LARGE;
import static dev.switchboard.node.statistics.Samples.NOW;
import static dev.switchboard.node.statistics.Samples.SMALL;
import static dev.switchboard.node.statistics.Samples.attempt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.switchboard.protocol.domain.FailureKind;
import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.statistics.StatisticsCommand.BucketDelta;
import dev.switchboard.protocol.statistics.StatisticsSnapshot;
import dev.switchboard.protocol.statistics.StatisticsSnapshot.ModelStats;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class BucketsTest {
    private static final long HOUR = Deltas.hourOf(NOW);

    @ParameterizedTest
    @CsvSource({"0, 1", "1, 0.8571", "3.5, 0.5", "6, 0.1429", "7, 0", "8, 0", "-1, 1"})
    void weightFallsOverSevenDays(double ageDays, double weight) {
        assertThat(Buckets.weight(ageDays)).isEqualTo(weight, within(0.00005));
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "24, 0.8571", "84, 0.5", "144, 0.1429", "-3, 1"})
    void bucketCountsByItsAge(long ageHours, double weight) {
        Buckets buckets = new Buckets();
        buckets.add(Samples.delta(LARGE, HOUR - ageHours, 1, 1));
        ModelStats stats = buckets.snapshot(NOW).of(LARGE);
        assertThat(stats.successes()).isEqualTo(weight, within(0.00005));
        assertThat(stats.attempts()).isEqualTo(weight, within(0.00005));
        assertThat(stats.requests()).isEqualTo(1);
    }

    @Test
    void bucketOfSevenDaysIsForgotten() {
        Buckets buckets = new Buckets();
        buckets.add(Samples.delta(LARGE, HOUR - 168, 1, 1));
        assertThat(buckets.snapshot(NOW).models()).isEmpty();
        buckets.add(Samples.delta(SMALL, HOUR, 1, 1));
        assertThat(buckets.snapshot(NOW.plus(Duration.ofDays(7).minusHours(1))).models())
                .containsOnlyKeys(SMALL);
        assertThat(buckets.snapshot(NOW.plus(Duration.ofDays(7))).models()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void onlyCountedFailuresCount(FailureKind kind) {
        Buckets buckets = new Buckets();
        buckets.add(Deltas.of(attempt(LARGE, NOW, null)));
        buckets.add(Deltas.of(attempt(LARGE, NOW, kind)));
        ModelStats stats = buckets.snapshot(NOW).of(LARGE);
        assertThat(stats.successes()).isEqualTo(1);
        assertThat(stats.attempts()).isEqualTo(kind.countsAgainstModel() ? 2 : 1);
        assertThat(stats.requests()).isEqualTo(2);
    }

    @Test
    void speedAndLatencyAreMeansOfWhatWasMeasured() {
        Buckets buckets = new Buckets();
        buckets.add(new BucketDelta(LARGE, HOUR, 1, 1, 1, 100, 1000, 300, 1));
        buckets.add(new BucketDelta(LARGE, HOUR, 1, 1, 1, 50, 500, 500, 1));
        buckets.add(new BucketDelta(LARGE, HOUR, 1, 1, 1, 0, 0, 0, 0));
        ModelStats stats = buckets.snapshot(NOW).of(LARGE);
        assertThat(stats.tokensPerSecond()).isEqualTo(100);
        assertThat(stats.ttfbMs()).isEqualTo(400);
        buckets.add(new BucketDelta(SMALL, HOUR, 0, 1, 1, 0, 0, 0, 0));
        assertThat(buckets.snapshot(NOW).of(SMALL)).isEqualTo(new ModelStats(0, 1, 0, 0, 1));
    }

    @Test
    void anUnchangedHourGivesTheSameSnapshot() {
        Buckets buckets = new Buckets();
        buckets.add(Samples.delta(LARGE, HOUR, 1, 1));
        buckets.add(Samples.delta(SMALL, HOUR, 1, 1));
        StatisticsSnapshot first = buckets.snapshot(NOW);
        assertThat(buckets.snapshot(NOW.plusSeconds(60))).isSameAs(first);
        buckets.add(Samples.delta(LARGE, HOUR, 1, 1));
        StatisticsSnapshot second = buckets.snapshot(NOW.plusSeconds(61));
        assertThat(second.of(SMALL)).isSameAs(first.of(SMALL));
        assertThat(second.of(LARGE).successes()).isEqualTo(2);
        assertThat(first.of(LARGE).successes()).isEqualTo(1);
    }

    @Test
    void resetForgetsWhatIsNotGiven() {
        Buckets buckets = new Buckets();
        buckets.add(Samples.delta(LARGE, HOUR, 5, 5));
        buckets.snapshot(NOW);
        buckets.reset(List.of(Samples.delta(SMALL, HOUR, 2, 3)));
        assertThat(buckets.snapshot(NOW).models()).containsOnlyKeys(SMALL);
    }

    @Property(tries = 200)
    void snapshotEqualsNaiveRecomputation(@ForAll("steps") List<Step> steps) {
        Buckets buckets = new Buckets();
        List<BucketDelta> all = new ArrayList<>();
        long hour = HOUR;
        for (Step step : steps) {
            hour += step.hoursLater();
            BucketDelta given = step.delta();
            BucketDelta delta = new BucketDelta(
                    given.model(),
                    hour + given.hour(),
                    given.successes(),
                    given.counted(),
                    given.requests(),
                    given.outputTokens(),
                    given.busyMs(),
                    given.ttfbSum(),
                    given.ttfbCount());
            all.add(delta);
            buckets.add(delta);
            if (step.look()) {
                StatisticsSnapshot snapshot = buckets.snapshot(NOW.plus(Duration.ofHours(hour - HOUR)));
                for (ModelRef model : List.of(LARGE, SMALL)) {
                    assertSame(snapshot.of(model), naive(all, model, hour));
                }
            }
        }
    }

    private static void assertSame(ModelStats actual, ModelStats expected) {
        assertThat(actual.successes()).isEqualTo(expected.successes(), within(1e-6));
        assertThat(actual.attempts()).isEqualTo(expected.attempts(), within(1e-6));
        assertThat(actual.tokensPerSecond()).isEqualTo(expected.tokensPerSecond(), within(1e-6));
        assertThat(actual.ttfbMs()).isEqualTo(expected.ttfbMs(), within(1e-6));
        assertThat(actual.requests()).isEqualTo(expected.requests());
    }

    private static ModelStats naive(List<BucketDelta> all, ModelRef model, long nowHour) {
        double successes = 0;
        double counted = 0;
        double tokens = 0;
        double busy = 0;
        double ttfb = 0;
        double ttfbs = 0;
        long requests = 0;
        for (BucketDelta delta : all) {
            double age = (nowHour - delta.hour()) / 24.0;
            if (!delta.model().equals(model) || age >= 7) {
                continue;
            }
            double w = age <= 0 ? 1 : 1 - age / 7;
            successes += w * delta.successes();
            counted += w * delta.counted();
            tokens += w * delta.outputTokens();
            busy += w * delta.busyMs();
            ttfb += w * delta.ttfbSum();
            ttfbs += w * delta.ttfbCount();
            requests += delta.requests();
        }
        return new ModelStats(
                successes, counted, busy == 0 ? 0 : tokens * 1000 / busy, ttfbs == 0 ? 0 : ttfb / ttfbs, requests);
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Long> small = Arbitraries.longs().between(0, 5);
        Arbitrary<BucketDelta> deltas = Combinators.combine(
                        Arbitraries.of(LARGE, SMALL), Arbitraries.longs().between(-200, 2), small, small, small, small)
                .as((model, hour, successes, failures, busy, ttfbs) -> new BucketDelta(
                        model,
                        hour,
                        successes,
                        successes + failures,
                        successes + failures + 1,
                        busy * 37,
                        busy * 100,
                        ttfbs * 250,
                        ttfbs));
        Arbitrary<Long> later = Arbitraries.frequencyOf(
                net.jqwik.api.Tuple.of(5, Arbitraries.just(0L)),
                net.jqwik.api.Tuple.of(2, Arbitraries.longs().between(1, 30)),
                net.jqwik.api.Tuple.of(1, Arbitraries.longs().between(100, 200)));
        return Combinators.combine(later, deltas, Arbitraries.of(true, false))
                .as(Step::new)
                .list()
                .ofMinSize(1)
                .ofMaxSize(40);
    }

    record Step(long hoursLater, BucketDelta delta, boolean look) {}
}
