package dev.switchboard.node.statistics;

import static dev.switchboard.node.statistics.Samples.LARGE;
import static dev.switchboard.node.statistics.Samples.SMALL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.receptionist.Receptionist;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.Join;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.zaxxer.hikari.HikariDataSource;
import dev.switchboard.node.persistence.DatabaseConfig;
import dev.switchboard.node.persistence.TestDatabases;
import dev.switchboard.protocol.domain.FailureKind;
import dev.switchboard.protocol.statistics.StatisticsCommand.RequestEnded;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StatisticsTest {
    private static final Config CONFIG = ConfigFactory.parseString(
                    """
                    akka.actor.provider = cluster
                    akka.actor.serialization-bindings { "dev.switchboard.protocol.CborSerializable" = jackson-cbor }
                    akka.remote.artery.canonical { hostname = "127.0.0.1", port = 0 }
                    akka.cluster.jmx.multi-mbeans-in-same-jvm = on
                    akka.coordinated-shutdown.exit-jvm = off
                    akka.loglevel = WARNING
                    switchboard.blocking-dispatcher {
                      type = Dispatcher
                      executor = thread-pool-executor
                      thread-pool-executor.fixed-pool-size = 4
                      throughput = 1
                    }
                    """)
            .withFallback(ConfigFactory.load());

    private final List<ActorTestKit> kits = new ArrayList<>();
    private final List<HikariDataSource> pools = new ArrayList<>();

    @AfterEach
    void stop() {
        kits.forEach(ActorTestKit::shutdownTestKit);
        pools.forEach(HikariDataSource::close);
    }

    @ParameterizedTest
    @EnumSource
    void anOutcomeOfOneNodeIsKnownToTheOtherWithinFiveSecondsAndToALaterOne(DatabaseConfig.Kind kind) throws Exception {
        DatabaseConfig database = TestDatabases.fresh(kind);
        Statistics one = join("one", pool(database));
        Statistics two = join("two", pool(database));
        for (ActorTestKit kit : kits) {
            awaitListed(kit, 2);
        }
        Instant now = Instant.now();
        for (int i = 0; i < 10; i++) {
            one.actor().tell(Samples.attempt(LARGE, now, i < 6 ? null : FailureKind.SERVER_ERROR));
            two.actor().tell(Samples.attempt(SMALL, now, null));
        }
        long told = System.nanoTime();
        await().atMost(Duration.ofSeconds(5)).untilAsserted(() -> {
            assertThat(two.snapshot().of(LARGE).attempts()).isEqualTo(10);
            assertThat(two.snapshot().of(LARGE).successes()).isEqualTo(6);
            assertThat(one.snapshot().of(SMALL).successes()).isEqualTo(10);
        });
        assertThat(Duration.ofNanos(System.nanoTime() - told)).isLessThan(Duration.ofSeconds(5));

        get(one.drain());
        get(two.drain());
        Statistics three = join("three", pool(database));
        await().until(() -> three.snapshot().of(LARGE).successes() == 6
                && three.snapshot().of(SMALL).successes() == 10);
    }

    @Test
    void aRequestShowsInTailLogAndAnalytics() throws Exception {
        Statistics statistics = join("one", pool(TestDatabases.fresh(DatabaseConfig.Kind.H2)));
        List<RequestEnded> live = new CopyOnWriteArrayList<>();
        statistics.follow(live::add);
        await().until(() -> {
            statistics.actor().tell(Samples.request("r", Instant.now(), LARGE, 200));
            return !live.isEmpty();
        });
        statistics.actor().tell(Samples.attempt(SMALL, Instant.now(), FailureKind.BROKEN));
        int sent = statistics.recent().size();
        await().atMost(Duration.ofSeconds(3))
                .until(() -> get(statistics.analytics().requests(5_000)).size() >= sent);
        Analytics analytics = statistics.analytics();
        assertThat(get(analytics.summary(AnalyticsRange.HOUR)).requests()).isGreaterThanOrEqualTo(sent);
        await().atMost(Duration.ofSeconds(3))
                .until(() -> get(analytics.byModel(AnalyticsRange.DAY)).size() == 2);
        assertThat(get(analytics.byPlatform(AnalyticsRange.WEEK))).hasSize(2);
        assertThat(get(analytics.timeline(AnalyticsRange.MONTH))).hasSize(120);
        assertThat(get(analytics.errors(AnalyticsRange.HOUR)))
                .extracting(ErrorRow::kind)
                .containsExactly("broken");
    }

    @Test
    void rowsWaitWhileTheDatabaseIsAwayAndArriveWhenItIsBack() throws Exception {
        AtomicBoolean away = new AtomicBoolean(true);
        Statistics statistics = join("one", switchable(pool(TestDatabases.fresh(DatabaseConfig.Kind.H2)), away));
        for (int i = 0; i < 25; i++) {
            statistics.actor().tell(Samples.attempt(LARGE, Instant.now(), null));
            statistics.actor().tell(Samples.request("r" + i, Instant.now(), LARGE, 200));
        }
        await().until(() -> statistics.snapshot().of(LARGE).successes() == 25);
        assertThat(statistics.analytics().requests(10).toCompletableFuture()).failsWithin(Duration.ofSeconds(5));
        away.set(false);
        await().atMost(Duration.ofSeconds(15))
                .ignoreExceptions()
                .until(() -> get(statistics.analytics().requests(100)).size() == 25);
        assertThat(statistics.snapshot().of(LARGE).successes()).isEqualTo(25);
        assertThat(statistics.dropped()).isZero();
    }

    @Test
    void stoppingTheNodeWritesWhatWaits() throws Exception {
        DatabaseConfig database = TestDatabases.fresh(DatabaseConfig.Kind.H2);
        Statistics statistics = join("one", pool(database));
        for (int i = 0; i < 3_500; i++) {
            statistics.actor().tell(Samples.request("r" + i, Instant.now(), LARGE, 200));
        }
        statistics.actor().tell(Samples.attempt(LARGE, Instant.now(), null));
        kits.get(0).shutdownTestKit();
        Statistics next = join("one", pool(database));
        await().until(() -> next.snapshot().of(LARGE).successes() == 1);
        assertThat(get(next.analytics().summary(AnalyticsRange.HOUR)).requests())
                .isEqualTo(3_500);
    }

    private Statistics join(String node, DataSource database) {
        ActorTestKit kit = ActorTestKit.create("switchboard", CONFIG);
        kits.add(kit);
        Cluster cluster = Cluster.get(kit.system());
        cluster.manager()
                .tell(Join.create(Cluster.get(kits.get(0).system()).selfMember().address()));
        return Statistics.start(
                kit.system(),
                node,
                database,
                new SimpleMeterRegistry(),
                Clock.systemUTC(),
                StatisticsSettings.DEFAULT.withLogRetention(() -> Duration.ofDays(30)));
    }

    private static void awaitListed(ActorTestKit kit, int nodes) {
        TestProbe<Receptionist.Listing> listings = kit.createTestProbe();
        await().atMost(Duration.ofSeconds(30)).until(() -> {
            kit.system().receptionist().tell(Receptionist.find(StatisticsActor.KEY, listings.getRef()));
            return listings.receiveMessage()
                            .getServiceInstances(StatisticsActor.KEY)
                            .size()
                    == nodes;
        });
    }

    private DataSource pool(DatabaseConfig database) {
        HikariDataSource pool = database.openPool("test-" + pools.size(), 4);
        pools.add(pool);
        return pool;
    }

    private static DataSource switchable(DataSource pool, AtomicBoolean away) {
        return (DataSource) Proxy.newProxyInstance(
                DataSource.class.getClassLoader(), new Class<?>[] {DataSource.class}, (proxy, method, arguments) -> {
                    if (away.get()) {
                        throw new SQLException("the database is away", "08001");
                    }
                    try {
                        return method.invoke(pool, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private static <T> T get(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(10, TimeUnit.SECONDS);
    }
}
