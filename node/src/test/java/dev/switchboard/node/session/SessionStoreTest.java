package dev.switchboard.node.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import akka.actor.typed.ActorRef;
import dev.switchboard.node.persistence.MemoryStore;
import dev.switchboard.node.persistence.StateStore;
import dev.switchboard.protocol.domain.FailureKind;
import dev.switchboard.protocol.domain.Mode;
import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.session.Ban;
import dev.switchboard.protocol.session.InspectReply;
import dev.switchboard.protocol.session.Pin;
import dev.switchboard.protocol.session.SessionCommand;
import dev.switchboard.protocol.session.SessionEffect;
import dev.switchboard.protocol.session.SessionEffect.PinDrop;
import dev.switchboard.protocol.session.SessionView;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A session whose database is slow, away or at odds with it, and its end. */
class SessionStoreTest extends SessionRig {
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
        await().until(() -> index.count() == 1);
        store.mode(MemoryStore.Mode.NORMAL);
        store.release();
        views.expectTerminated(session);
        assertThat(store.state(ROW).pin()).isEqualTo(PIN);
    }

    /** A session that is moved twice in a row: the second move comes while it is loading. */
    @Test
    void whoWaitsForThePinIsNotToldThatThereIsNoneBeforeTheStop() {
        storePinned();
        store.mode(MemoryStore.Mode.HANGING);
        ActorRef<SessionCommand> session = session();
        session.tell(new SessionCommand.Open(Mode.BALANCED, views.ref()));
        session.tell(SessionCommand.Stop.INSTANCE);
        views.expectTerminated(session);
        views.expectNoMessage();

        session = session();
        session.tell(new SessionCommand.Open(Mode.BALANCED, views.ref()));
        session.tell(new SessionCommand.AttemptFailed(
                MODEL,
                PROVIDER_KEY,
                new SessionEffect(
                        new Ban(
                                ModelRef.of("beta", "b").platform(),
                                clock.instant().plusSeconds(600),
                                FailureKind.TIMEOUT),
                        PinDrop.KEEP)));
        session.tell(SessionCommand.Stop.INSTANCE);
        session.tell(new SessionCommand.Open(Mode.BALANCED, views.ref()));
        await().until(() -> index.count() == 1);
        views.expectNoMessage();
        store.mode(MemoryStore.Mode.NORMAL);
        store.release();
        views.expectTerminated(session);
        views.expectNoMessage();
        assertThat(store.state(ROW).pin()).isEqualTo(PIN);
        assertThat(store.state(ROW).bans()).hasSize(1);
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
        open(session);
        session.tell(SessionCommand.Stop.INSTANCE);
        session.tell(new SessionCommand.Open(Mode.BALANCED, views.ref()));
        views.expectNoMessage();
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
    void tooManyEarlyMessagesDoNotWaitForTheDatabase() {
        store.mode(MemoryStore.Mode.HANGING);
        ActorRef<SessionCommand> session = session();
        for (int i = 0; i < 200; i++) {
            session.tell(new SessionCommand.Open(Mode.BALANCED, views.ref()));
        }
        assertThat(views.receiveSeveralMessages(200)).hasSize(200);
    }
}
