package dev.switchboard.node.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import akka.Done;
import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.ManualTime;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.cluster.sharding.typed.javadsl.ClusterSharding;
import com.typesafe.config.ConfigFactory;
import dev.switchboard.node.persistence.MemoryStore;
import dev.switchboard.node.persistence.StateStore;
import dev.switchboard.node.persistence.TestClock;
import dev.switchboard.node.settings.Settings;
import dev.switchboard.node.sharding.Entities;
import dev.switchboard.protocol.domain.FailureKind;
import dev.switchboard.protocol.domain.KeyId;
import dev.switchboard.protocol.domain.Mode;
import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.domain.PlatformId;
import dev.switchboard.protocol.domain.SessionKey;
import dev.switchboard.protocol.session.Ban;
import dev.switchboard.protocol.session.InspectReply;
import dev.switchboard.protocol.session.Pin;
import dev.switchboard.protocol.session.RouteDecision;
import dev.switchboard.protocol.session.SessionCommand;
import dev.switchboard.protocol.session.SessionEffect;
import dev.switchboard.protocol.session.SessionEffect.PinDrop;
import dev.switchboard.protocol.session.SessionView;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SessionActorTest {
    private static final Duration TTL = Duration.ofMinutes(30);
    private static final Settings.Session SETTINGS =
            new Settings.Session(TTL, Duration.ofMinutes(30), Duration.ofMinutes(3));
    private static final SessionKey KEY = new SessionKey("s1");
    private static final String ROW = "session|s1";
    private static final ModelRef MODEL = ModelRef.of("alpha", "large");
    private static final KeyId PROVIDER_KEY = new KeyId("k1");
    private static final Pin PIN = new Pin(MODEL, PROVIDER_KEY);

    private final TestClock clock = new TestClock();
    private final MemoryStore<SessionState> store = new MemoryStore<>();
    private final SessionIndex index = new SessionIndex("node", clock);
    private ActorTestKit kit;
    private ManualTime time;
    private TestProbe<ClusterSharding.ShardCommand> shard;
    private TestProbe<SessionView> views;
    private final Entities<SessionCommand> entities = new Entities<>(id -> {
        throw new AssertionError("told through the region: " + id);
    });
    private TestProbe<InspectReply> inspections;
    private TestProbe<Done> done;

    @BeforeEach
    void start() {
        kit = ActorTestKit.create(ManualTime.config().withFallback(ConfigFactory.load()));
        time = ManualTime.get(kit.system());
        shard = kit.createTestProbe();
        views = kit.createTestProbe();
        inspections = kit.createTestProbe();
        done = kit.createTestProbe();
    }

    @AfterEach
    void stop() {
        kit.shutdownTestKit();
    }

    private ActorRef<SessionCommand> session() {
        return kit.spawn(SessionLoading.create(
                KEY, shard.ref(), new SessionContext(store, () -> SETTINGS, index, entities, clock)));
    }

    private void pass(Duration duration) {
        clock.advance(duration);
        time.timePasses(duration);
    }

    private SessionView open(ActorRef<SessionCommand> session) {
        session.tell(new SessionCommand.Open(Mode.BALANCED, views.ref()));
        return views.receiveMessage();
    }

    private InspectReply inspect(ActorRef<SessionCommand> session) {
        session.tell(new SessionCommand.Inspect(inspections.ref()));
        return inspections.receiveMessage();
    }

    private void succeed(ActorRef<SessionCommand> session) {
        session.tell(new SessionCommand.TurnSucceeded(MODEL, PROVIDER_KEY, true, null));
    }

    private void ban(ActorRef<SessionCommand> session, String platform, Duration length) {
        session.tell(new SessionCommand.AttemptFailed(
                MODEL,
                PROVIDER_KEY,
                new SessionEffect(
                        new Ban(new PlatformId(platform), clock.instant().plus(length), FailureKind.SERVER_ERROR),
                        PinDrop.KEEP)));
    }

    private void storePinned() {
        store.put(
                ROW,
                4,
                SessionState.EMPTY
                        .opened(Mode.BALANCED, clock.instant())
                        .succeeded(MODEL, PROVIDER_KEY, true, clock.instant()));
    }

    @Test
    void aSuccessIsPinnedAndStored() {
        ActorRef<SessionCommand> session = session();
        assertThat(open(session)).isEqualTo(new SessionView(null, List.of(), 1));
        succeed(session);
        assertThat(open(session)).isEqualTo(new SessionView(PIN, List.of(), 2));
        assertThat(store.state(ROW).pin()).isEqualTo(PIN);
    }

    @Test
    void aSteadyConversationCostsNoWriteATurn() {
        ActorRef<SessionCommand> session = session();
        for (int turn = 0; turn < 60; turn++) {
            open(session);
            succeed(session);
            pass(Duration.ofSeconds(5));
        }
        inspect(session);
        assertThat(store.writes()).as("5 minutes of turns").isBetween(5, 6);
        assertThat(store.state(ROW).turns()).isGreaterThan(40);
        assertThat(store.loads()).isEqualTo(1);
    }

    @Test
    void aSessionWithoutPinOrBansIsNotStored() {
        ActorRef<SessionCommand> session = session();
        for (int turn = 0; turn < 10; turn++) {
            open(session);
            pass(Duration.ofMinutes(1));
        }
        assertThat(store.writes()).isZero();
    }

    @Test
    void theStoredSessionIsBackAfterAStop() {
        ActorRef<SessionCommand> session = session();
        open(session);
        succeed(session);
        ban(session, "beta", Duration.ofMinutes(10));
        pass(Duration.ofSeconds(20));
        open(session);
        session.tell(SessionCommand.Stop.INSTANCE);
        views.expectTerminated(session);
        SessionView view = open(session());
        assertThat(view.pin()).isEqualTo(PIN);
        assertThat(view.bans()).hasSize(1);
        assertThat(view.turns()).isEqualTo(3);
        assertThat(store.state(ROW).lastUsed())
                .as("last use is written when the session stops")
                .isEqualTo(clock.instant());
    }

    @Test
    void everythingIsForgottenExactlyATimeToLiveAfterTheLastUse() {
        ActorRef<SessionCommand> session = session();
        open(session);
        succeed(session);
        pass(Duration.ofMinutes(10));
        open(session);
        pass(TTL.minusMillis(1));
        assertThat(inspect(session)).isInstanceOf(InspectReply.Found.class);
        shard.expectNoMessage();
        pass(Duration.ofMillis(1));
        shard.expectMessage(new ClusterSharding.Passivate<>(session.unsafeUpcast()));
        assertThat(inspect(session)).isEqualTo(new InspectReply.Unknown("s1"));
        assertThat(store.row(ROW).revision()).isZero();
        assertThat(index.count()).isZero();
    }

    @Test
    void aRowThatOutlivedItsTimeIsNotUsed() {
        storePinned();
        clock.advance(TTL);
        assertThat(open(session())).isEqualTo(new SessionView(null, List.of(), 1));
    }

    @Test
    void bansEndByTimeWithoutAWrite() {
        ActorRef<SessionCommand> session = session();
        ban(session, "alpha", Duration.ofSeconds(30));
        assertThat(open(session).bans()).hasSize(1);
        int writes = store.writes();
        pass(Duration.ofSeconds(30));
        assertThat(open(session).bans()).isEmpty();
        assertThat(store.writes()).isEqualTo(writes);
    }

    @Test
    void anUnknownSessionSaysSoAndLeaves() {
        ActorRef<SessionCommand> session = session();
        assertThat(inspect(session)).isEqualTo(new InspectReply.Unknown("s1"));
        shard.expectMessage(new ClusterSharding.Passivate<>(session.unsafeUpcast()));
        session.tell(SessionCommand.Stop.INSTANCE);
        views.expectTerminated(session);
        assertThat(store.writes()).isZero();
    }

    @Test
    void forgettingIsForGood() {
        ActorRef<SessionCommand> session = session();
        open(session);
        succeed(session);
        ban(session, "beta", Duration.ofMinutes(10));
        session.tell(new SessionCommand.Forget(done.ref()));
        done.receiveMessage();
        assertThat(store.row(ROW).revision()).isZero();
        succeed(session);
        assertThat(inspect(session)).as("the turn began before").isEqualTo(new InspectReply.Unknown("s1"));
        assertThat(open(session)).isEqualTo(new SessionView(null, List.of(), 1));
        succeed(session);
        assertThat(open(session).pin()).isEqualTo(PIN);
        assertThat(store.row(ROW).revision()).isEqualTo(1);
    }

    @Test
    void liftingABanIsAnsweredWhenStored() {
        ActorRef<SessionCommand> session = session();
        ban(session, "alpha", Duration.ofMinutes(10));
        assertThat(open(session).bans()).hasSize(1);
        store.mode(MemoryStore.Mode.HANGING);
        session.tell(new SessionCommand.LiftBan(new PlatformId("alpha"), done.ref()));
        assertThat(open(session).bans()).isEmpty();
        done.expectNoMessage();
        store.release();
        done.receiveMessage();
        session.tell(new SessionCommand.LiftBan(new PlatformId("alpha"), done.ref()));
        done.receiveMessage();
    }

    @Test
    void aSuccessBringsItsDecisionAlong() {
        ActorRef<SessionCommand> session = session();
        open(session);
        RouteDecision decision = new RouteDecision(clock.instant(), "r1", List.of(), List.of());
        session.tell(new SessionCommand.TurnSucceeded(MODEL, PROVIDER_KEY, true, decision));
        assertThat(((InspectReply.Found) inspect(session)).decisions()).containsExactly(decision);
        assertThat(open(session).pin()).isEqualTo(PIN);
    }

    @Test
    void aSessionIsToldDirectlyWhileItServes() {
        ActorRef<SessionCommand> session = session();
        open(session);
        assertThat(entities.of(KEY.value())).isEqualTo(session);
        session.tell(SessionCommand.Stop.INSTANCE);
        views.expectTerminated(session);
        assertThatThrownBy(() -> entities.of(KEY.value())).hasMessageContaining("told through the region");
    }

    @Test
    void theLastFiftyDecisionsAreKeptWithSixtyFourCandidates() {
        ActorRef<SessionCommand> session = session();
        open(session);
        List<RouteDecision.Candidate> candidates =
                Collections.nCopies(100, new RouteDecision.Candidate(MODEL, 1.0, null));
        for (int i = 1; i <= 60; i++) {
            session.tell(new SessionCommand.Trace(new RouteDecision(clock.instant(), "r" + i, candidates, List.of())));
        }
        InspectReply.Found found = (InspectReply.Found) inspect(session);
        assertThat(found.decisions()).hasSize(50);
        assertThat(found.decisions().get(0).requestId()).isEqualTo("r11");
        assertThat(found.decisions().get(49).requestId()).isEqualTo("r60");
        assertThat(found.decisions())
                .allSatisfy(decision -> assertThat(decision.candidates()).hasSize(64));
    }

    @Test
    void aSlowDatabaseIsWaitedForThenMerged() {
        storePinned();
        store.mode(MemoryStore.Mode.HANGING);
        ActorRef<SessionCommand> session = session();
        session.tell(new SessionCommand.Open(Mode.BALANCED, views.ref()));
        await().until(() -> store.hanging() == 1);
        views.expectNoMessage();
        pass(SessionLoading.PATIENCE);
        views.expectNoMessage();
        pass(SessionLoading.SLOW_PATIENCE.minus(SessionLoading.PATIENCE));
        assertThat(views.receiveMessage()).isEqualTo(new SessionView(null, List.of(), 1));
        ban(session, "beta", Duration.ofMinutes(10));
        store.mode(MemoryStore.Mode.NORMAL);
        store.release();
        SessionView view = open(session);
        assertThat(view.pin()).isEqualTo(PIN);
        assertThat(view.bans()).hasSize(1);
        assertThat(view.turns()).isEqualTo(3);
        StateStore.Loaded<SessionState> row = store.row(ROW);
        assertThat(row.revision()).isEqualTo(5);
        assertThat(store.state(ROW).bans()).hasSize(1);
        assertThat(store.state(ROW).pin()).isEqualTo(PIN);
    }

    @Test
    void aTurnThatDidNotKnowThePinDoesNotMoveIt() {
        storePinned();
        store.mode(MemoryStore.Mode.HANGING);
        ActorRef<SessionCommand> session = session();
        session.tell(new SessionCommand.Open(Mode.BALANCED, views.ref()));
        await().until(() -> store.hanging() == 1);
        pass(SessionLoading.SLOW_PATIENCE);
        assertThat(views.receiveMessage().pin()).isNull();
        session.tell(new SessionCommand.TurnSucceeded(ModelRef.of("beta", "b"), PROVIDER_KEY, true, null));
        assertThat(open(session).pin()).isEqualTo(new Pin(ModelRef.of("beta", "b"), PROVIDER_KEY));
        store.mode(MemoryStore.Mode.NORMAL);
        store.release();
        assertThat(open(session).pin()).isEqualTo(PIN);
    }

    @Test
    void aReadThatFailsOnceIsRepeatedAndThePinIsThere() {
        storePinned();
        store.mode(MemoryStore.Mode.HANGING);
        ActorRef<SessionCommand> session = session();
        session.tell(new SessionCommand.Open(Mode.BALANCED, views.ref()));
        await().until(() -> store.hanging() == 1);
        store.mode(MemoryStore.Mode.NORMAL);
        store.failHanging(new IllegalStateException("connection reset"));
        views.expectNoMessage();
        pass(SessionLoading.READ_AGAIN);
        assertThat(views.receiveMessage().pin()).isEqualTo(PIN);
    }

    @Test
    void whileTheDatabaseIsAwayItServesAndWritesLater() {
        storePinned();
        store.mode(MemoryStore.Mode.AWAY);
        ActorRef<SessionCommand> session = session();
        session.tell(new SessionCommand.Open(Mode.BALANCED, views.ref()));
        views.expectNoMessage();
        pass(SessionLoading.PATIENCE);
        assertThat(views.receiveMessage()).isEqualTo(new SessionView(null, List.of(), 1));
        session.tell(new SessionCommand.AttemptFailed(MODEL, PROVIDER_KEY, new SessionEffect(null, PinDrop.IF_MODEL)));
        ModelRef other = ModelRef.of("beta", "b");
        session.tell(new SessionCommand.TurnSucceeded(other, PROVIDER_KEY, true, null));
        assertThat(open(session).pin()).isEqualTo(new Pin(other, PROVIDER_KEY));
        store.mode(MemoryStore.Mode.NORMAL);
        pass(Duration.ofSeconds(2));
        await().until(() -> store.row(ROW).revision() == 5);
        assertThat(open(session).pin()).isEqualTo(new Pin(other, PROVIDER_KEY));
        assertThat(store.state(ROW).pin()).isEqualTo(new Pin(other, PROVIDER_KEY));
    }

    @Test
    void anUnreadableRowStopsTheSessionAndIsNotOverwritten() {
        storePinned();
        StateStore.Loaded<SessionState> before = store.row(ROW);
        store.mode(MemoryStore.Mode.UNREADABLE);
        ActorRef<SessionCommand> session = session();
        views.expectTerminated(session);
        assertThat(store.row(ROW)).isEqualTo(before);
        assertThat(store.writes()).isZero();
    }

    @Test
    void askersOfAnUnreadableSessionAreAnswered() {
        store.mode(MemoryStore.Mode.HANGING);
        ActorRef<SessionCommand> session = session();
        session.tell(new SessionCommand.Open(Mode.BALANCED, views.ref()));
        session.tell(new SessionCommand.Inspect(inspections.ref()));
        await().until(() -> store.hanging() == 1);
        store.failHanging(new StateStore.UnreadableStateException(ROW, null));
        views.expectMessage(SessionView.EMPTY);
        inspections.expectMessage(new InspectReply.Unknown("s1"));
        views.expectTerminated(session);
    }

    @Test
    void aWriteThatHangsDoesNotKeepASessionFromStopping() {
        ActorRef<SessionCommand> session = session();
        open(session);
        store.mode(MemoryStore.Mode.HANGING);
        succeed(session);
        open(session);
        session.tell(SessionCommand.Stop.INSTANCE);
        assertThat(open(session).pin()).as("serves until it stops").isEqualTo(PIN);
        pass(SessionActor.STOP_DEADLINE);
        views.expectTerminated(session);
        assertThat(index.count()).isZero();
    }

    @Test
    void aSessionThatIsLoadingStopsAtOnce() {
        store.mode(MemoryStore.Mode.HANGING);
        ActorRef<SessionCommand> session = session();
        session.tell(SessionCommand.Stop.INSTANCE);
        views.expectTerminated(session);
    }

    @Test
    void whatWaitsForTheDatabaseIsStoredBeforeTheStop() {
        store.mode(MemoryStore.Mode.HANGING);
        ActorRef<SessionCommand> session = session();
        succeed(session);
        session.tell(SessionCommand.Stop.INSTANCE);
        open(session);
        store.mode(MemoryStore.Mode.NORMAL);
        store.release();
        views.expectTerminated(session);
        assertThat(store.state(ROW).pin()).isEqualTo(PIN);
    }

    @Test
    void aBlindSessionStopsAtTheDeadlineToo() {
        store.mode(MemoryStore.Mode.AWAY);
        ActorRef<SessionCommand> session = session();
        session.tell(new SessionCommand.Open(Mode.BALANCED, views.ref()));
        views.expectNoMessage();
        pass(SessionLoading.PATIENCE);
        views.receiveMessage();
        succeed(session);
        session.tell(SessionCommand.Stop.INSTANCE);
        open(session);
        pass(SessionActor.STOP_DEADLINE);
        views.expectTerminated(session);
    }

    @Test
    void aWriteThatWaitsIsFinishedBeforeTheStop() {
        ActorRef<SessionCommand> session = session();
        open(session);
        store.mode(MemoryStore.Mode.HANGING);
        succeed(session);
        open(session);
        session.tell(SessionCommand.Stop.INSTANCE);
        open(session);
        store.mode(MemoryStore.Mode.NORMAL);
        store.release();
        views.expectTerminated(session);
        assertThat(store.state(ROW).pin()).isEqualTo(PIN);
    }

    @Test
    void aRowWrittenBySomebodyElseEndsThisOwner() {
        ActorRef<SessionCommand> session = session();
        open(session);
        storePinned();
        ban(session, "beta", Duration.ofMinutes(1));
        views.expectTerminated(session);
        assertThat(store.row(ROW).revision()).isEqualTo(4);
    }

    @Test
    void theIndexShowsTheSession() {
        ActorRef<SessionCommand> session = session();
        open(session);
        succeed(session);
        open(session);
        inspect(session);
        assertThat(index.search("alpha/large", 5)).singleElement().satisfies(summary -> assertThat(summary.turns())
                .isEqualTo(2));
    }

    @Test
    void tooManyEarlyMessagesDoNotWaitForTheDatabase() {
        store.mode(MemoryStore.Mode.HANGING);
        ActorRef<SessionCommand> session = session();
        for (int i = 0; i < 200; i++) {
            session.tell(new SessionCommand.Open(Mode.BALANCED, views.ref()));
        }
        assertThat(views.receiveSeveralMessages(200)).hasSize(200);
    }
}
