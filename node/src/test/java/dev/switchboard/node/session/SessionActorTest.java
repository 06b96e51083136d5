package dev.switchboard.node.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.actor.typed.ActorRef;
import akka.cluster.sharding.typed.javadsl.ClusterSharding;
import dev.switchboard.node.persistence.MemoryStore;
import dev.switchboard.protocol.domain.PlatformId;
import dev.switchboard.protocol.session.InspectReply;
import dev.switchboard.protocol.session.RouteDecision;
import dev.switchboard.protocol.session.SessionCommand;
import dev.switchboard.protocol.session.SessionView;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a session remembers, answers, keeps and forgets. */
class SessionActorTest extends SessionRig {
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
    void theIndexShowsTheSession() {
        ActorRef<SessionCommand> session = session();
        open(session);
        succeed(session);
        open(session);
        inspect(session);
        assertThat(index.search("alpha/large", 5)).singleElement().satisfies(summary -> assertThat(summary.turns())
                .isEqualTo(2));
    }
}
