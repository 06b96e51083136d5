package dev.switchboard.node.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Routing learns: three models that succeed 99, 80 and 40 times in a hundred, with cooldowns and breaker in force. */
class SimulationTest {
    private static final int BEST = 0;
    private static final int REQUESTS = 300;
    private static final long SEED = 4;
    /** Seconds between requests. */
    private static final double PACE = 5;

    @Test
    void mostRequestsGoToTheBestAndEveryModelKeepsBeingTried() {
        Traffic traffic = new Traffic(SEED, 0.99, 0.80, 0.40);
        traffic.run(REQUESTS, PACE);
        assertThat(traffic.firstChoices(BEST)).isGreaterThanOrEqualTo(REQUESTS * 85 / 100);
        for (int model = 0; model < 3; model++) {
            assertThat(traffic.triesAfter(REQUESTS / 2, model))
                    .as("model " + model)
                    .isPositive();
        }
    }

    /** What the seed above shows is not its luck; a hopeless model is tried ever more seldom, but is not given up. */
    @Test
    void theShareOfTheBestHoldsOverManySeeds() {
        int seeds = 100;
        int enough = 0;
        long secondTries = 0;
        long thirdTries = 0;
        for (int seed = 0; seed < seeds; seed++) {
            Traffic traffic = new Traffic(seed, 0.99, 0.80, 0.40);
            traffic.run(REQUESTS, PACE);
            enough += traffic.firstChoices(BEST) >= REQUESTS * 85 / 100 ? 1 : 0;
            secondTries += traffic.triesAfter(REQUESTS / 2, 1);
            thirdTries += traffic.triesAfter(REQUESTS / 2, 2);
        }
        assertThat(enough).isGreaterThanOrEqualTo(95);
        assertThat(secondTries).isGreaterThanOrEqualTo(2L * seeds);
        assertThat(thirdTries).isGreaterThanOrEqualTo(seeds / 2);
    }

    /** The best fails only in its outage, so that nothing else moves traffic; {@code inFlight} requests fail together. */
    @ParameterizedTest
    @CsvSource({"5, 1", "20, 1", "40, 1", "60, 1", "90, 1", "105, 1", "10, 8", "30, 8", "60, 8", "90, 8"})
    void anOutageOfTheBestIsLeftAtOnceAndReturnedFromWithinAMinute(double seconds, int inFlight) {
        Traffic traffic = new Traffic(7, 1.0, 0.80, 0.40);
        traffic.run(REQUESTS, PACE);
        int before = traffic.requests();

        double end = traffic.now() + seconds;
        traffic.outage(BEST, end);
        traffic.burst(inFlight);
        traffic.runUntil(end, 1);
        List<Integer> choices = traffic.choices().subList(before + inFlight, traffic.requests());
        assertThat(choices.stream().limit(5).filter(model -> model == BEST)).isEmpty();
        long probes = choices.stream().filter(model -> model == BEST).count();
        assertThat(probes).isLessThanOrEqualTo(3);

        traffic.runUntil(end + 60, 1);
        int after = traffic.requests();
        assertThat(traffic.successesSince(before, BEST)).isPositive();
        traffic.run(100, 1);
        long back = IntStream.range(after, traffic.requests())
                .filter(request -> traffic.choices().get(request) == BEST)
                .count();
        assertThat(back).isGreaterThanOrEqualTo(85);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void theSameSeedTellsTheSameStory(long seed) {
        Traffic one = new Traffic(seed, 0.99, 0.80, 0.40);
        Traffic other = new Traffic(seed, 0.99, 0.80, 0.40);
        one.run(100, PACE);
        other.run(100, PACE);
        assertThat(one.choices()).isEqualTo(other.choices());
    }
}
