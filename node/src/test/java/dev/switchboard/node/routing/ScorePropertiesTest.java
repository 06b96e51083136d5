package dev.switchboard.node.routing;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;

/** The terms of the score are monotone, and the pool is its formula. */
class ScorePropertiesTest {
    @Property
    void thePoolIsTheFormula(
            @ForAll @DoubleRange(min = 0.1, max = 20_000) double speed,
            @ForAll @DoubleRange(min = 0, max = 20_000) double ttfb) {
        double s = Math.log(speed) - 0.1 * Math.log(ttfb + 1);
        Pool expected = s >= 8 ? Pool.FAST : s >= 5 ? Pool.BALANCED : Pool.SMART;
        assertThat(Pools.of(speed, ttfb)).isEqualTo(expected);
    }

    @Property
    void anOlderBucketNeverWeighsMore(
            @ForAll @DoubleRange(min = -1, max = 9) double one, @ForAll @DoubleRange(min = -1, max = 9) double other) {
        assertThat(Decay.weight(Math.max(one, other))).isLessThanOrEqualTo(Decay.weight(Math.min(one, other)));
    }

    @Property
    void aSlowerFirstTokenNeverScoresHigher(
            @ForAll @DoubleRange(min = 1, max = 20_000) double one,
            @ForAll @DoubleRange(min = 1, max = 20_000) double other) {
        assertThat(Score.latency(Math.max(one, other))).isLessThanOrEqualTo(Score.latency(Math.min(one, other)));
    }

    @Property
    void aFasterModelNeverScoresLower(
            @ForAll @DoubleRange(min = 0.1, max = 500) double one,
            @ForAll @DoubleRange(min = 0.1, max = 500) double other) {
        assertThat(Score.speed(Math.max(one, other), 500))
                .isGreaterThanOrEqualTo(Score.speed(Math.min(one, other), 500));
    }

    @Property
    void aBetterRankNeverScoresLower(
            @ForAll @IntRange(min = 1, max = 50) int one, @ForAll @IntRange(min = 1, max = 50) int other) {
        assertThat(Score.intelligence(Math.min(one, other), 1, 50))
                .isGreaterThanOrEqualTo(Score.intelligence(Math.max(one, other), 1, 50));
    }

    @Property
    void moreSuccessesOfTheSameAttemptsNeverLowerTheMean(
            @ForAll @DoubleRange(min = 0, max = 100) double one,
            @ForAll @DoubleRange(min = 0, max = 100) double other) {
        assertThat(Score.mean(Math.max(one, other), 100)).isGreaterThanOrEqualTo(Score.mean(Math.min(one, other), 100));
    }
}
