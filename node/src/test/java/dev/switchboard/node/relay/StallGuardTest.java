package dev.switchboard.node.relay;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.ManualTime;
import akka.japi.Pair;
import akka.stream.javadsl.Keep;
import akka.stream.testkit.TestPublisher;
import akka.stream.testkit.TestSubscriber;
import akka.stream.testkit.javadsl.TestSink;
import akka.stream.testkit.javadsl.TestSource;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StallGuardTest {
    private static ActorTestKit kit;
    private static ManualTime time;
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final AtomicLong now = new AtomicLong();
    private TestPublisher.Probe<String> upstream;
    private TestSubscriber.Probe<String> client;

    @BeforeAll
    static void start() {
        kit = ActorTestKit.create(ManualTime.config());
        time = ManualTime.get(kit.system());
    }

    @AfterAll
    static void stop() {
        kit.shutdownTestKit();
    }

    @BeforeEach
    void run() {
        Pair<TestPublisher.Probe<String>, TestSubscriber.Probe<String>> probes = TestSource.<String>create(
                        kit.system().classicSystem())
                .via(new StallGuard<>(LIMIT, text -> text.equals("text"), now::get))
                .toMat(TestSink.create(kit.system().classicSystem()), Keep.both())
                .run(kit.system());
        upstream = probes.first();
        client = probes.second();
        client.ensureSubscription();
    }

    /** Lets time pass at once; the step before gives the stage the moment it needs to ask for its next element. */
    private void pass(int seconds) {
        time.timePasses(Duration.ofMillis(1));
        now.addAndGet(Duration.ofSeconds(seconds).toNanos());
        time.timePasses(Duration.ofSeconds(seconds));
    }

    private void exchange(String element) {
        upstream.sendNext(element);
        client.expectNext(element);
    }

    @Test
    void contentStartsTheTimeAnew() {
        client.request(3);
        upstream.expectRequest();
        pass(8);
        exchange("text");
        pass(8);
        exchange("text");
        pass(11);
        assertThat(client.expectError()).isInstanceOf(StallGuard.Stalled.class);
        upstream.expectCancellation();
    }

    @Test
    void othersDoNot() {
        client.request(5);
        upstream.expectRequest();
        pass(6);
        exchange("ping");
        pass(6);
        assertThat(client.expectError()).isInstanceOf(StallGuard.Stalled.class);
    }

    @Test
    void aSlowClientIsNoStall() {
        client.request(1);
        upstream.expectRequest();
        pass(5);
        exchange("text");
        pass(60);
        client.request(1);
        exchange("text");
    }
}
