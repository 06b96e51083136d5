package dev.switchboard.node.directory;

import static dev.switchboard.node.directory.Fixtures.FAST;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.FishingOutcomes;
import akka.actor.testkit.typed.javadsl.ManualTime;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.persistence.testkit.PersistenceTestKitPlugin;
import akka.persistence.testkit.PersistenceTestKitSnapshotPlugin;
import akka.persistence.testkit.javadsl.PersistenceTestKit;
import dev.switchboard.node.settings.Settings.Bootstrap;
import dev.switchboard.protocol.directory.ChangeReply;
import dev.switchboard.protocol.directory.ChangeReply.Accepted;
import dev.switchboard.protocol.directory.DirectoryChange;
import dev.switchboard.protocol.directory.DirectoryCommand;
import dev.switchboard.protocol.directory.DirectoryCommand.Acknowledge;
import dev.switchboard.protocol.directory.DirectoryCommand.Change;
import dev.switchboard.protocol.directory.DirectoryCommand.Stop;
import dev.switchboard.protocol.directory.DirectoryCommand.Subscribe;
import dev.switchboard.protocol.directory.DirectoryUpdate;
import dev.switchboard.protocol.directory.DirectoryUpdate.Page;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When the owner answers a change: once the replicas have it, and not much later where one does not get there. */
class ReadYourWritesTest {
    private static final Duration A_MOMENT = Duration.ofMillis(50);

    private final Set<ActorRef<DirectoryUpdate>> unreachable = ConcurrentHashMap.newKeySet();
    private ActorTestKit kit;
    private ManualTime time;
    private ActorRef<DirectoryCommand> owner;
    private TestProbe<DirectoryUpdate> one;
    private TestProbe<DirectoryUpdate> two;
    private TestProbe<ChangeReply> reply;

    @BeforeEach
    void start() {
        kit = ActorTestKit.create(
                "read-your-writes",
                ManualTime.config()
                        .withFallback(PersistenceTestKitPlugin.getInstance().config())
                        .withFallback(PersistenceTestKitSnapshotPlugin.config())
                        .withFallback(Fixtures.serialization()));
        time = ManualTime.get(kit.system());
        PersistenceTestKit.create(kit.system()).clearAll();
        DirectorySetup setup = Fixtures.setup(
                Fixtures.settings(true, Bootstrap.NONE, null, null), Fixtures.VAULT, Fixtures.catalog("2026-11-1"));
        owner = kit.spawn(DirectoryActor.create(setup, replica -> !unreachable.contains(replica)));
        one = subscribed();
        two = subscribed();
        reply = kit.createTestProbe();
        acknowledge(one, 3);
        acknowledge(two, 3);
    }

    @AfterEach
    void stop() {
        kit.shutdownTestKit();
    }

    @Test
    void aChangeIsAnsweredOnceAllReplicasHaveIt() {
        change("Quick");
        acknowledge(one, 4);
        reply.expectNoMessage(A_MOMENT);
        acknowledge(two, 3);
        reply.expectNoMessage(A_MOMENT);
        acknowledge(two, 4);
        reply.expectMessage(new Accepted(4));
    }

    @Test
    void aLaterVersionHoldsTheEarlierChanges() {
        change("Quick");
        change("Quicker");
        acknowledge(one, 4);
        acknowledge(two, 5);
        reply.expectMessage(new Accepted(4));
        reply.expectNoMessage(A_MOMENT);
        acknowledge(one, 5);
        reply.expectMessage(new Accepted(5));
    }

    @Test
    void aChangeThatIsInForceAlreadyWaitsForThatVersionToo() {
        TestProbe<ChangeReply> again = kit.createTestProbe();
        Change nothing = new Change(new DirectoryChange.Rechain(List.of()), "admin", again.ref());
        change("Quick");
        owner.tell(nothing);
        again.expectNoMessage(A_MOMENT);
        acknowledge(one, 4);
        acknowledge(two, 4);
        again.expectMessage(new Accepted(4));
        owner.tell(nothing);
        again.expectMessage(new Accepted(4));
    }

    @Test
    void aReplicaThatNeverAcknowledgedIsNotWaitedFor() {
        subscribed();
        change("Quick");
        acknowledge(one, 4);
        acknowledge(two, 4);
        reply.expectMessage(new Accepted(4));
    }

    @Test
    void aSlowReplicaIsWaitedForOneSecond() {
        change("Quick");
        acknowledge(one, 4);
        reply.expectNoMessage(A_MOMENT);
        time.timePasses(Duration.ofMillis(990));
        reply.expectNoMessage(A_MOMENT);
        time.timePasses(Duration.ofMillis(10));
        reply.expectMessage(new Accepted(4));
    }

    @Test
    void aReplicaThatEndsHoldsNothingUp() {
        change("Quick");
        acknowledge(one, 4);
        reply.expectNoMessage(A_MOMENT);
        two.stop();
        reply.expectMessage(new Accepted(4));
    }

    @Test
    void aReplicaOutOfReachHoldsNothingUpUntilItIsBack() {
        unreachable.add(two.ref());
        change("Quick");
        acknowledge(one, 4);
        reply.expectMessage(new Accepted(4));

        unreachable.clear();
        change("Quicker");
        acknowledge(one, 5);
        reply.expectNoMessage(A_MOMENT);
        unreachable.add(two.ref());
        time.timePasses(DirectoryActor.HEARTBEAT);
        reply.expectMessage(new Accepted(5));
    }

    @Test
    void anOwnerThatStopsAnswersWhatItHasAccepted() {
        change("Quick");
        reply.expectNoMessage(A_MOMENT);
        owner.tell(Stop.INSTANCE);
        reply.expectMessage(new Accepted(4));
    }

    private TestProbe<DirectoryUpdate> subscribed() {
        TestProbe<DirectoryUpdate> replica = kit.createTestProbe();
        owner.tell(new Subscribe(replica.ref()));
        replica.fishForMessage(
                Duration.ofSeconds(10),
                update -> update instanceof Page ? FishingOutcomes.complete() : FishingOutcomes.continueAndIgnore());
        return replica;
    }

    private void acknowledge(TestProbe<DirectoryUpdate> replica, long version) {
        owner.tell(new Acknowledge(version, replica.ref()));
    }

    private void change(String name) {
        DirectoryChange change = new DirectoryChange.PatchModel(FAST, name, null, null, null, null, null, null, null);
        owner.tell(new Change(change, "admin", reply.ref()));
    }
}
