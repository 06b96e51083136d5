package dev.switchboard.node.provider;

import static dev.switchboard.node.provider.World.ALPHA;
import static dev.switchboard.node.provider.World.K1;
import static dev.switchboard.node.provider.World.LARGE;
import static dev.switchboard.node.provider.World.START;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import akka.actor.UnhandledMessage;
import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.ManualTime;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.actor.typed.javadsl.Behaviors;
import com.typesafe.config.ConfigFactory;
import dev.switchboard.node.persistence.StateStore;
import dev.switchboard.protocol.cooldown.CooldownSnapshot;
import dev.switchboard.protocol.domain.FailureKind;
import dev.switchboard.protocol.domain.LeaseId;
import dev.switchboard.protocol.domain.Limits;
import dev.switchboard.protocol.provider.LeaseReply;
import dev.switchboard.protocol.provider.LeaseReply.Reason;
import dev.switchboard.protocol.provider.LeaseResult;
import dev.switchboard.protocol.provider.ProviderCommand;
import dev.switchboard.protocol.provider.ProviderReport;
import dev.switchboard.protocol.turn.AnnounceLeases;
import dev.switchboard.protocol.turn.TurnMessage;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ProviderActorTest {
    private final World world = new World();
    private final FakeStore store = new FakeStore();
    private final TestClock clock = new TestClock();
    private final List<AnnounceLeases> calls = new CopyOnWriteArrayList<>();
    private ActorTestKit kit;
    private ManualTime time;
    private TestProbe<LeaseReply> replies;
    private ActorRef<TurnMessage> turn;

    /** A clock that the test moves. */
    private static final class TestClock extends Clock {
        private final AtomicReference<Instant> now = new AtomicReference<>(START);

        @Override
        public Instant instant() {
            return now.get();
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    @BeforeEach
    void start() {
        kit = ActorTestKit.create(ManualTime.config().withFallback(ConfigFactory.load()));
        time = ManualTime.get(kit.system());
        replies = kit.createTestProbe(LeaseReply.class);
        turn = kit.spawn(Behaviors.<TurnMessage>ignore());
    }

    @AfterEach
    void stop() {
        kit.shutdownTestKit();
    }

    private ActorRef<ProviderCommand> owner() {
        return kit.spawn(ProviderActor.create(
                ALPHA,
                new ProviderSetup(
                        clock,
                        () -> world.directory,
                        () -> world.cooldowns,
                        () -> World.RESERVATION,
                        store,
                        calls::add)));
    }

    private void pass(Duration amount) {
        clock.now.updateAndGet(now -> now.plus(amount));
        time.timePasses(amount);
    }

    private World.Ask ask() {
        return world.ask().owner(turn);
    }

    private LeaseReply acquire(ActorRef<ProviderCommand> owner, World.Ask ask) {
        owner.tell(ask.to(replies.ref()));
        return replies.receiveMessage();
    }

    private LeaseReply.Granted granted(ActorRef<ProviderCommand> owner, World.Ask ask) {
        LeaseReply reply = acquire(owner, ask);
        assertThat(reply).isInstanceOf(LeaseReply.Granted.class);
        return (LeaseReply.Granted) reply;
    }

    private LeaseReply.Denied denied(ActorRef<ProviderCommand> owner, World.Ask ask) {
        LeaseReply reply = acquire(owner, ask);
        assertThat(reply).isInstanceOf(LeaseReply.Denied.class);
        return (LeaseReply.Denied) reply;
    }

    private ProviderReport report(ActorRef<ProviderCommand> owner) {
        TestProbe<ProviderReport> probe = kit.createTestProbe(ProviderReport.class);
        owner.tell(new ProviderCommand.Inspect(probe.ref()));
        return probe.receiveMessage();
    }

    private void awaitWritten(int count) {
        await().untilAsserted(() -> assertThat(store.written()).hasSize(count));
    }

    private void stopAndAwait(ActorRef<ProviderCommand> owner) {
        owner.tell(ProviderCommand.Stop.INSTANCE);
        replies.expectTerminated(owner);
    }

    @Test
    void everyCommandIsHandled() {
        ActorRef<ProviderCommand> owner = owner();
        granted(owner, ask());
        TestProbe<UnhandledMessage> unhandled = kit.createUnhandledMessageProbe();
        List<ProviderCommand> one = List.of(
                ask().to(replies.ref()),
                new ProviderCommand.Settle(new LeaseId("x"), new LeaseResult.Cancelled()),
                ask().announce(K1, START),
                new ProviderCommand.LearnLimits(LARGE, K1, Limits.NONE),
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
        await().untilAsserted(() -> assertThat(report(owner).leases()).isEmpty());
    }

    @Test
    void aTurnThatDiedBeforeItsGrantLeavesNoLease() {
        ActorRef<ProviderCommand> owner = owner();
        kit.stop(turn);
        owner.tell(ask().to(replies.ref()));
        await().untilAsserted(() -> {
            assertThat(report(owner).leases()).isEmpty();
            assertThat(report(owner).windows()).hasSize(1);
        });
    }

    @Test
    void aTurnMayEndOneLeaseAndBeginAnother() {
        ActorRef<ProviderCommand> owner = owner();
        LeaseReply first = granted(owner, ask());
        owner.tell(new ProviderCommand.Settle(first.lease(), World.completed(1)));
        granted(owner, ask());
        assertThat(report(owner).leases()).hasSize(1);
        kit.stop(turn);
        await().untilAsserted(() -> assertThat(report(owner).leases()).isEmpty());
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
    void learnedLimitsSurvive() {
        ActorRef<ProviderCommand> first = owner();
        first.tell(new ProviderCommand.LearnLimits(LARGE, K1, new Limits(1L, null, null, null)));
        stopAndAwait(first);
        ActorRef<ProviderCommand> second = owner();
        granted(second, ask());
        assertThat(denied(second, ask()).reason()).isEqualTo(Reason.RPM);
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
    void afterAFailedWriteTheRevisionIsReadAgainAndNothingIsAddedTwice() {
        ActorRef<ProviderCommand> owner = owner();
        report(owner);
        store.fail(new IllegalStateException("away"));
        granted(owner, ask());
        report(owner);
        store.fail(null);
        pass(Memory.RELOAD_AFTER);
        awaitWritten(1);
        assertThat(report(owner).windows())
                .singleElement()
                .extracting(ProviderReport.WindowUse::rpd)
                .isEqualTo(1L);
    }

    @Test
    void anUnreadableRowStopsTheOwner() {
        store.fail(new StateStore.UnreadableStateException("provider|alpha", null));
        replies.expectTerminated(owner());
        store.fail(null);
        store.put(new ProviderState(ProviderState.VERSION + 2, START, true, List.of(), List.of(), null, List.of()));
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
        assertThat(calls).containsExactly(new AnnounceLeases(ALPHA));
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
        assertThat(granted(second, claimed)).isEqualTo(before);
        pass(ProviderActor.CLAIM_TIME);
        await().untilAsserted(() -> assertThat(report(second).leases()).hasSize(1));
        kit.stop(turn);
        await().untilAsserted(() -> assertThat(report(second).leases()).isEmpty());
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
