package dev.switchboard.node.provider;

import static dev.switchboard.node.provider.World.K1;
import static dev.switchboard.node.provider.World.LARGE;
import static dev.switchboard.node.provider.World.START;
import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.UnhandledMessage;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import dev.switchboard.protocol.cooldown.CooldownSnapshot;
import dev.switchboard.protocol.domain.FailureKind;
import dev.switchboard.protocol.domain.LeaseId;
import dev.switchboard.protocol.domain.Limits;
import dev.switchboard.protocol.provider.LeaseReply;
import dev.switchboard.protocol.provider.LeaseResult;
import dev.switchboard.protocol.provider.ProviderCommand;
import dev.switchboard.protocol.provider.ProviderReport;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The owner of a platform while it runs and when it stops. */
class ProviderActorTest extends ProviderRig {
    @Test
    void everyCommandIsHandled() {
        ActorRef<ProviderCommand> owner = owner();
        granted(owner, ask());
        TestProbe<UnhandledMessage> unhandled = kit.createUnhandledMessageProbe();
        List<ProviderCommand> one = List.of(
                ask().to(replies.ref()),
                new ProviderCommand.Settle(new LeaseId("x"), new LeaseResult.Cancelled()),
                ask().announce(K1, START),
                new ProviderCommand.Recall(List.of()),
                new ProviderCommand.LearnLimits(LARGE, K1, Limits.NONE),
                new ProviderCommand.CooldownEnded(LARGE, null, START),
                new ProviderCommand.Inspect(
                        kit.createTestProbe(ProviderReport.class).ref()),
                ProviderCommand.Stop.INSTANCE);
        assertThat(one.stream().map(Object::getClass).collect(Collectors.<Class<?>>toSet()))
                .isEqualTo(Set.of(ProviderCommand.class.getPermittedSubclasses()));
        one.forEach(owner::tell);
        replies.receiveMessage();
        replies.expectTerminated(owner);
        unhandled.expectNoMessage();
    }

    @Test
    void theTerminationOfATurnEndsItsLease() {
        ActorRef<ProviderCommand> owner = owner();
        granted(owner, ask());
        assertThat(report(owner).leases()).hasSize(1);
        kit.stop(turn);
        awaitNoLease(owner);
    }

    @Test
    void aTurnThatDiedBeforeItsGrantLeavesNoLease() {
        ActorRef<ProviderCommand> owner = owner();
        kit.stop(turn);
        owner.tell(ask().to(replies.ref()));
        awaitNoLease(owner);
        assertThat(report(owner).windows()).hasSize(1);
    }

    @Test
    void aTurnMayEndOneLeaseAndBeginAnother() {
        ActorRef<ProviderCommand> owner = owner();
        LeaseReply first = granted(owner, ask());
        owner.tell(new ProviderCommand.Settle(first.lease(), World.completed(1)));
        granted(owner, ask());
        assertThat(report(owner).leases()).hasSize(1);
        kit.stop(turn);
        awaitNoLease(owner);
    }

    @Test
    void changesAreWrittenAtOnceThenEveryFiveSeconds() {
        ActorRef<ProviderCommand> owner = owner();
        granted(owner, ask());
        awaitWritten(1);
        granted(owner, ask());
        granted(owner, ask());
        pass(Duration.ofMillis(4_999));
        report(owner);
        assertThat(store.written()).hasSize(1);
        pass(Duration.ofMillis(1));
        awaitWritten(2);
        assertThat(store.written().get(1).leases()).hasSize(3);
        pass(Duration.ofSeconds(60));
        report(owner);
        assertThat(store.written()).hasSize(2);
    }

    @Test
    void itStopsThoughTheDatabaseNeverAnswers() {
        ActorRef<ProviderCommand> owner = owner();
        report(owner);
        store.hold();
        granted(owner, ask());
        awaitWritten(1);
        owner.tell(ProviderCommand.Stop.INSTANCE);
        owner.tell(ask().to(replies.ref()));
        replies.expectNoMessage();
        pass(ProviderStopping.DEADLINE);
        replies.expectTerminated(owner);
    }

    @Test
    void itStopsThoughTheLastWriteFails() {
        ActorRef<ProviderCommand> owner = owner();
        report(owner);
        store.fail(new IllegalStateException("away"));
        granted(owner, ask());
        stopAndAwait(owner);
    }

    @Test
    void itStopsWhileReading() {
        store.hold();
        stopAndAwait(owner());
    }

    @Test
    void theLastWriteFollowsTheOneInProgress() {
        ActorRef<ProviderCommand> owner = owner();
        report(owner);
        store.hold();
        granted(owner, ask());
        awaitWritten(1);
        granted(owner, ask());
        owner.tell(ProviderCommand.Stop.INSTANCE);
        replies.expectNoMessage();
        store.release();
        replies.expectTerminated(owner);
        ProviderState last = store.written().get(1);
        assertThat(last.clean()).isTrue();
        assertThat(last.leases()).hasSize(2);
    }

    @Test
    void afterAFailedWriteTheRevisionIsReadAgainAndNothingIsAddedTwice() {
        World before = new World();
        before.complete(before.granted(before.ask()), 40);
        store.put(before.desk.save(true, before.now));
        ActorRef<ProviderCommand> owner = owner();
        granted(owner, ask());
        awaitWritten(1);
        granted(owner, ask());
        store.fail(new IllegalStateException("away"));
        pass(Memory.WRITE_EVERY);
        report(owner);
        store.fail(null);
        pass(Memory.RELOAD_AFTER);
        awaitWritten(2);
        assertThat(report(owner).windows())
                .singleElement()
                .extracting(ProviderReport.WindowUse::rpd)
                .isEqualTo(3L);
    }

    @Test
    void aCooldownIsHandedOverToTheSharedOnesWithinASecond() {
        ActorRef<ProviderCommand> owner = owner();
        Instant until = START.plusSeconds(120);
        LeaseReply lease = granted(owner, ask());
        owner.tell(new ProviderCommand.Settle(
                lease.lease(), new LeaseResult.Failed(FailureKind.RATE_LIMITED, until, null)));
        assertThat(denied(owner, ask()).retryAt()).isEqualTo(until);
        world.cooldowns = World.cooling(K1, until);
        pass(ProviderActor.HAND_OVER_EVERY);
        report(owner);
        world.cooldowns = CooldownSnapshot.EMPTY;
        granted(owner, ask());
    }
}
