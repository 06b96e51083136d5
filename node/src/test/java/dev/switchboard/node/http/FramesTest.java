package dev.switchboard.node.http;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.stream.javadsl.Flow;
import akka.stream.testkit.TestPublisher;
import akka.stream.testkit.TestSubscriber;
import akka.stream.testkit.javadsl.TestSink;
import akka.stream.testkit.javadsl.TestSource;
import akka.util.ByteString;
import dev.switchboard.node.dialect.Rendering;
import dev.switchboard.node.relay.RelayEvent;
import dev.switchboard.protocol.domain.Failure;
import dev.switchboard.protocol.domain.FailureKind;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import scala.concurrent.duration.FiniteDuration;

class FramesTest {
    private static final FiniteDuration A_WHILE = FiniteDuration.create(200, "ms");
    private static ActorTestKit kit;

    private final CompletableFuture<ByteString> last = new CompletableFuture<>();
    private TestPublisher.Probe<RelayEvent> answer;
    private TestSubscriber.Probe<ByteString> client;

    @BeforeAll
    static void start() {
        kit = ActorTestKit.create();
    }

    @AfterAll
    static void stop() {
        kit.shutdownTestKit();
    }

    @BeforeEach
    void run() {
        var ends = Flow.of(RelayEvent.class)
                .via(new Frames(new Told(last)))
                .runWith(TestSource.create(kit.system()), TestSink.create(kit.system()), kit.system());
        answer = ends.first();
        client = ends.second();
    }

    /** Tells the words of a failure; of an empty one nothing. */
    private record Told(CompletionStage<ByteString> last) implements Rendering {
        @Override
        public ByteString frame(RelayEvent event) {
            return ByteString.fromString(((RelayEvent.Failed) event).failure().message());
        }

        @Override
        public ByteString answer(ByteString completion) {
            throw new AssertionError("a stream");
        }

        @Override
        public ByteString refused(Refused refusal) {
            throw new AssertionError("an answer");
        }

        @Override
        public ByteString keepAlive() {
            throw new AssertionError("not its business");
        }
    }

    private static RelayEvent event(String words) {
        return new RelayEvent.Failed(Failure.of(FailureKind.BROKEN, words));
    }

    @Test
    void eachEventIsAPieceAndOneThatTellsNothingIsNone() {
        client.request(10);
        answer.sendNext(event("one"));
        answer.sendNext(event(""));
        answer.sendNext(event("two"));
        client.expectNext(ByteString.fromString("one"));
        client.expectNext(ByteString.fromString("two"));
        client.expectNoMessage(A_WHILE);
    }

    @Test
    void theEndWaitsUntilItIsTrueAndTakesItsLastPieceAlong() {
        client.request(1);
        answer.sendNext(event("one"));
        client.expectNext(ByteString.fromString("one"));
        answer.sendComplete();
        client.expectNoMessage(A_WHILE);
        last.complete(ByteString.fromString("done"));
        client.expectNoMessage(A_WHILE);
        client.request(1);
        client.expectNext(ByteString.fromString("done"));
        client.expectComplete();
    }

    @Test
    void nothingIsAddedWhereTheDialectHasNoLastPiece() {
        last.complete(ByteString.emptyByteString());
        client.ensureSubscription();
        answer.sendComplete();
        client.expectComplete();
    }

    @Test
    void anAnswerThatBreaksHasNoLastPiece() {
        last.complete(ByteString.fromString("done"));
        client.request(5);
        answer.sendError(new IllegalArgumentException("broke"));
        assertThat(client.expectError()).hasMessage("broke");
    }

    @Test
    void aClientThatLeavesBeforeTheLastPieceEndsIt() {
        client.request(1);
        client.cancel();
        answer.expectCancellation();
        last.complete(ByteString.fromString("done"));
        client.expectNoMessage(A_WHILE);
    }
}
