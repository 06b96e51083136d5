package dev.switchboard.node.provider;

import static dev.switchboard.node.provider.World.K1;
import static dev.switchboard.node.provider.World.K2;
import static dev.switchboard.node.provider.World.K3;
import static dev.switchboard.node.provider.World.LARGE;
import static dev.switchboard.node.provider.World.SMALL;
import static dev.switchboard.node.provider.World.START;
import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.TestInbox;
import akka.actor.typed.ActorRef;
import dev.switchboard.protocol.cooldown.CooldownSnapshot;
import dev.switchboard.protocol.directory.DirectorySnapshot;
import dev.switchboard.protocol.domain.KeyId;
import dev.switchboard.protocol.domain.KeyStatus;
import dev.switchboard.protocol.domain.LeaseId;
import dev.switchboard.protocol.domain.Limits;
import dev.switchboard.protocol.provider.LeaseReply;
import dev.switchboard.protocol.provider.LeaseReply.Reason;
import dev.switchboard.protocol.provider.LeaseResult;
import dev.switchboard.protocol.provider.ProviderCommand;
import dev.switchboard.protocol.provider.ProviderReport;
import dev.switchboard.protocol.turn.TurnMessage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DeskTest {
    private final World world = new World();

    private static ActorRef<TurnMessage> turn(String name) {
        return TestInbox.<TurnMessage>create(name).getRef();
    }

    @Test
    void theSameLeaseAskedTwiceIsOneGrant() {
        World.Ask ask = world.ask();
        assertThat(world.granted(ask)).isEqualTo(world.granted(ask));
        assertThat(world.inFlight()).isEqualTo(1);
        assertThat(world.use()).containsExactly(1L, 1L, 10L, 10L);
    }

    @Test
    void aLeaseEndsOnce() {
        LeaseReply lease = world.granted(world.ask().tokens(100));
        world.complete(lease, 30);
        world.complete(lease, 700);
        world.cancel(lease);
        assertThat(world.inFlight()).isZero();
        assertThat(world.use()).containsExactly(1L, 1L, 30L, 30L);
        assertThat(world.watched).isEmpty();
    }

    @Test
    void aLeaseThatEndedBeforeItBeganIsNotGranted() {
        World.Ask ask = world.ask();
        world.desk.settle(new LeaseId(ask.lease()), new LeaseResult.Cancelled(), world.now);
        assertThat(world.denied(ask).retryAt()).isNull();
        assertThat(world.inFlight()).isZero();
        assertThat(world.use()).containsExactly(0L, 0L, 0L, 0L);
    }

    @Test
    void aLateRepeatOfAnEndedLeaseIsNotGranted() {
        World.Ask ask = world.ask();
        world.complete(world.granted(ask), 5);
        world.denied(ask);
        assertThat(world.inFlight()).isZero();
    }

    @Test
    void aKeyHasNoMoreRequestsInFlightThanThePlatformTakes() {
        Limits two = new Limits(null, null, null, null, 2L);
        world.directory = World.directory(Limits.NONE, two, false, List.of(World.key(K1)));
        LeaseReply first = world.granted(world.ask());
        world.granted(world.ask().model(SMALL));
        LeaseReply.Denied third = world.denied(world.ask());
        assertThat(third.reason()).isEqualTo(Reason.CONCURRENT);
        assertThat(third.reason().isQuota()).isTrue();
        assertThat(third.retryAt()).isNull();
        world.complete(first, 5);
        world.granted(world.ask());
        world.directory = World.directory(Limits.NONE, two, false, List.of(World.key(K1), World.key(K2)));
        assertThat(world.granted(world.ask()).key()).isEqualTo(K2);
    }

    @Test
    void endsThatCameBeforeTheirBeginningAreRememberedWithinBounds() {
        Leases leases = new Leases();
        for (int i = 0; i <= Leases.REMEMBERED; i++) {
            leases.end(new LeaseId("x" + i), Leases.How.UNSEEN, new LeaseResult.Cancelled());
        }
        assertThat(leases.ended(new LeaseId("x0"))).isNull();
        assertThat(leases.ended(new LeaseId("x1"))).isNotNull();
    }

    @Test
    void aLeaseThatWasHeldIsNotGrantedAgain() {
        World.Ask ask = world.ask();
        world.complete(world.granted(ask), 5);
        for (int i = 0; i < Leases.REMEMBERED - 1; i++) {
            world.complete(world.granted(world.ask()), 0);
        }
        assertThat(world.denied(ask).reason()).isEqualTo(Reason.NO_KEYS);
    }

    @Test
    void theEndOfAnOwnerEndsItsLeasesAndNoOthers() {
        ActorRef<TurnMessage> one = turn("one");
        ActorRef<TurnMessage> two = turn("two");
        world.granted(world.ask().owner(one).tokens(100));
        world.granted(world.ask().owner(one).tokens(100));
        LeaseReply other = world.granted(world.ask().owner(two).tokens(7));
        assertThat(world.watched).containsExactlyInAnyOrder(one, two);
        world.desk.ownerGone(one, world.now);
        assertThat(world.desk.report(world.now).leases()).singleElement().satisfies(lease -> assertThat(lease.lease())
                .isEqualTo(other.lease()));
        assertThat(world.use()).containsExactly(3L, 3L, 7L, 7L);
        world.cancel(other);
        assertThat(world.use()).containsExactly(3L, 3L, 0L, 0L);
    }

    @Test
    void anOwnerIsWatchedFromItsFirstToItsLastLease() {
        ActorRef<TurnMessage> one = turn("one");
        LeaseReply first = world.granted(world.ask().owner(one));
        LeaseReply second = world.granted(world.ask().owner(one));
        world.cancel(first);
        assertThat(world.watched).containsExactly(one);
        world.cancel(second);
        assertThat(world.watched).isEmpty();
    }

    @Test
    void aTurnThatAnnouncesLateIsTakenUpAgainAndCountsOnce() {
        World.Ask ask = world.ask().tokens(100);
        LeaseReply.Granted lease = world.granted(ask);
        world.restart(true);
        world.desk.inheritance().dropUnclaimed(world.now);
        assertThat(world.inFlight()).isZero();
        assertThat(world.use()).containsExactly(1L, 1L, 0L, 0L);
        world.desk.inheritance().announce(ask.announce(lease.key(), START), world.now);
        world.desk.inheritance().announce(ask.announce(lease.key(), START), world.now);
        assertThat(world.inFlight()).isEqualTo(1);
        assertThat(world.watched).hasSize(1);
        assertThat(world.use()).containsExactly(1L, 1L, 100L, 100L);
        world.complete(lease, 60);
        world.desk.inheritance().announce(ask.announce(lease.key(), START), world.now);
        assertThat(world.inFlight()).isZero();
        assertThat(world.use()).containsExactly(1L, 1L, 60L, 60L);
    }

    @Test
    void tenParallelRequestsNeverReserveMoreThanTheTokenLimit() {
        world.directory = World.directory(new Limits(null, null, 8_000L, null), K1);
        List<LeaseReply.Granted> granted = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            if (world.acquire(world.ask().tokens(5_000)) instanceof LeaseReply.Granted grant) {
                granted.add(grant);
            }
        }
        assertThat(granted).hasSize(1);
        LeaseReply.Denied denied = world.denied(world.ask().tokens(5_000));
        assertThat(denied.reason()).isEqualTo(Reason.TPM);
        assertThat(denied.retryAt()).isEqualTo(START.plusSeconds(61));
        world.complete(granted.get(0), 3_000);
        world.granted(world.ask().tokens(5_000));
        world.denied(world.ask().tokens(1));
    }

    @Test
    void keysGoPreferredThenLeastUsedThenAsAdded() {
        world.directory = World.directory(Limits.NONE, K1, K2, K3);
        assertThat(world.granted(world.ask()).key()).isEqualTo(K1);
        assertThat(world.granted(world.ask()).key()).isEqualTo(K2);
        assertThat(world.granted(world.ask().preferred(K1)).key()).isEqualTo(K1);
        assertThat(world.granted(world.ask()).key()).isEqualTo(K3);
        assertThat(world.granted(world.ask().model(SMALL)).key()).isEqualTo(K2);
        assertThat(world.granted(world.ask().exclude(K2, K3)).key()).isEqualTo(K1);
    }

    @Test
    void aKeyWithLongRunningRequestsIsMoreUsedThanAnIdleOne() {
        world.directory = World.directory(Limits.NONE, K1, K2);
        world.granted(world.ask());
        world.complete(world.granted(world.ask()), 1);
        world.complete(world.granted(world.ask().preferred(K2)), 1);
        world.pass(Duration.ofMinutes(2));
        assertThat(world.granted(world.ask()).key()).isEqualTo(K2);
    }

    @Test
    void unusableKeysAreNotLeased() {
        world.directory = World.directory(
                Limits.NONE,
                Limits.NONE,
                false,
                List.of(World.key(K1, KeyStatus.INVALID), World.key(K2, KeyStatus.ERROR)));
        assertThat(world.denied(world.ask()))
                .extracting(LeaseReply.Denied::reason, LeaseReply.Denied::retryAt)
                .containsExactly(Reason.NO_KEYS, null);
        world.directory = World.directory(Limits.NONE, K1);
        assertThat(world.denied(world.ask().exclude(K1)).reason()).isEqualTo(Reason.NO_KEYS);
        world.directory = DirectorySnapshot.EMPTY;
        assertThat(world.denied(world.ask()).reason()).isEqualTo(Reason.NO_KEYS);
    }

    @Test
    void aPlatformWithoutKeysThatNeedsNoneHasASyntheticKey() {
        KeyId none = new KeyId("alpha:keyless");
        world.directory = World.directory(new Limits(2L, null, null, null), Limits.NONE, true, List.of());
        assertThat(world.granted(world.ask()).key()).isEqualTo(none);
        assertThat(world.denied(world.ask().exclude(none)).reason()).isEqualTo(Reason.NO_KEYS);
        world.granted(world.ask());
        assertThat(world.denied(world.ask()).reason()).isEqualTo(Reason.RPM);
        world.directory = World.directory(Limits.NONE, Limits.NONE, true, List.of(World.key(K1)));
        assertThat(world.granted(world.ask()).key()).isEqualTo(K1);
    }

    @Test
    void theDenialNamesTheKeyThatIsFreeFirst() {
        world.directory = World.directory(new Limits(1L, 2L, null, null), K1, K2);
        world.cooldowns = World.cooling(K2, START.plusSeconds(100));
        world.granted(world.ask());
        assertThat(world.denied(world.ask()))
                .extracting(LeaseReply.Denied::reason, LeaseReply.Denied::retryAt)
                .containsExactly(Reason.RPM, START.plusSeconds(61));
        world.cooldowns = World.cooling(K2, START.plusSeconds(20));
        assertThat(world.denied(world.ask()))
                .extracting(LeaseReply.Denied::reason, LeaseReply.Denied::retryAt)
                .containsExactly(Reason.KEYS_COOLING, START.plusSeconds(20));
    }

    @Test
    void aSharedQuotaCountsAllModelsOfAKey() {
        world.directory = World.directory(
                Limits.NONE, new Limits(2L, null, null, null), false, List.of(World.key(K1), World.key(K2)));
        for (int i = 0; i < 2; i++) {
            world.granted(world.ask().exclude(K2).model(i == 0 ? LARGE : SMALL));
        }
        assertThat(world.denied(world.ask().exclude(K2)).reason()).isEqualTo(Reason.RPM);
        assertThat(world.granted(world.ask()).key()).isEqualTo(K2);
    }

    @Test
    void learnedLimitsOnlyNarrow() {
        world.directory = World.directory(new Limits(2L, null, null, null), K1);
        learn(new Limits(50L, 1L, null, 0L));
        world.granted(world.ask());
        assertThat(world.denied(world.ask()).reason()).isEqualTo(Reason.RPD);
        learn(new Limits(null, 100L, null, null));
        world.granted(world.ask());
        assertThat(world.denied(world.ask()).reason()).isEqualTo(Reason.RPM);
    }

    @Test
    void aLearnedLimitIsForgottenADayAfterItWasLastStated() {
        learn(new Limits(null, null, 5L, null));
        assertThat(world.denied(world.ask()).retryAt()).isNull();
        world.pass(Duration.ofHours(20));
        learn(new Limits(7L, null, null, null));
        assertThat(world.denied(world.ask()).reason()).isEqualTo(Reason.TPM);
        world.pass(Duration.ofHours(4));
        world.granted(world.ask());
        assertThat(world.desk.report(world.now).learned())
                .containsExactly(new ProviderReport.Learned(LARGE, K1, new Limits(7L, null, null, null)));
        world.pass(Duration.ofHours(20));
        assertThat(world.desk.report(world.now).learned()).isEmpty();
        assertThat(world.desk.save(false, world.now).learned()).isEmpty();
    }

    private void learn(Limits limits) {
        world.desk.learn(new ProviderCommand.LearnLimits(LARGE, K1, limits), world.now);
    }

    @Test
    void aKeyThatFailedCoolsAtOnceAndIsReleasedWithTheSharedCooldown() {
        Instant until = START.plusSeconds(120);
        world.fail(world.granted(world.ask()), until, null);
        assertThat(world.denied(world.ask()))
                .extracting(LeaseReply.Denied::reason, LeaseReply.Denied::retryAt)
                .containsExactly(Reason.KEYS_COOLING, until);
        assertThat(world.desk.handOver(world.now)).isTrue();
        world.cooldowns = World.cooling(K1, until);
        assertThat(world.desk.handOver(world.now)).isFalse();
        world.cooldowns = CooldownSnapshot.EMPTY;
        world.granted(world.ask());
    }

    @Test
    void aKeyCoolsToItsEndEvenIfTheSharedCooldownNeverShows() {
        world.fail(world.granted(world.ask()), START.plusSeconds(120), null);
        world.pass(Duration.ofSeconds(119));
        world.denied(world.ask());
        world.pass(Duration.ofSeconds(1));
        world.granted(world.ask());
        assertThat(world.desk.handOver(world.now)).isFalse();
    }
}
