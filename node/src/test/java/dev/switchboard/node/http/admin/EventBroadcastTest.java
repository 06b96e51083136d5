package dev.switchboard.node.http.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.stream.KillSwitches;
import akka.stream.UniqueKillSwitch;
import akka.stream.javadsl.Keep;
import akka.stream.javadsl.Sink;
import akka.stream.testkit.TestSubscriber;
import akka.stream.testkit.javadsl.TestSink;
import akka.util.ByteString;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class EventBroadcastTest {
    private static ActorTestKit kit;
    private static final Duration SOON = Duration.ofSeconds(20);

    private final EventBroadcast broadcast = new EventBroadcast(kit.system());

    @BeforeAll
    static void start() {
        kit = ActorTestKit.create();
    }

    @AfterAll
    static void stop() {
        kit.shutdownTestKit();
    }

    private UniqueKillSwitch listen(List<ByteString> heard) {
        return broadcast
                .listen()
                .viaMat(KillSwitches.single(), Keep.right())
                .to(Sink.foreach(heard::add))
                .run(kit.system());
    }

    private static EventFrame frame(int n) {
        return new EventFrame("stats", Map.of("n", n));
    }

    /** The hub attaches a consumer a moment after it has started. */
    private void awaitAttached(List<ByteString> heard) {
        await().atMost(SOON).until(() -> {
            broadcast.send(frame(-1));
            return heard.contains(frame(-1).bytes());
        });
    }

    @Test
    void aListenerGetsAFirstCommentAndEventsFromNowOnOnly() {
        broadcast.send(frame(1));
        List<ByteString> heard = new CopyOnWriteArrayList<>();
        UniqueKillSwitch listener = listen(heard);
        awaitAttached(heard);
        assertThat(heard.get(0)).isEqualTo(EventFrame.HELLO);
        assertThat(heard).doesNotContain(frame(1).bytes());
        listener.shutdown();
        await().atMost(SOON).until(() -> !broadcast.hasListeners());
    }

    @Test
    void aListenerThatDoesNotReadHoldsUpNobodyAndMissesTheOldest() {
        TestSubscriber.Probe<ByteString> slow =
                broadcast.listen().runWith(TestSink.create(kit.system().classicSystem()), kit.system());
        List<ByteString> heard = new CopyOnWriteArrayList<>();
        listen(heard);
        slow.request(2);
        assertThat(slow.expectNext()).isEqualTo(EventFrame.HELLO);
        awaitAttached(heard);
        for (int round = 0; round < 30; round++) {
            for (int i = 0; i < 50; i++) {
                broadcast.send(frame(round * 50 + i));
            }
            ByteString last = frame(round * 50 + 49).bytes();
            await().atMost(SOON).until(() -> heard.contains(last));
        }
        slow.request(2_000);
        int read = 0;
        ByteString newest = slow.expectNext();
        while (!newest.equals(frame(1_499).bytes())) {
            newest = slow.expectNext();
            read++;
        }
        assertThat(read).isLessThan(400);
        slow.cancel();
    }
}
