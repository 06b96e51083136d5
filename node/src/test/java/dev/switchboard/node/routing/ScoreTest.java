package dev.switchboard.node.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.switchboard.node.routing.Score.Bounds;
import dev.switchboard.protocol.domain.Mode;
import dev.switchboard.protocol.statistics.StatisticsSnapshot.ModelStats;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The formulas and golden values of behaviour.md §7. */
class ScoreTest {
    private static final Offset<Double> EXACT = within(1e-12);

    @ParameterizedTest
    @CsvSource({"0, 1", "1, 0.8571428571428571", "3.5, 0.5", "6, 0.1428571428571429", "7, 0", "9, 0", "-1, 1"})
    void weightOfABucket(double ageDays, double expected) {
        assertThat(Decay.weight(ageDays)).isEqualTo(expected, EXACT);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "1, 0.25",
        "499, 0.25",
        "500, 0.25",
        "750, 0.2",
        "1000, 0.15",
        "1500, 0.075",
        "2000, 0",
        "6000, -0.25",
        "10000, -0.5",
        "60000, -0.5"
    })
    void latencyTerm(double ttfbMs, double expected) {
        assertThat(Score.latency(ttfbMs)).isEqualTo(expected, EXACT);
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "5, -0.16", "10, 0.03", "50, 0.15", "100, 0.3"})
    void speedTermWhereTheFastestHas100(double tokensPerSecond, double expected) {
        assertThat(Score.speed(tokensPerSecond, 100)).isEqualTo(expected, EXACT);
    }

    @ParameterizedTest
    @CsvSource({"1, 1, 5, 1", "5, 1, 5, 0", "2, 1, 5, 0.75", "3, 3, 3, 1", "9, 1, 5, 0", "1, 2, 5, 1"})
    void intelligenceTerm(int rank, int best, int worst, double expected) {
        assertThat(Score.intelligence(rank, best, worst)).isEqualTo(expected, EXACT);
    }

    @Test
    void shapesAndMean() {
        assertThat(Score.alpha(8)).isEqualTo(10);
        assertThat(Score.beta(8, 10)).isEqualTo(4);
        assertThat(Score.beta(10, 7)).isEqualTo(0.1);
        assertThat(Score.mean(8, 10)).isEqualTo(10.0 / 14, EXACT);
        assertThat(Score.mean(0, 0)).isEqualTo(0.5);
    }

    @Test
    void modesWeighTheTerms() {
        assertThat(Score.combine(Mode.BALANCED, 0.9, 0.3, 0.25, 0.5)).isEqualTo(1.5, EXACT);
        assertThat(Score.combine(Mode.FAST, 0.9, 0.3, 0.25, 0.5)).isEqualTo(1.5, EXACT);
        assertThat(Score.combine(Mode.SMART, 0.9, 0.3, 0.25, 0.5)).isEqualTo(1.31, EXACT);
        assertThat(Score.effective(1.5, 4)).isEqualTo(1.3, EXACT);
        assertThat(Score.duringOutage(0.8)).isEqualTo(0.2, EXACT);
    }

    @Test
    void penaltyGrowsByThreeToTenAndFallsByOneWithASuccess() {
        double two = Score.penaltyAfterHit(Score.penaltyAfterHit(0));
        double four = Score.penaltyAfterHit(Score.penaltyAfterHit(two));
        assertThat(two).isEqualTo(6);
        assertThat(four).isEqualTo(10);
        assertThat(Score.penaltyAfterSuccess(four)).isEqualTo(9);
        assertThat(Score.penaltyAfterSuccess(0.5)).isZero();
    }

    @Test
    void anUntriedModelGetsItsBonusOnlyInADraw() {
        Bounds bounds = new Bounds(100, 1, 1);
        double drawn = Score.drawn(Mode.BALANCED, 0.5, ModelStats.NONE, 1, bounds, 0);
        ScoreParts shown = Score.shown(ModelStats.NONE, 1, bounds, 0, false);
        assertThat(drawn).isEqualTo(0.5 + 0.3 + 0.1875 + 0.1, EXACT);
        assertThat(shown.score()).isEqualTo(0.5 + 0.1, EXACT);
        assertThat(shown.pool()).isEqualTo(Pool.BALANCED);
    }

    @Test
    void aTriedModelWithoutMeasurementsGetsNoBonus() {
        ModelStats onlyFailed = new ModelStats(0, 3, 0, 0, 3);
        double drawn = Score.drawn(Mode.BALANCED, 0.2, onlyFailed, 1, new Bounds(100, 1, 1), 0);
        assertThat(drawn).isEqualTo(0.2 + 0.1, EXACT);
    }

    @Test
    void shownPartsAddUp() {
        ModelStats stats = new ModelStats(98, 100, 50, 750, 100);
        ScoreParts parts = Score.shown(stats, 2, new Bounds(100, 1, 3), 6, true);
        assertThat(parts.reliability()).isEqualTo(0.25 * 100 / 104, EXACT);
        assertThat(parts.speed()).isEqualTo(0.15, EXACT);
        assertThat(parts.latency()).isEqualTo(0.2, EXACT);
        assertThat(parts.intelligence()).isEqualTo(0.5, EXACT);
        assertThat(parts.score()).isEqualTo(parts.reliability() + 0.15 + 0.2 + 0.05, EXACT);
        assertThat(parts.smartScore()).isEqualTo(parts.reliability() + 0.3 + 0.03 + 0.04, EXACT);
        assertThat(parts.effectiveScore()).isEqualTo(parts.score() - 0.3, EXACT);
        assertThat(parts.outage()).isTrue();
    }
}
