package dev.switchboard.node.session;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.cluster.sharding.typed.javadsl.ClusterSharding;
import dev.switchboard.node.persistence.DatabaseConfig;
import dev.switchboard.node.persistence.JdbcStateStore;
import dev.switchboard.node.persistence.TestDatabases;
import dev.switchboard.node.settings.Settings;
import dev.switchboard.node.sharding.Entities;
import dev.switchboard.protocol.domain.FailureKind;
import dev.switchboard.protocol.domain.KeyId;
import dev.switchboard.protocol.domain.Mode;
import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.domain.PlatformId;
import dev.switchboard.protocol.domain.SessionKey;
import dev.switchboard.protocol.session.Ban;
import dev.switchboard.protocol.session.Pin;
import dev.switchboard.protocol.session.SessionCommand;
import dev.switchboard.protocol.session.SessionEffect;
import dev.switchboard.protocol.session.SessionView;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A session on real databases, with a restart of the whole system between. */
class SessionPersistenceTest {
    private static final Settings.Session SETTINGS =
            new Settings.Session(Duration.ofMinutes(30), Duration.ofMinutes(30), Duration.ofMinutes(3));
    private static final SessionKey KEY = new SessionKey("p1");
    private static final ModelRef MODEL = ModelRef.of("alpha", "vendor/large:free");
    private static final KeyId PROVIDER_KEY = new KeyId("k1");

    private interface Run {
        void in(ActorTestKit kit, JdbcStateStore<SessionState> store) throws Exception;
    }

    private static void withSystem(DatabaseConfig database, Run run) throws Exception {
        ActorTestKit kit = ActorTestKit.create("session", TestDatabases.systemConfig(database));
        try {
            run.in(kit, new JdbcStateStore<>(kit.system(), SessionState.class));
        } finally {
            kit.shutdownTestKit();
        }
    }

    private static ActorRef<SessionCommand> session(ActorTestKit kit, JdbcStateStore<SessionState> store) {
        TestProbe<ClusterSharding.ShardCommand> shard = kit.createTestProbe();
        SessionIndex index = new SessionIndex("node", Clock.systemUTC());
        return kit.spawn(SessionLoading.create(
                KEY,
                shard.ref(),
                new SessionContext(
                        store,
                        () -> SETTINGS,
                        index,
                        new Entities<>(
                                id -> kit.<SessionCommand>createTestProbe().ref()),
                        Clock.systemUTC())));
    }

    private static SessionView open(ActorTestKit kit, ActorRef<SessionCommand> session) {
        TestProbe<SessionView> views = kit.createTestProbe();
        session.tell(new SessionCommand.Open(Mode.SMART, views.ref()));
        return views.receiveMessage(Duration.ofSeconds(10));
    }

    @ParameterizedTest
    @EnumSource
    void pinAndBansAreBackAfterARestart(DatabaseConfig.Kind kind) throws Exception {
        DatabaseConfig database = TestDatabases.fresh(kind);
        Instant until = Instant.now().plusSeconds(600);
        Ban ban = new Ban(new PlatformId("beta"), until, FailureKind.STALLED);
        withSystem(database, (kit, store) -> {
            ActorRef<SessionCommand> session = session(kit, store);
            assertThat(open(kit, session).pin()).isNull();
            session.tell(new SessionCommand.TurnSucceeded(MODEL, PROVIDER_KEY, true, null));
            session.tell(new SessionCommand.AttemptFailed(
                    ModelRef.of("beta", "b"), PROVIDER_KEY, new SessionEffect(ban, SessionEffect.PinDrop.KEEP)));
            session.tell(SessionCommand.Stop.INSTANCE);
            kit.createTestProbe().expectTerminated(session, Duration.ofSeconds(10));
        });
        withSystem(database, (kit, store) -> {
            SessionView view = open(kit, session(kit, store));
            assertThat(view.pin()).isEqualTo(new Pin(MODEL, PROVIDER_KEY));
            assertThat(view.bans()).containsExactly(ban);
            assertThat(view.turns()).isEqualTo(2);
        });
    }

    @ParameterizedTest
    @EnumSource
    void expiredRowsAreSweptAndOthersStay(DatabaseConfig.Kind kind) throws Exception {
        withSystem(TestDatabases.fresh(kind), (kit, store) -> {
            SessionState state = SessionState.EMPTY.opened(Mode.FAST, Instant.now());
            for (String id : new String[] {"session|a", "session|b", "other|c"}) {
                store.save(id, 1, state).toCompletableFuture().get(10, TimeUnit.SECONDS);
            }
            Instant past = Instant.now().minusSeconds(60);
            assertThat(store.sweep("session|", past).toCompletableFuture().get(10, TimeUnit.SECONDS))
                    .isZero();
            Instant future = Instant.now().plusSeconds(60);
            assertThat(store.sweep("session|", future).toCompletableFuture().get(10, TimeUnit.SECONDS))
                    .isEqualTo(2);
            assertThat(store.load("other|c")
                            .toCompletableFuture()
                            .get(10, TimeUnit.SECONDS)
                            .state())
                    .isEqualTo(state);
        });
    }

    @ParameterizedTest
    @EnumSource
    void whatNobodyOwnsIsListedWhileItLives(DatabaseConfig.Kind kind) throws Exception {
        withSystem(TestDatabases.fresh(kind), (kit, store) -> {
            Instant now = Instant.now();
            save(store, "session|older", SessionState.EMPTY.opened(Mode.FAST, now.minusSeconds(60)));
            save(store, "session|over", SessionState.EMPTY.opened(Mode.FAST, now.minus(SETTINGS.ttl())));
            save(
                    store,
                    "session|newer",
                    SessionState.EMPTY.opened(Mode.SMART, now).succeeded(MODEL, PROVIDER_KEY, true, now));
            save(store, "other|session", SessionState.EMPTY.opened(Mode.FAST, now));
            StoredSessions stored = new StoredSessions(store, () -> SETTINGS, Clock.systemUTC());
            assertThat(keys(stored, "", 10)).containsExactly("newer", "older");
            assertThat(keys(stored, "", 1)).containsExactly("newer");
            assertThat(keys(stored, "LARGE", 10)).containsExactly("newer");
            assertThat(keys(stored, "fast", 10)).containsExactly("older");
            Clock later = Clock.offset(Clock.systemUTC(), SETTINGS.ttl());
            assertThat(keys(new StoredSessions(store, () -> SETTINGS, later), "", 10))
                    .isEmpty();
        });
    }

    private static void save(JdbcStateStore<SessionState> store, String id, SessionState state) throws Exception {
        store.save(id, 1, state).toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    private static List<String> keys(StoredSessions stored, String query, int limit) throws Exception {
        return stored.search(query, limit).toCompletableFuture().get(10, TimeUnit.SECONDS).stream()
                .map(summary -> summary.key().value())
                .toList();
    }
}
