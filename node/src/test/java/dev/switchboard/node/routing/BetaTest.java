package dev.switchboard.node.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BetaTest {
    private static final int DRAWS = 100_000;

    @ParameterizedTest
    @CsvSource({"2, 2", "0.1, 0.1", "0.1, 5", "1, 1", "102, 3", "0.5, 2.5", "5000, 40"})
    void meanAndVarianceAreThoseOfTheDistribution(double alpha, double beta) {
        RandomGenerator random = new SplittableRandom(42);
        double sum = 0;
        double squares = 0;
        for (int i = 0; i < DRAWS; i++) {
            double x = Beta.sample(alpha, beta, random);
            assertThat(x >= 0 && x <= 1).isTrue();
            sum += x;
            squares += x * x;
        }
        double mean = alpha / (alpha + beta);
        double variance = alpha * beta / ((alpha + beta) * (alpha + beta) * (alpha + beta + 1));
        double found = sum / DRAWS;
        assertThat(found).isCloseTo(mean, within(5 * Math.sqrt(variance / DRAWS)));
        assertThat(squares / DRAWS - found * found).isCloseTo(variance, within(0.05 * variance));
    }

    /** Kolmogorov-Smirnov against the cumulative distribution of Beta(2, 2), 3x² − 2x³. */
    @Test
    void theShapeIsThatOfTheDistribution() {
        RandomGenerator random = new SplittableRandom(7);
        double[] draws = new double[DRAWS];
        for (int i = 0; i < DRAWS; i++) {
            draws[i] = Beta.sample(2, 2, random);
        }
        java.util.Arrays.sort(draws);
        double distance = 0;
        for (int i = 0; i < DRAWS; i++) {
            double x = draws[i];
            distance = Math.max(distance, Math.abs(3 * x * x - 2 * x * x * x - (i + 0.5) / DRAWS));
        }
        assertThat(distance).isLessThan(1.63 / Math.sqrt(DRAWS));
    }

    @Test
    void theSameSeedDrawsTheSame() {
        assertThat(Beta.sample(3, 4, new SplittableRandom(9))).isEqualTo(Beta.sample(3, 4, new SplittableRandom(9)));
    }

    @Test
    void aGeneratorThatOnlyGivesZeroStillGivesAProbability() {
        RandomGenerator zero = () -> 0L;
        assertThat(Beta.sample(0.1, 0.1, zero)).isBetween(0.0, 1.0);
    }
}
