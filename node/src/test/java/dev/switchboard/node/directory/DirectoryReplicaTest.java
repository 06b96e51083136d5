package dev.switchboard.node.directory;

import static org.assertj.core.api.Assertions.assertThat;

import akka.Done;
import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.ManualTime;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import dev.switchboard.protocol.directory.DirectoryCommand;
import dev.switchboard.protocol.directory.DirectoryCommand.Acknowledge;
import dev.switchboard.protocol.directory.DirectoryCommand.Subscribe;
import dev.switchboard.protocol.directory.DirectorySnapshot;
import dev.switchboard.protocol.directory.DirectoryUpdate;
import dev.switchboard.protocol.directory.DirectoryUpdate.Heartbeat;
import dev.switchboard.protocol.directory.DirectoryUpdate.Page;
import dev.switchboard.protocol.directory.Origin;
import dev.switchboard.protocol.directory.Platform;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DirectoryReplicaTest {
    private static ActorTestKit kit;
    private static ManualTime time;

    private TestProbe<DirectoryCommand> owner;
    private TestProbe<DirectorySnapshot> seen;
    private SnapshotHolder holder;
    private ActorRef<DirectoryReplica.Command> replica;
    private ActorRef<DirectoryUpdate> updates;

    @BeforeAll
    static void start() {
        kit = ActorTestKit.create("replica", ManualTime.config().withFallback(Fixtures.serialization()));
        time = ManualTime.get(kit.system());
    }

    @AfterAll
    static void stop() {
        kit.shutdownTestKit();
    }

    @BeforeEach
    void subscribe() {
        spawn("http://127.0.0.1:9090/v1");
    }

    private void spawn(@Nullable String demoBaseUrl) {
        owner = kit.createTestProbe();
        seen = kit.createTestProbe();
        holder = new SnapshotHolder();
        holder.addListener(seen.ref()::tell);
        replica = kit.spawn(DirectoryReplica.create(owner.ref(), holder, demoBaseUrl));
        updates = owner.expectMessageClass(Subscribe.class).replica();
    }

    @Test
    void publishesWholeVersionsOnly() {
        updates.tell(page(3, 0, 2));
        assertThat(holder.current()).isSameAs(DirectorySnapshot.EMPTY);
        assertThat(holder.ready()).isNotDone();
        updates.tell(page(3, 1, 2));
        assertThat(seen.receiveMessage().version()).isEqualTo(3);
        assertThat(holder.current().version()).isEqualTo(3);
        assertThat(holder.ready()).isCompleted();
    }

    @Test
    void aVersionWithAMissingPageIsNotPublishedAndIsAskedForAgain() {
        updates.tell(page(3, 0, 3));
        updates.tell(page(3, 2, 3));
        updates.tell(page(4, 0, 2));
        updates.tell(page(5, 1, 2));
        seen.expectNoMessage(Duration.ofMillis(50));
        updates.tell(new Heartbeat(5));
        owner.expectMessage(new Subscribe(updates));
        updates.tell(page(5, 0, 1));
        assertThat(seen.receiveMessage().version()).isEqualTo(5);
    }

    @Test
    void anOlderVersionIsIgnoredUnlessTheOwnerStandsByIt() {
        updates.tell(page(5, 0, 1));
        seen.receiveMessage();
        updates.tell(page(4, 0, 1));
        seen.expectNoMessage(Duration.ofMillis(50));
        updates.tell(new Heartbeat(4));
        owner.expectMessage(new Subscribe(updates));
        updates.tell(page(4, 0, 1));
        assertThat(seen.receiveMessage().version()).isEqualTo(4);
    }

    @Test
    void subscribesAgainWhenHeartbeatsStop() {
        updates.tell(page(1, 0, 1));
        seen.receiveMessage();
        for (int i = 0; i < 5; i++) {
            time.timePasses(DirectoryActor.HEARTBEAT);
            updates.tell(new Heartbeat(1));
        }
        owner.expectNoMessage(Duration.ofMillis(50));
        time.timePasses(DirectoryActor.HEARTBEAT.multipliedBy(3));
        owner.expectMessage(new Subscribe(updates));
    }

    @Test
    void aSilentOwnerIsNoticedWithinASecondAndNotAskedAtEveryTick() {
        updates.tell(page(1, 0, 1));
        seen.receiveMessage();
        time.timePasses(DirectoryActor.HEARTBEAT.multipliedBy(2));
        owner.expectMessage(new Subscribe(updates));
        time.timePasses(DirectoryActor.HEARTBEAT.multipliedBy(3));
        owner.expectNoMessage(Duration.ofMillis(50));
        time.timePasses(DirectoryActor.HEARTBEAT);
        owner.expectMessage(new Subscribe(updates));

        updates.tell(page(2, 0, 1));
        seen.receiveMessage();
        time.timePasses(DirectoryActor.HEARTBEAT.multipliedBy(2));
        owner.expectMessage(new Subscribe(updates));
    }

    @Test
    void tellsWhenAVersionIsHere() {
        TestProbe<Done> reached = kit.createTestProbe();
        replica.tell(new DirectoryReplica.Await(2, reached.ref()));
        updates.tell(page(1, 0, 1));
        seen.receiveMessage();
        reached.expectNoMessage(Duration.ofMillis(50));
        updates.tell(page(2, 0, 1));
        reached.expectMessage(Done.done());
        replica.tell(new DirectoryReplica.Await(2, reached.ref()));
        reached.expectMessage(Done.done());
    }

    @Test
    void acknowledgesAVersionOnceItsListenersWereTold() {
        holder.addListener(version -> owner.ref().tell(DirectoryCommand.Stop.INSTANCE));
        updates.tell(acknowledged(3));
        owner.expectMessage(DirectoryCommand.Stop.INSTANCE);
        owner.expectMessage(new Acknowledge(3, updates));

        updates.tell(acknowledged(3));
        owner.expectMessage(new Acknowledge(3, updates));
    }

    @Test
    void doesNotAcknowledgeAVersionThatItPassesOverNorToAnOwnerThatDoesNotAsk() {
        updates.tell(page(5, 0, 1));
        seen.receiveMessage();
        updates.tell(acknowledged(4));
        owner.expectNoMessage(Duration.ofMillis(50));
    }

    private Page acknowledged(long version) {
        return new Page(version, 0, 1, List.of(), List.of(), List.of(), Map.of(), null, null, null, owner.ref());
    }

    @Test
    void theDemoIsThisNodesOwnSimulator() {
        updates.tell(demoPage());
        DirectorySnapshot snapshot = seen.receiveMessage();
        assertThat(snapshot.platform(DemoPlatform.ID))
                .extracting(Platform::baseUrl)
                .isEqualTo("http://127.0.0.1:9090/v1");
        assertThat(snapshot.models()).hasSize(4);

        spawn(null);
        updates.tell(demoPage());
        DirectorySnapshot without = seen.receiveMessage();
        assertThat(without.platforms()).containsOnlyKeys(Fixtures.GROQ);
        assertThat(without.models()).hasSize(2);
    }

    private static Page demoPage() {
        Catalog catalog = DemoPlatform.addTo(Fixtures.catalog("2026-11-1"));
        return new Page(1, 0, 1, catalog.platforms(), catalog.models(), List.of(), Map.of(), null, null, null, null);
    }

    private static Page page(long version, int index, int count) {
        return new Page(
                version,
                index,
                count,
                index == 0 ? List.of(Fixtures.platform(Fixtures.GROQ, Origin.BUILTIN)) : List.of(),
                List.of(),
                List.of(),
                Map.of(),
                null,
                null,
                null,
                null);
    }
}
