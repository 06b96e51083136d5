package dev.switchboard.node.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import akka.NotUsed;
import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.http.scaladsl.model.HttpEntity;
import akka.stream.javadsl.Flow;
import akka.stream.testkit.TestPublisher;
import akka.stream.testkit.TestSubscriber;
import akka.stream.testkit.javadsl.TestSink;
import akka.stream.testkit.javadsl.TestSource;
import akka.util.ByteString;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import scala.concurrent.duration.FiniteDuration;

/** The times of an answer in parts: how long it may be silent, and how long its client may take nothing. */
class AnswerTimesTest {
    private static ActorTestKit kit;
    private static final Duration TIME = Duration.ofMillis(400);
    private static final FiniteDuration HALF = FiniteDuration.create(200, "ms");
    private static final ByteString SIGN = ByteString.fromString(":");
    private static final ByteString WORD = ByteString.fromString("word");

    private final AtomicInteger ended = new AtomicInteger();
    private TestPublisher.Probe<ByteString> answer;
    private TestSubscriber.Probe<ByteString> client;

    @BeforeAll
    static void start() {
        kit = ActorTestKit.create();
    }

    @AfterAll
    static void stop() {
        kit.shutdownTestKit();
    }

    private void run(Flow<ByteString, ByteString, NotUsed> flow) {
        var ends = flow.runWith(TestSource.create(kit.system()), TestSink.create(kit.system()), kit.system());
        answer = ends.first();
        client = ends.second();
    }

    /** While the client asks for nothing, and so gets nothing. */
    private void passes(Duration time) {
        client.ensureSubscription();
        client.expectNoMessage(FiniteDuration.create(time.toMillis(), "ms"));
    }

    private void keptAlive() {
        run(Flow.of(ByteString.class).via(new KeepAlive(TIME, () -> SIGN)).map(HttpEntity.ChunkStreamPart::data));
    }

    private void bounded() {
        run(Flow.of(ByteString.class)
                .via(new WriteTimeout<>(
                        TIME, () -> new IllegalStateException("takes nothing"), ended::incrementAndGet)));
    }

    @Test
    void aSilentAnswerGivesASignInEachSpanOfSilence() {
        keptAlive();
        long before = System.nanoTime();
        client.request(3);
        client.expectNext(SIGN);
        client.expectNext(SIGN);
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThanOrEqualTo(TIME.multipliedBy(2));
        answer.sendNext(WORD);
        client.expectNext(WORD);
        answer.sendComplete();
        client.expectComplete();
    }

    @Test
    void anAnswerThatSpeaksGivesNone() {
        keptAlive();
        client.request(20);
        for (int i = 0; i < 6; i++) {
            answer.sendNext(WORD);
            client.expectNext(WORD);
            client.expectNoMessage(HALF);
        }
        client.expectNext(SIGN);
    }

    @Test
    void aClientThatTookNothingInTheSilenceGetsOneSign() {
        keptAlive();
        passes(TIME.multipliedBy(3));
        client.request(2);
        client.expectNext(SIGN);
        client.expectNoMessage(HALF);
        client.expectNext(SIGN);
    }

    @Test
    void aWordThatWaitsForTheClientIsNotLostAtTheEndAndNeedsNoSign() {
        keptAlive();
        answer.sendNext(WORD);
        answer.sendComplete();
        passes(TIME.multipliedBy(2));
        client.request(1);
        client.expectNext(WORD);
        client.expectComplete();
    }

    @Test
    void aFailureAndACancellationPass() {
        keptAlive();
        client.request(1);
        answer.sendError(new IllegalArgumentException("broke"));
        assertThat(client.expectError()).hasMessage("broke");
        keptAlive();
        client.request(1);
        client.cancel();
        answer.expectCancellation();
    }

    @Test
    void aClientThatTakesNothingIsFailedAfterTheTime() {
        bounded();
        client.request(1);
        answer.sendNext(WORD);
        client.expectNext(WORD);
        long before = System.nanoTime();
        assertThat(client.expectError()).hasMessage("takes nothing");
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isBetween(TIME.minusMillis(50), TIME.plusSeconds(3));
        answer.expectCancellation();
        itsEndIsToldOnce();
    }

    @Test
    void aClientThatTakesWhatComesMayWaitForTheAnswer() {
        bounded();
        client.request(100);
        for (int i = 0; i < 6; i++) {
            answer.sendNext(WORD);
            client.expectNext(WORD);
            client.expectNoMessage(HALF);
        }
        client.expectNoMessage(FiniteDuration.create(TIME.toMillis() * 2, "ms"));
        assertThat(ended).hasValue(0);
        answer.sendComplete();
        client.expectComplete();
        itsEndIsToldOnce();
    }

    @Test
    void theEndOfAnAnswerWhoseClientLeavesIsTold() {
        bounded();
        client.request(1);
        client.cancel();
        answer.expectCancellation();
        itsEndIsToldOnce();
    }

    private void itsEndIsToldOnce() {
        await().until(() -> ended.get() == 1);
    }
}
