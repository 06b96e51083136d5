package dev.switchboard.node.quota;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.ManualTime;
import com.typesafe.config.ConfigFactory;
import dev.switchboard.protocol.domain.ApiKeyId;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class QuotaSweeperTest {
    private static final ApiKeyId KEPT = new ApiKeyId("00000000000a");
    private static final ApiKeyId REMOVED = new ApiKeyId("00000000000b");

    @Test
    void countsOfKeysThatAreNoMoreAreForgottenOnceTheDirectoryIsKnown() {
        ActorTestKit kit = ActorTestKit.create(ManualTime.config().withFallback(ConfigFactory.load()));
        try {
            Deque<CompletableFuture<Set<ApiKeyId>>> rows = new ArrayDeque<>(List.of(
                    CompletableFuture.failedFuture(new IllegalStateException("database away")),
                    CompletableFuture.completedFuture(Set.of(KEPT, REMOVED)),
                    CompletableFuture.completedFuture(Set.of(KEPT, REMOVED))));
            AtomicReference<Set<ApiKeyId>> known = new AtomicReference<>();
            List<ApiKeyId> forgotten = new CopyOnWriteArrayList<>();
            kit.spawn(QuotaSweeper.create(
                    () -> {
                        if (rows.size() == 1) {
                            known.set(Set.of(KEPT));
                        }
                        return rows.isEmpty() ? CompletableFuture.completedFuture(Set.of()) : rows.poll();
                    },
                    known::get,
                    forgotten::add));
            ManualTime time = ManualTime.get(kit.system());
            await().until(() -> {
                time.timePasses(QuotaSweeper.INTERVAL);
                return !forgotten.isEmpty();
            });
            assertThat(rows).isEmpty();
            assertThat(forgotten).containsExactly(REMOVED);
        } finally {
            kit.shutdownTestKit();
        }
    }
}
