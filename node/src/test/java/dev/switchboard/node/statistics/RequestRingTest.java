package dev.switchboard.node.statistics;

import static dev.switchboard.node.statistics.Samples.LARGE;
import static dev.switchboard.node.statistics.Samples.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import dev.switchboard.protocol.statistics.StatisticsCommand.RequestEnded;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class RequestRingTest {
    private static final ActorTestKit KIT = ActorTestKit.create();

    @AfterAll
    static void stop() {
        KIT.shutdownTestKit();
    }

    @Test
    void keepsTheNewestTwoHundred() {
        RequestRing ring = new RequestRing(KIT.system());
        for (int i = 0; i < 250; i++) {
            ring.add(request(i));
        }
        assertThat(ring.recent()).hasSize(RequestRing.SIZE);
        assertThat(ring.recent().get(0).requestId()).isEqualTo("r249");
        assertThat(ring.recent().get(199).requestId()).isEqualTo("r50");
    }

    @Test
    void aSubscriberThatDoesNotReadHoldsUpNobodyAndMissesTheOldest() {
        RequestRing ring = new RequestRing(KIT.system());
        List<String> eager = new CopyOnWriteArrayList<>();
        List<String> lazy = new CopyOnWriteArrayList<>();
        CompletableFuture<String> gate = new CompletableFuture<>();
        ring.subscribe().map(RequestEnded::requestId).runForeach(eager::add, KIT.system());
        ring.subscribe()
                .mapAsync(1, request -> {
                    lazy.add(request.requestId());
                    return gate;
                })
                .runForeach(done -> {}, KIT.system());
        await().until(() -> {
            ring.add(request(-1));
            return !eager.isEmpty() && !lazy.isEmpty();
        });

        for (int i = 0; i < 2_000; i++) {
            ring.add(request(i));
            if (i % 100 == 99) {
                String last = "r" + i;
                await().until(() -> eager.get(eager.size() - 1).equals(last));
            }
        }
        assertThat(eager.stream().filter(id -> !id.equals("r-1"))).hasSize(2_000);
        assertThat(lazy).hasSize(1);

        gate.complete("go");
        await().until(() -> lazy.contains("r1999"));
        assertThat(lazy).hasSizeLessThan(1_000).doesNotContain("r0");
    }

    private static RequestEnded request(int i) {
        return Samples.request("r" + i, NOW, LARGE, 200);
    }
}
