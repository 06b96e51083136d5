package dev.switchboard.node.turn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import akka.Done;
import akka.actor.testkit.typed.javadsl.LoggingTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import dev.switchboard.protocol.domain.FailureKind;
import dev.switchboard.protocol.domain.LeaseId;
import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.domain.PlatformId;
import dev.switchboard.protocol.provider.GrantNumber;
import dev.switchboard.protocol.provider.LeaseReply;
import dev.switchboard.protocol.provider.LeaseResult;
import dev.switchboard.protocol.provider.ProviderCommand;
import dev.switchboard.protocol.provider.ProviderCommand.EndedLease;
import dev.switchboard.protocol.session.SessionCommand;
import dev.switchboard.protocol.turn.AnnounceLeases;
import dev.switchboard.protocol.turn.TurnMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** The life of a request against owners that the test plays, with time that it moves. */
class TurnActorTest extends TurnRig {
    @Test
    void aTurnThatCrashesIsLoggedWithItsRequestIdAndAnswered() throws Exception {
        ActorRef<TurnMessage> actor = kit.spawn(TurnActor.create(
                services(() -> {
                    throw new IllegalStateException("no luck today");
                }),
                pool,
                guardian.ref()));

        LoggingTestKit.error("no luck today")
                .withMdc(Map.of("requestId", "r-1"))
                .expect(kit.system(), () -> {
                    begin(actor, promise);
                    openSession();
                    return null;
                });
        session.expectTerminated(actor);
        assertThat(pool.take()).isNull();
        assertThat(refusal().status()).isEqualTo(500);
        assertThat(refusal().type()).isEqualTo("internal_error");
        assertThat(inFlight.count()).isZero();
    }

    @Test
    void aSilentSessionIsAskedAgainAndThenDoneWithout() throws Exception {
        turn();
        for (int i = 0; i < 24; i++) {
            session.expectMessageClass(SessionCommand.Open.class);
            passes(Duration.ofSeconds(1));
        }
        assertThat(provider.expectMessageClass(ProviderCommand.Acquire.class).model())
                .isEqualTo(FIRST);
        session.expectNoMessage(Duration.ofMillis(100));
    }

    @Test
    void aSilentOwnerIsAskedAgainForTheSameLease() throws Exception {
        turn();
        openSession();
        ProviderCommand.Acquire first = provider.expectMessageClass(ProviderCommand.Acquire.class);
        passes(Duration.ofSeconds(1));
        ProviderCommand.Acquire again = provider.expectMessageClass(ProviderCommand.Acquire.class);
        assertThat(again.lease()).isEqualTo(first.lease());
        // Both answers are about the same lease: the first to come counts, the other is nobody's any more.
        first.replyTo().tell(new LeaseReply.Granted(first.lease(), KEY, false, null));
        again.replyTo().tell(new LeaseReply.Granted(first.lease(), KEY, false, null));
        await().until(() -> inFlight.leases() == 1 && upstream.connections() == 1);
        provider.expectNoMessage(Duration.ofMillis(100));
        assertThat(upstream.connections()).isEqualTo(1);
    }

    @Test
    void anOwnerSilentForTooLongIsPassedOverAndItsLeaseWithdrawn() throws Exception {
        turn();
        openSession();
        ProviderCommand.Acquire last = null;
        for (int i = 0; i < 12; i++) {
            last = provider.expectMessageClass(ProviderCommand.Acquire.class);
            passes(Duration.ofSeconds(1));
        }
        ProviderCommand.Settle settle = provider.expectMessageClass(ProviderCommand.Settle.class);
        assertThat(settle.lease()).isEqualTo(last.lease());
        assertThat(settle.result()).isInstanceOf(LeaseResult.Cancelled.class);
        assertThat(provider.expectMessageClass(ProviderCommand.Acquire.class).model())
                .isEqualTo(SECOND);
    }

    @Test
    void theBudgetEndsTheAttemptThatRuns() throws Exception {
        turn();
        ProviderCommand.Acquire lease = underWay();
        passes(settings.routing().budget());
        ProviderCommand.Settle settle = provider.expectMessageClass(ProviderCommand.Settle.class);
        assertThat(settle.lease()).isEqualTo(lease.lease());
        assertThat(((LeaseResult.Failed) settle.result()).kind()).isEqualTo(FailureKind.TIMEOUT);
        assertThat(refusal().status()).isEqualTo(504);
        assertThat(attempts()).containsExactly(FailureKind.TIMEOUT);
        provider.expectNoMessage(Duration.ofMillis(100));
        assertThat(inFlight.count()).isZero();
    }

    @Test
    void theCallerIsAnsweredWhenItsSessionKnowsOfTheFailure() throws Exception {
        heard = new CompletableFuture<>();
        turn();
        underWay();
        passes(settings.routing().budget());
        session.expectMessageClass(SessionCommand.AttemptFailed.class);
        await().until(() -> inFlight.count() == 0);
        assertThat(promise).isNotDone();
        heard.complete(Done.getInstance());
        assertThat(refusal().status()).isEqualTo(504);
    }

    @Test
    void aClientThatLeavesBeforeTheLeaseLeavesNoneBehind() throws Exception {
        turn();
        openSession();
        ProviderCommand.Acquire asked = provider.expectMessageClass(ProviderCommand.Acquire.class);
        for (int i = 0; i < 10; i++) {
            passes(Duration.ofSeconds(1));
            asked = provider.expectMessageClass(ProviderCommand.Acquire.class);
        }
        clientGone.forEach(Runnable::run);
        ProviderCommand.Settle settle = provider.expectMessageClass(ProviderCommand.Settle.class);
        assertThat(settle.lease()).isEqualTo(asked.lease());
        assertThat(settle.result()).isInstanceOf(LeaseResult.Cancelled.class);
        // A grant that is late finds nobody.
        asked.replyTo().tell(new LeaseReply.Granted(asked.lease(), KEY, false, null));
        provider.expectNoMessage(Duration.ofMillis(100));
        assertThat(upstream.connections()).isZero();
        assertThat(attempts()).isEmpty();
    }

    @Test
    void aClientThatLeavesEndsTheAttemptOnce() throws Exception {
        turn();
        underWay();
        clientGone.forEach(Runnable::run);
        clientGone.forEach(Runnable::run);
        assertThat(provider.expectMessageClass(ProviderCommand.Settle.class).result())
                .isInstanceOf(LeaseResult.Cancelled.class);
        await().untilAsserted(() -> assertThat(attempts()).containsExactly(FailureKind.CANCELLED));
        assertThat(reports).isEmpty();
        session.expectMessageClass(SessionCommand.Trace.class);
        session.expectNoMessage(Duration.ofMillis(100));
    }

    @Test
    void aRestartedOwnerIsToldOfTheLease() throws Exception {
        ActorRef<TurnMessage> turn = turn();
        ProviderCommand.Acquire lease = underWay();
        turn.tell(new AnnounceLeases(new PlatformId("beta"), false));
        turn.tell(new AnnounceLeases(new PlatformId("alpha"), false));
        ProviderCommand.Announce told = provider.expectMessageClass(ProviderCommand.Announce.class);
        assertThat(told.lease()).isEqualTo(lease.lease());
        assertThat(told.model()).isEqualTo(FIRST);
        assertThat(told.key()).isEqualTo(KEY);
        assertThat(told.owner()).isEqualTo(turn);
        provider.expectNoMessage(Duration.ofMillis(100));
    }

    @Test
    void aRestartedOwnerIsToldOfItsLeasesThatHaveEndedIfItAsks() throws Exception {
        TurnServices services = services();
        for (int i = 0; i < RecentLeases.KEPT + 150; i++) {
            ModelRef model = i < RecentLeases.KEPT ? SECOND : FIRST;
            LeaseReply.Granted granted =
                    new LeaseReply.Granted(new LeaseId("l-" + i), KEY, false, new GrantNumber(1, i));
            services.recentLeases()
                    .ended(new HeldLease(granted, model, false, clock.instant()), new LeaseResult.Cancelled());
        }
        ActorRef<TurnGuardian.Command> parent = kit.spawn(TurnGuardian.create(services, pool));
        parent.tell(new TurnGuardian.Announce(new AnnounceLeases(FIRST.platform(), false)));
        provider.expectNoMessage(Duration.ofMillis(100));
        parent.tell(new TurnGuardian.Announce(new AnnounceLeases(FIRST.platform(), true)));
        List<EndedLease> told = new ArrayList<>();
        for (int most : List.of(TurnGuardian.TOLD_AT_ONCE, 50)) {
            List<EndedLease> some =
                    provider.expectMessageClass(ProviderCommand.Recall.class).leases();
            assertThat(some).hasSize(most);
            told.addAll(some);
        }
        assertThat(told).extracting(EndedLease::model).containsOnly(FIRST);
        assertThat(services.recentLeases().on(SECOND.platform())).hasSize(RecentLeases.KEPT - 150);
    }

    @Test
    void anEndedLeaseIsRememberedWithItsGrant() throws Exception {
        TurnServices services = services();
        ActorRef<TurnMessage> actor = kit.spawn(TurnActor.create(services, pool, guardian.ref(), nanos::get));
        begin(actor, promise);
        openSession();
        ProviderCommand.Acquire ask = provider.expectMessageClass(ProviderCommand.Acquire.class);
        GrantNumber grant = new GrantNumber(7, 8);
        ask.replyTo().tell(new LeaseReply.Granted(ask.lease(), KEY, false, grant));
        await().until(() -> upstream.connections() == 1);
        clientGone.forEach(Runnable::run);
        provider.expectMessageClass(ProviderCommand.Settle.class);
        assertThat(services.recentLeases().on(FIRST.platform()))
                .containsExactly(
                        new EndedLease(ask.lease(), FIRST, KEY, grant, clock.instant(), new LeaseResult.Cancelled()));
    }

    @Test
    void aLeaseOnAKeyThatIsGoneIsNobodysFailure() throws Exception {
        turn();
        openSession();
        grant("removed");
        assertThat(provider.expectMessageClass(ProviderCommand.Settle.class).result())
                .isInstanceOf(LeaseResult.Cancelled.class);
        assertThat(provider.expectMessageClass(ProviderCommand.Acquire.class).model())
                .isEqualTo(SECOND);
        assertThat(reports).isEmpty();
        assertThat(upstream.connections()).isZero();
    }

    @Test
    void aStoppingNodeWaitsThenInterruptsAndTakesNothingNew() throws Exception {
        ActorRef<TurnGuardian.Command> parent = kit.spawn(TurnGuardian.create(services(), pool));
        Turns turns = new Turns(pool, parent);
        CompletionStage<TurnReply> answer = turns.run(request());
        underWay();
        TestProbe<Done> done = kit.createTestProbe(Done.class);
        parent.tell(new TurnGuardian.Drain(Duration.ofSeconds(2), Duration.ofSeconds(30), done.getRef()));
        done.expectNoMessage(Duration.ofMillis(100));
        passes(Duration.ofSeconds(2));
        TurnRequest late = request();
        await().until(() ->
                refusal(turns.run(late)).map(TurnReply.Refusal::status).equals(Optional.of(503)));
        passes(Duration.ofSeconds(27));
        done.expectNoMessage(Duration.ofMillis(100));
        assertThat(answer.toCompletableFuture()).isNotDone();
        passes(Duration.ofSeconds(1));
        assertThat(provider.expectMessageClass(ProviderCommand.Settle.class).result())
                .isInstanceOf(LeaseResult.Cancelled.class);
        await().until(() -> refusal(answer).map(TurnReply.Refusal::status).equals(Optional.of(503)));
        done.expectMessage(Done.getInstance());
        assertThat(attempts()).containsExactly(FailureKind.CANCELLED);
    }

    @Test
    void anActorServesOneTurnAfterTheOther() throws Exception {
        ActorRef<TurnMessage> actor = turn();
        underWay();
        Runnable firstClientGoes = clientGone.get(0);
        firstClientGoes.run();
        provider.expectMessageClass(ProviderCommand.Settle.class);
        await().until(promise::isDone);
        await().untilAsserted(() -> assertThat(pool.take()).isEqualTo(actor));

        CompletableFuture<TurnReply> second = new CompletableFuture<>();
        session.expectMessageClass(SessionCommand.Trace.class);
        Duration later = Duration.ofSeconds(5);
        passes(later);
        begin(actor, second);
        openSession();
        ProviderCommand.Acquire asked = grant("alpha-1");
        assertThat(asked.owner()).isEqualTo(actor);
        await().until(() -> inFlight.leases() == 1);
        // What belongs to the first turn is nothing to the second: its client, and the clock of its budget.
        firstClientGoes.run();
        passes(settings.routing().budget().minus(later));
        provider.expectNoMessage(Duration.ofMillis(100));
        assertThat(second).isNotDone();
        passes(later);
        assertThat(((LeaseResult.Failed) provider.expectMessageClass(ProviderCommand.Settle.class)
                                .result())
                        .kind())
                .isEqualTo(FailureKind.TIMEOUT);
        await().until(second::isDone);
    }

    @Test
    void anActorThatASessionStillOwesAnAnswerServesNoOtherTurn() throws Exception {
        ActorRef<TurnMessage> actor = turn();
        session.expectMessageClass(SessionCommand.Open.class);
        clientGone.forEach(Runnable::run);
        session.expectTerminated(actor);
        assertThat(pool.take()).isNull();
    }
}
