package dev.switchboard.node.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import com.typesafe.config.ConfigFactory;
import com.zaxxer.hikari.HikariDataSource;
import dev.switchboard.node.persistence.DatabaseConfig;
import dev.switchboard.node.persistence.TestClock;
import dev.switchboard.node.persistence.TestDatabases;
import java.lang.reflect.Proxy;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ResponseMemoryTest {
    private static ActorTestKit kit;

    private final TestClock clock = new TestClock();

    @BeforeAll
    static void start() {
        kit = ActorTestKit.create(ConfigFactory.parseString(
                        "switchboard.blocking-dispatcher { type = Dispatcher, executor = thread-pool-executor,"
                                + " thread-pool-executor.fixed-pool-size = 2 }")
                .withFallback(ConfigFactory.load()));
    }

    @AfterAll
    static void stop() {
        kit.shutdownTestKit();
    }

    private ResponseMemory node(DataSource database) {
        return ResponseMemory.start(kit.system(), database, clock);
    }

    private static <T> T get(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @EnumSource(DatabaseConfig.Kind.class)
    void everyNodeKnowsAResponseForHalfAnHourAfterItsLastUse(DatabaseConfig.Kind kind) throws Exception {
        try (HikariDataSource pool = TestDatabases.fresh(kind).openPool("memory-test", 2)) {
            ResponseMemory one = node(pool);
            ResponseMemory other = node(pool);
            String body = "{\"text\":\"é漢😀\"}".repeat(10_000);

            get(one.keep("resp_a", "alice", body, "r-1"));
            assertThat(get(other.find("resp_a", "alice"))).contains(body);
            assertThat(get(other.find("resp_a", "mallory"))).isEmpty();
            assertThat(get(other.find("resp_b", "alice"))).isEmpty();

            clock.advance(Duration.ofMinutes(29));
            assertThat(get(other.find("resp_a", "alice"))).isPresent();
            clock.advance(Duration.ofMinutes(29));
            assertThat(get(one.find("resp_a", "alice"))).isPresent();
            clock.advance(Duration.ofMinutes(31));
            assertThat(get(one.find("resp_a", "alice"))).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(DatabaseConfig.Kind.class)
    void whatIsForgottenOnOneNodeIsForgottenOnAll(DatabaseConfig.Kind kind) throws Exception {
        try (HikariDataSource pool = TestDatabases.fresh(kind).openPool("memory-test", 2)) {
            ResponseMemory one = node(pool);
            ResponseMemory other = node(pool);
            get(one.keep("resp_a", "alice", "{}", "r-1"));

            assertThat(get(other.forget("resp_a", "mallory"))).isFalse();
            assertThat(get(other.forget("resp_a", "alice"))).isTrue();
            assertThat(get(other.forget("resp_a", "alice"))).isFalse();
            assertThat(get(one.find("resp_a", "alice"))).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(value = DatabaseConfig.Kind.class, names = "H2")
    void whileTheDatabaseIsAwayTheNodeRemembersAloneAndWritesLater(DatabaseConfig.Kind kind) throws Exception {
        try (HikariDataSource pool = TestDatabases.fresh(kind).openPool("memory-test", 2)) {
            AtomicBoolean away = new AtomicBoolean(true);
            DataSource flaky = (DataSource) Proxy.newProxyInstance(
                    getClass().getClassLoader(), new Class<?>[] {DataSource.class}, (proxy, method, arguments) -> {
                        if (away.get()) {
                            throw new SQLException("away");
                        }
                        return method.invoke(pool, arguments);
                    });
            ResponseMemory one = node(flaky);
            ResponseMemory other = node(pool);

            get(one.keep("resp_a", "alice", "{}", "r-1"));
            assertThat(get(one.find("resp_a", "alice"))).contains("{}");
            assertThat(get(other.find("resp_a", "alice"))).isEmpty();
            assertThatThrownBy(() -> get(one.find("resp_b", "alice"))).hasRootCauseInstanceOf(SQLException.class);

            away.set(false);
            await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(get(other.find("resp_a", "alice")))
                    .isPresent());
        }
    }
}
