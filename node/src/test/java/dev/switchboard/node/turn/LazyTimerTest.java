package dev.switchboard.node.turn;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.ManualTime;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.actor.typed.javadsl.Behaviors;
import com.typesafe.config.ConfigFactory;
import dev.switchboard.protocol.turn.TurnMessage;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A timer that is set anew without being started anew still rings at its time, and at no other. */
class LazyTimerTest {
    private static ActorTestKit kit;
    private static ManualTime time;

    private final AtomicLong nanos = new AtomicLong();
    private final AtomicInteger rings = new AtomicInteger();
    private final TestProbe<String> probe = kit.createTestProbe();
    private final ActorRef<TurnMessage> actor = kit.spawn(Behaviors.withTimers(timers -> {
        LazyTimer timer = new LazyTimer(timers, nanos::get, new TurnEvent.Silence());
        return Behaviors.receive(TurnMessage.class)
                .onMessage(TurnEvent.Silence.class, ring -> {
                    rings.incrementAndGet();
                    if (timer.rang()) {
                        probe.getRef().tell("rang");
                    }
                    return Behaviors.same();
                })
                .onMessage(Do.class, what -> {
                    what.step().accept(timer);
                    probe.getRef().tell("done");
                    return Behaviors.same();
                })
                .build();
    }));

    private record Do(Consumer<LazyTimer> step) implements TurnMessage {}

    @BeforeAll
    static void start() {
        kit = ActorTestKit.create(ManualTime.config().withFallback(ConfigFactory.load()));
        time = ManualTime.get(kit.system());
    }

    @AfterAll
    static void stop() {
        kit.shutdownTestKit();
    }

    private void does(Consumer<LazyTimer> step) {
        actor.tell(new Do(step));
        probe.expectMessage("done");
    }

    private void set(long millis) {
        does(timer -> timer.set(Duration.ofMillis(millis)));
    }

    private void passes(long millis) {
        nanos.addAndGet(Duration.ofMillis(millis).toNanos());
        time.timePasses(Duration.ofMillis(millis));
        // Behind what has rung.
        does(timer -> {});
    }

    private void rings(long millis) {
        nanos.addAndGet(Duration.ofMillis(millis).toNanos());
        time.timePasses(Duration.ofMillis(millis));
        probe.expectMessage("rang");
    }

    @Test
    void ringsAtItsTimeOnce() {
        set(100);
        passes(99);
        rings(1);
        passes(1000);
        assertThat(rings).hasValue(1);
    }

    @Test
    void aCancelledOneIsNotHeard() {
        set(100);
        does(LazyTimer::cancel);
        passes(1000);
    }

    @Test
    void theSecondTimeCountsAlthoughTheFirstRunsOn() {
        set(100);
        passes(60);
        does(LazyTimer::cancel);
        set(100);
        passes(40);
        passes(59);
        rings(1);
        assertThat(rings).hasValue(2);
    }

    @Test
    void anEarlierTimeIsNotMissed() {
        set(1000);
        passes(10);
        set(100);
        passes(99);
        rings(1);
        passes(2000);
    }

    @Test
    void aThousandRequestsCostOneRing() {
        for (int i = 0; i < 1000; i++) {
            set(400);
            does(LazyTimer::cancel);
        }
        passes(1000);
        assertThat(rings).hasValue(1);
    }
}
