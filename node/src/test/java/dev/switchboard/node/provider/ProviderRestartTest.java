package dev.switchboard.node.provider;

import static dev.switchboard.node.provider.World.ALPHA;
import static dev.switchboard.node.provider.World.K1;
import static dev.switchboard.node.provider.World.LARGE;
import static dev.switchboard.node.provider.World.START;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import akka.actor.typed.ActorRef;
import dev.switchboard.node.persistence.StateStore;
import dev.switchboard.protocol.domain.Limits;
import dev.switchboard.protocol.provider.LeaseReply;
import dev.switchboard.protocol.provider.LeaseReply.Reason;
import dev.switchboard.protocol.provider.LeaseResult;
import dev.switchboard.protocol.provider.ProviderCommand;
import dev.switchboard.protocol.provider.ProviderReport;
import dev.switchboard.protocol.turn.AnnounceLeases;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the owner of a platform knows after a restart, a crash, and without its database. */
class ProviderRestartTest extends ProviderRig {
    @Test
    void dailyCountsSurviveAnOrderlyRestart() {
        world.directory = World.directory(new Limits(null, 3L, null, 100L), K1);
        ActorRef<ProviderCommand> first = owner();
        for (int i = 0; i < 2; i++) {
            first.tell(new ProviderCommand.Settle(granted(first, ask()).lease(), World.completed(25)));
        }
        stopAndAwait(first);
        ActorRef<ProviderCommand> second = owner();
        assertThat(report(second).windows()).containsExactly(new ProviderReport.WindowUse(LARGE, K1, 2, 2, 50, 50));
        assertThat(denied(second, ask().tokens(51)).reason()).isEqualTo(Reason.TPD);
        granted(second, ask().tokens(1));
        assertThat(denied(second, ask().tokens(1)).reason()).isEqualTo(Reason.RPD);
    }

    @Test
    void afterACrashCountsAreAtMostFiveSecondsOld() {
        ActorRef<ProviderCommand> first = owner();
        granted(first, ask());
        awaitWritten(1);
        granted(first, ask());
        pass(Duration.ofSeconds(5));
        awaitWritten(2);
        granted(first, ask());
        report(first);
        kit.stop(first);
        assertThat(report(owner()).windows())
                .singleElement()
                .extracting(ProviderReport.WindowUse::rpd)
                .isEqualTo(2L);
    }

    @Test
    void whatNodesRememberOfLostCountsIsCountedAgainOnce() {
        ActorRef<ProviderCommand> first = owner();
        ProviderCommand.EndedLease saved = used(first, 20);
        awaitWritten(1);
        ProviderCommand.EndedLease lost = used(first, 30);
        report(first);
        kit.stop(first);
        pass(Duration.ofSeconds(1));
        ActorRef<ProviderCommand> second = owner();
        for (int i = 0; i < 2; i++) {
            second.tell(new ProviderCommand.Recall(List.of(saved, lost)));
        }
        assertThat(report(second).windows()).singleElement().satisfies(window -> {
            assertThat(window.rpd()).isEqualTo(2);
            assertThat(window.tpd()).isEqualTo(50);
        });
        assertThat(calls).last().isEqualTo(new AnnounceLeases(ALPHA, true));
    }

    @Test
    void afterAnOrderlyStopNobodyHasToTellWhatHasEnded() {
        ActorRef<ProviderCommand> first = owner();
        used(first, 20);
        stopAndAwait(first);
        report(owner());
        assertThat(calls).last().isEqualTo(new AnnounceLeases(ALPHA, false));
    }

    private ProviderCommand.EndedLease used(ActorRef<ProviderCommand> owner, long tokens) {
        LeaseReply.Granted granted = granted(owner, ask());
        LeaseResult result = World.completed(tokens);
        owner.tell(new ProviderCommand.Settle(granted.lease(), result));
        return new ProviderCommand.EndedLease(
                granted.lease(), LARGE, granted.key(), granted.grant(), clock.instant(), result);
    }

    @Test
    void learnedLimitsSurvive() {
        ActorRef<ProviderCommand> first = owner();
        first.tell(new ProviderCommand.LearnLimits(LARGE, K1, new Limits(1L, null, null, null)));
        report(first);
        stopAndAwait(first);
        ActorRef<ProviderCommand> second = owner();
        granted(second, ask());
        assertThat(denied(second, ask()).reason()).isEqualTo(Reason.RPM);
    }

    @Test
    void aSlowDatabaseIsNotWaitedForAndItsCountsAreAddedLater() {
        World before = new World();
        before.complete(before.granted(before.ask()), 40);
        store.put(before.desk.save(true, before.now));
        store.hold();
        ActorRef<ProviderCommand> owner = owner();
        owner.tell(ask().tokens(7).to(replies.ref()));
        replies.expectNoMessage();
        pass(ProviderLoading.PATIENCE);
        assertThat(replies.receiveMessage()).isInstanceOf(LeaseReply.Granted.class);
        assertThat(calls).hasSize(1);
        store.release();
        await().untilAsserted(() -> assertThat(report(owner).windows())
                .containsExactly(new ProviderReport.WindowUse(LARGE, K1, 2, 2, 47, 47)));
        awaitWritten(1);
        assertThat(calls).hasSize(2);
    }

    @Test
    void aDatabaseThatIsAwayIsTriedAgain() {
        World before = new World();
        before.complete(before.granted(before.ask()), 40);
        store.put(before.desk.save(true, before.now));
        store.fail(new IllegalStateException("away"));
        ActorRef<ProviderCommand> owner = owner();
        granted(owner, ask());
        pass(Memory.RELOAD_AFTER);
        await().untilAsserted(() -> assertThat(store.loads()).isEqualTo(2));
        report(owner);
        store.fail(null);
        pass(Memory.RELOAD_AFTER);
        await().untilAsserted(() -> assertThat(report(owner).windows())
                .singleElement()
                .extracting(ProviderReport.WindowUse::rpd)
                .isEqualTo(2L));
    }

    @Test
    void anUnreadableRowStopsTheOwner() {
        store.fail(new StateStore.UnreadableStateException("provider|alpha", null));
        replies.expectTerminated(owner());
        store.fail(null);
        store.put(
                new ProviderState(ProviderState.VERSION + 2, START, true, List.of(), List.of(), null, List.of(), null));
        replies.expectTerminated(owner());
    }

    @Test
    void aRowThatTurnsOutUnreadableLaterStopsTheOwner() {
        store.fail(new IllegalStateException("away"));
        ActorRef<ProviderCommand> owner = owner();
        report(owner);
        store.fail(new StateStore.UnreadableStateException("provider|alpha", null));
        pass(Memory.RELOAD_AFTER);
        replies.expectTerminated(owner);
    }

    @Test
    void aFloodWhileReadingIsServedRatherThanDropped() {
        store.hold();
        ActorRef<ProviderCommand> owner = owner();
        int asks = ProviderLoading.STASH_CAPACITY + 10;
        Stream.generate(this::ask).limit(asks).forEach(ask -> owner.tell(ask.to(replies.ref())));
        assertThat(replies.receiveSeveralMessages(asks)).allMatch(LeaseReply.Granted.class::isInstance);
    }

    @Test
    void runningTurnsAreCalledTwiceToAnnounceTheirLeases() {
        ActorRef<ProviderCommand> owner = owner();
        report(owner);
        assertThat(calls).containsExactly(new AnnounceLeases(ALPHA, true));
        pass(ProviderActor.ANNOUNCE_AGAIN);
        await().untilAsserted(() -> assertThat(calls).hasSize(2));
    }

    @Test
    void afterACrashNewcomersToAnExclusivePlatformWaitForAnnouncements() {
        World before = new World();
        before.cancel(before.granted(before.ask()));
        store.put(before.desk.save(false, before.now));
        ActorRef<ProviderCommand> owner = owner();
        assertThat(denied(owner, ask().alone().session("b")))
                .extracting(LeaseReply.Denied::reason, LeaseReply.Denied::retryAt)
                .containsExactly(Reason.SAFEGUARD, START.plus(ProviderActor.HOLD_BACK));
        owner.tell(ask().alone().session("a").announce(K1, START));
        pass(ProviderActor.HOLD_BACK);
        assertThat(denied(owner, ask().alone().session("b")).reason()).isEqualTo(Reason.SAFEGUARD);
        granted(owner, ask().alone().session("a"));
    }

    @Test
    void nobodyWaitsAfterAnOrderlyStopOrALongQuietTime() {
        World before = new World();
        before.cancel(before.granted(before.ask()));
        store.put(before.desk.save(true, before.now));
        granted(owner(), ask().alone().session("b"));
        store.put(before.desk.save(false, before.now));
        pass(ProviderActor.RECENT);
        granted(owner(), ask().alone().session("b"));
    }

    @Test
    void aRestoredLeaseIsClaimedByItsTurnOrEnds() {
        ActorRef<ProviderCommand> first = owner();
        World.Ask claimed = ask();
        LeaseReply.Granted before = granted(first, claimed);
        granted(first, ask());
        stopAndAwait(first);
        ActorRef<ProviderCommand> second = owner();
        assertThat(report(second).leases()).hasSize(2);
        assertThat(granted(second, claimed))
                .extracting(LeaseReply.Granted::lease, LeaseReply.Granted::key)
                .containsExactly(before.lease(), before.key());
        pass(ProviderActor.CLAIM_TIME);
        await().untilAsserted(() -> assertThat(report(second).leases()).hasSize(1));
        kit.stop(turn);
        awaitNoLease(second);
    }

    @Test
    void theEndOfALeaseThatMeetsAStoppingOwnerGoesToTheNextOne() {
        ActorRef<ProviderCommand> owner = owner();
        LeaseReply lease = granted(owner, ask());
        assertThat(entities.of(ALPHA.value())).isEqualTo(owner);
        store.hold();
        owner.tell(ProviderCommand.Stop.INSTANCE);
        ProviderCommand.Settle late = new ProviderCommand.Settle(lease.lease(), World.completed(25));
        owner.tell(late);
        await().until(() -> throughRegion.contains(late));
        assertThat(entities.of(ALPHA.value())).isNotEqualTo(owner);
        store.release();
    }
}
