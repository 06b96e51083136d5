package dev.switchboard.node.turn;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.stream.javadsl.Flow;
import akka.stream.testkit.TestPublisher;
import akka.stream.testkit.TestSubscriber;
import akka.stream.testkit.javadsl.TestSink;
import akka.stream.testkit.javadsl.TestSource;
import dev.switchboard.node.relay.RelayEvent;
import dev.switchboard.protocol.domain.Failure;
import dev.switchboard.protocol.domain.FailureKind;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import scala.concurrent.duration.FiniteDuration;

class StreamGuardTest {
    private static final RelayEvent EVENT = RelayEvent.Skipped.SKIPPED;
    private static final FiniteDuration A_WHILE = FiniteDuration.create(200, "ms");
    private static ActorTestKit kit;

    private final AtomicInteger events = new AtomicInteger();
    private final StreamGuard guard = new StreamGuard(events::incrementAndGet, false);
    private TestPublisher.Probe<RelayEvent> upstream;
    private TestSubscriber.Probe<RelayEvent> client;

    @BeforeAll
    static void start() {
        kit = ActorTestKit.create();
    }

    @AfterAll
    static void stop() {
        kit.shutdownTestKit();
    }

    private void run() {
        run(guard);
    }

    private void run(StreamGuard guard) {
        var ends = Flow.of(RelayEvent.class)
                .via(guard)
                .runWith(TestSource.create(kit.system()), TestSink.create(kit.system()), kit.system());
        upstream = ends.first();
        client = ends.second();
    }

    private void isToldOfTheStop() {
        RelayEvent.Failed last = (RelayEvent.Failed) client.expectNext();
        assertThat(last.failure().kind()).isEqualTo(FailureKind.BROKEN);
        assertThat(last.failure().message()).isEqualTo("This node is stopping; the answer is incomplete.");
        client.expectComplete();
    }

    @Test
    void eventsPassAndAreCounted() {
        run();
        client.request(3);
        upstream.sendNext(EVENT).sendNext(EVENT);
        client.expectNext(EVENT).expectNext(EVENT);
        assertThat(events).hasValue(2);
        upstream.sendComplete();
        client.expectComplete();
        guard.interrupt();
    }

    @Test
    void aStopEndsAStreamThatIsWaitedFor() {
        run();
        client.request(1);
        upstream.expectRequest();
        guard.interrupt();
        upstream.expectCancellation();
        isToldOfTheStop();
    }

    @Test
    void aClientThatReadsLateIsToldWhenItReads() {
        run();
        client.request(1);
        upstream.sendNext(EVENT);
        client.expectNext(EVENT);
        guard.interrupt();
        upstream.expectCancellation();
        guard.interrupt();
        client.request(1);
        isToldOfTheStop();
        assertThat(events).hasValue(1);
    }

    @Test
    void theEndOfABrokenAnswerWaitsUntilItIsLetGo() {
        RelayEvent broken = new RelayEvent.Failed(Failure.of(FailureKind.BROKEN, "broken"));
        run();
        client.request(2);
        upstream.sendNext(EVENT).sendNext(broken).sendComplete();
        client.expectNext(EVENT);
        client.expectNoMessage(A_WHILE);
        guard.letGo();
        client.expectNext(broken).expectComplete();
    }

    @Test
    void theEndOfAWholeAnswerWaitsWhereItIsAskedTo() {
        StreamGuard keeping = new StreamGuard(events::incrementAndGet, true);
        run(keeping);
        client.request(1);
        upstream.sendNext(RelayEvent.Done.DONE);
        client.expectNoMessage(A_WHILE);
        keeping.letGo();
        client.expectNext(RelayEvent.Done.DONE);
        upstream.sendComplete();
        client.expectComplete();
    }

    @Test
    void nothingWaitsThatWasLetGoBefore() {
        RelayEvent broken = new RelayEvent.Failed(Failure.of(FailureKind.BROKEN, "broken"));
        run();
        guard.letGo();
        client.request(2);
        upstream.sendNext(RelayEvent.Done.DONE).sendNext(broken);
        client.expectNext(RelayEvent.Done.DONE).expectNext(broken);
    }

    @Test
    void aStreamThatIsYetToRunEndsWhenItDoes() {
        guard.interrupt();
        run();
        client.request(1);
        isToldOfTheStop();
        upstream.expectCancellation();
    }
}
