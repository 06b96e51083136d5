package dev.switchboard.node.persistence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import akka.actor.ActorSystem;
import akka.coordination.lease.javadsl.Lease;
import akka.coordination.lease.javadsl.LeaseProvider;
import akka.testkit.javadsl.TestKit;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DatabaseLeaseTest {
    private static boolean now(CompletionStage<Boolean> stage) throws Exception {
        return stage.toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    private static Config config(DatabaseConfig database) {
        return ConfigFactory.parseString(
                        """
                        akka.actor.provider = local
                        akka.coordinated-shutdown.exit-jvm = off
                        switchboard.cluster-lease { heartbeat-timeout = 600ms, heartbeat-interval = 100ms }
                        """)
                .withFallback(database.akkaConfig())
                .withFallback(ConfigFactory.parseResources("switchboard/reference/akka.conf"))
                .withFallback(ConfigFactory.defaultReference())
                .resolve();
    }

    @ParameterizedTest
    @EnumSource
    void oneOwnerHasItUntilItIsReleasedOrTheOwnerFallsSilent(DatabaseConfig.Kind kind) throws Exception {
        DatabaseConfig database = TestDatabases.fresh(kind);
        ActorSystem system = ActorSystem.create("lease", config(database));
        try (Connection open = database.connect();
                Statement statement = open.createStatement()) {
            Lease one = LeaseProvider.get(system).getLease("tie", "switchboard.cluster-lease", "one");
            Lease two = LeaseProvider.get(system).getLease("tie", "switchboard.cluster-lease", "two");
            AtomicReference<@Nullable Optional<Throwable>> lost = new AtomicReference<>();

            assertThat(now(one.acquire(lost::set))).isTrue();
            assertThat(now(one.acquire(lost::set))).as("again by its owner").isTrue();
            assertThat(now(two.acquire())).isFalse();
            assertThat(one.checkLease()).isTrue();
            assertThat(two.checkLease()).isFalse();

            // Renewed past its first end.
            long first = end(statement);
            await().atMost(Duration.ofSeconds(5)).until(() -> end(statement) > first + 700);
            assertThat(now(two.acquire())).isFalse();

            assertThat(now(one.release())).isTrue();
            assertThat(one.checkLease()).isFalse();
            assertThat(now(two.acquire())).isTrue();
            assertThat(lost.get()).isNull();

            // Taken away: as after a pause longer than the time to live.
            statement.execute("UPDATE cluster_lease SET owner = 'three'");
            await().atMost(Duration.ofSeconds(5)).until(() -> !two.checkLease());
            assertThat(now(one.acquire(lost::set)))
                    .as("three still has it, or its time is over")
                    .isIn(true, false);
            await().atMost(Duration.ofSeconds(5)).until(() -> now(one.acquire(lost::set)));
            statement.execute("UPDATE cluster_lease SET owner = 'three'");
            await().atMost(Duration.ofSeconds(5)).until(() -> lost.get() != null);
            assertThat(one.checkLease()).isFalse();
        } finally {
            TestKit.shutdownActorSystem(system);
        }
    }

    private static long end(Statement statement) throws Exception {
        try (var row = statement.executeQuery("SELECT expires_at FROM cluster_lease")) {
            row.next();
            return row.getLong(1);
        }
    }
}
