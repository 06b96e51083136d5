package dev.switchboard.node.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.switchboard.node.persistence.TestClock;
import dev.switchboard.node.proof.LearningRig.Served;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Routing learns on a whole node: HTTP in, HTTP out, with leases, cooldowns, breaker, statistics and database between.
 *
 * <p>Latencies are real, so one run draws other models than the next, and these bounds are wider than the rules' own.
 * {@code SimulationTest} holds the exact ones.
 */
class LearningTest {
    private static final int REQUESTS = 300;
    private static final long SEED = 4;
    private static final Duration PACE = Duration.ofSeconds(5);
    private static final Duration SECOND = Duration.ofSeconds(1);

    /**
     * Too short for a third failure (0, 15 and 45 s or later, behaviour.md §4), so that the model cools for 30 s at most
     * when it ends. Three failures are an outage by §7: a minute's cooldown, and two minutes with a quarter of its score.
     */
    private static final Duration OUTAGE = Duration.ofSeconds(30);

    /** How a test lets time go by. */
    private interface Passing {
        void pass(Duration time);
    }

    @Test
    void theBestIsFoundLeftInAnOutageAndReturnedTo() throws Exception {
        TestClock clock = new TestClock();
        try (LearningRig rig = new LearningRig(clock, SEED)) {
            List<Served> all = serve(rig, REQUESTS, PACE, clock::advance);
            assertThat(all.stream().filter(each -> each.first().equals(LearningRig.BEST)))
                    .hasSizeGreaterThanOrEqualTo(REQUESTS * 3 / 4);
            for (String model : LearningRig.MODELS) {
                assertThat(all.stream().filter(each -> each.tries().contains(model)))
                        .as(model)
                        .isNotEmpty();
            }
            leftAndReturnedTo(rig, clock, clock::advance);
        }
    }

    /** The outage once more by the wall clock: two minutes. */
    @Test
    @Tag("proof")
    void anOutageIsLeftAndReturnedFromInRealTime() throws Exception {
        Clock clock = Clock.systemUTC();
        Passing wait = time -> await().pollDelay(time).until(() -> true);
        try (LearningRig rig = new LearningRig(clock, SEED)) {
            serve(rig, 60, Duration.ofMillis(100), wait);
            leftAndReturnedTo(rig, clock, wait);
        }
    }

    private static void leftAndReturnedTo(LearningRig rig, Clock clock, Passing passing) throws Exception {
        rig.bestFails(0);
        assertThat(returned(rig, clock, passing))
                .as("a failure before the outage would count with those in it")
                .isTrue();
        rig.bestFails(1);
        Instant ends = clock.instant().plus(OUTAGE);
        List<Served> during = new ArrayList<>();
        while (clock.instant().isBefore(ends)) {
            during.addAll(serve(rig, 1, SECOND, passing));
        }
        assertThat(during).hasSizeGreaterThan(20);
        List<Integer> tried = new ArrayList<>();
        for (int i = 0; i < during.size(); i++) {
            if (during.get(i).tries().contains(LearningRig.BEST)) {
                tried.add(i);
            }
        }
        assertThat(tried)
                .as("requests that tried the model that was down")
                .isNotEmpty()
                .hasSizeLessThanOrEqualTo(5);
        assertThat(during.subList(tried.get(0) + 1, Math.min(during.size(), tried.get(0) + 6)))
                .as("the five after the first failure")
                .noneMatch(each -> each.tries().contains(LearningRig.BEST));

        rig.bestFails(0);
        assertThat(returned(rig, clock, passing))
                .as("served within a minute of its recovery")
                .isTrue();
        List<Served> after = serve(rig, 20, SECOND, passing);
        assertThat(after.stream().filter(each -> each.answeredBy(LearningRig.BEST)))
                .as("most of what follows")
                .hasSizeGreaterThan(10);
    }

    /** Whether the best answers a request within a minute. */
    private static boolean returned(LearningRig rig, Clock clock, Passing passing) throws Exception {
        Instant late = clock.instant().plusSeconds(60);
        while (clock.instant().isBefore(late)) {
            if (serve(rig, 1, SECOND, passing).get(0).answeredBy(LearningRig.BEST)) {
                return true;
            }
        }
        return false;
    }

    private static List<Served> serve(LearningRig rig, int requests, Duration pace, Passing passing) throws Exception {
        List<Served> served = new ArrayList<>();
        for (int i = 0; i < requests; i++) {
            passing.pass(pace);
            served.add(rig.request());
        }
        return served;
    }
}
