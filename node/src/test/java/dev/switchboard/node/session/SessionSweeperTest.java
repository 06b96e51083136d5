package dev.switchboard.node.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.ManualTime;
import com.typesafe.config.ConfigFactory;
import dev.switchboard.node.persistence.TestClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class SessionSweeperTest {
    private static final Duration TTL = Duration.ofMinutes(30);

    @Test
    void sweepsWhatOutlivedItsTimeAndGoesOnAfterAFailure() {
        ActorTestKit kit = ActorTestKit.create(ManualTime.config().withFallback(ConfigFactory.load()));
        try {
            TestClock clock = new TestClock();
            List<Instant> sweeps = new CopyOnWriteArrayList<>();
            kit.spawn(SessionSweeper.create(
                    before -> {
                        sweeps.add(before);
                        return CompletableFuture.failedFuture(new IllegalStateException("database away"));
                    },
                    () -> TTL,
                    clock));
            ManualTime time = ManualTime.get(kit.system());
            for (int i = 1; i <= 2; i++) {
                int expected = i;
                // The actor arms its timer only when it has started.
                await().until(() -> {
                    if (sweeps.size() < expected) {
                        clock.advance(SessionSweeper.INTERVAL);
                        time.timePasses(SessionSweeper.INTERVAL);
                    }
                    return sweeps.size() >= expected;
                });
                assertThat(sweeps.get(i - 1)).isBeforeOrEqualTo(clock.instant().minus(TTL));
            }
        } finally {
            kit.shutdownTestKit();
        }
    }
}
