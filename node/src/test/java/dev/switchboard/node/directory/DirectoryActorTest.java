package dev.switchboard.node.directory;

import static dev.switchboard.node.directory.Fixtures.FAST;
import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.UnhandledMessage;
import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.actor.typed.eventstream.EventStream;
import akka.persistence.testkit.PersistenceTestKitPlugin;
import akka.persistence.testkit.PersistenceTestKitSnapshotPlugin;
import akka.persistence.testkit.javadsl.PersistenceTestKit;
import akka.persistence.testkit.javadsl.SnapshotTestKit;
import dev.switchboard.node.settings.Settings.Bootstrap;
import dev.switchboard.protocol.directory.ChangeReply;
import dev.switchboard.protocol.directory.DirectoryChange;
import dev.switchboard.protocol.directory.DirectoryCommand;
import dev.switchboard.protocol.directory.DirectoryCommand.Acknowledge;
import dev.switchboard.protocol.directory.DirectoryCommand.AuditEntry;
import dev.switchboard.protocol.directory.DirectoryCommand.AuditTrail;
import dev.switchboard.protocol.directory.DirectoryCommand.Change;
import dev.switchboard.protocol.directory.DirectoryCommand.ReadAudit;
import dev.switchboard.protocol.directory.DirectoryCommand.Stop;
import dev.switchboard.protocol.directory.DirectoryCommand.Subscribe;
import dev.switchboard.protocol.directory.DirectorySnapshot;
import dev.switchboard.protocol.directory.DirectoryUpdate;
import dev.switchboard.protocol.directory.Model;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DirectoryActorTest {
    private static final DirectorySetup SETUP = Fixtures.setup(
            Fixtures.settings(true, Bootstrap.NONE, null, null), Fixtures.VAULT, Fixtures.catalog("2026-11-1"));
    private static final String ID = DirectoryActor.PERSISTENCE_ID.id();
    private static ActorTestKit kit;
    private static PersistenceTestKit journal;
    private static SnapshotTestKit snapshots;

    @BeforeAll
    static void start() {
        kit = ActorTestKit.create(
                "directory",
                PersistenceTestKitPlugin.getInstance()
                        .config()
                        .withFallback(PersistenceTestKitSnapshotPlugin.config())
                        .withFallback(Fixtures.serialization()));
        journal = PersistenceTestKit.create(kit.system());
        snapshots = SnapshotTestKit.create(kit.system());
    }

    @AfterAll
    static void stop() {
        kit.shutdownTestKit();
    }

    @BeforeEach
    void clear() {
        journal.clearAll();
        snapshots.clearAll();
    }

    @Test
    void aFreshOwnerKeepsTheCatalogueAndAccessKeysOnce() {
        ActorRef<DirectoryCommand> owner = kit.spawn(DirectoryActor.create(SETUP, replica -> true));
        DirectorySnapshot first = subscribed(owner, kit.createTestProbe());
        assertThat(first.version()).isEqualTo(3);
        assertThat(first.model(FAST)).isNotNull();
        assertThat(journal.persistedInStorage(ID)).hasSize(3).allMatch(DirectoryEvent.class::isInstance);
        halt(owner);

        ActorRef<DirectoryCommand> again = kit.spawn(DirectoryActor.create(SETUP, replica -> true));
        DirectorySnapshot second = subscribed(again, kit.createTestProbe());
        assertThat(second.version()).isEqualTo(3);
        assertThat(second.apiKeyCipher()).isNotNull().isEqualTo(first.apiKeyCipher());
        assertThat(journal.persistedInStorage(ID)).hasSize(3);
        halt(again);
    }

    @Test
    void eachChangeIsOneVersionThatAllSubscribersGet() {
        ActorRef<DirectoryCommand> owner = kit.spawn(DirectoryActor.create(SETUP, replica -> true));
        TestProbe<DirectoryUpdate> one = kit.createTestProbe();
        TestProbe<DirectoryUpdate> two = kit.createTestProbe();
        subscribed(owner, one);
        subscribed(owner, two);
        assertThat(ask(owner, renamed("Quick"))).isEqualTo(new ChangeReply.Accepted(4));
        assertThat(whole(one).model(FAST)).extracting(Model::name).isEqualTo("Quick");
        assertThat(whole(two).version()).isEqualTo(4);

        one.stop();
        assertThat(ask(owner, renamed("Quicker"))).isEqualTo(new ChangeReply.Accepted(5));
        assertThat(whole(two).version()).isEqualTo(5);
        halt(owner);
    }

    @Test
    void aRefusedOrEmptyChangeIsNoEvent() {
        ActorRef<DirectoryCommand> owner = kit.spawn(DirectoryActor.create(SETUP, replica -> true));
        assertThat(ask(owner, renamed("")))
                .isInstanceOfSatisfying(ChangeReply.Refused.class, refused -> assertThat(refused.field())
                        .isEqualTo("name"));
        assertThat(ask(owner, new DirectoryChange.Rechain(List.of()))).isEqualTo(new ChangeReply.Accepted(3));
        assertThat(journal.persistedInStorage(ID)).hasSize(3);
        halt(owner);
    }

    @Test
    void manyChangesAreRecoveredFromASnapshot() {
        ActorRef<DirectoryCommand> owner = kit.spawn(DirectoryActor.create(SETUP, replica -> true));
        for (int i = 1; i <= 130; i++) {
            ask(owner, renamed("Name " + i));
        }
        halt(owner);
        ActorRef<DirectoryCommand> again = kit.spawn(DirectoryActor.create(SETUP, replica -> true));
        DirectorySnapshot snapshot = subscribed(again, kit.createTestProbe());
        assertThat(snapshot.version()).isEqualTo(133);
        assertThat(snapshot.model(FAST)).extracting(Model::name).isEqualTo("Name 130");
        assertThat(journal.persistedInStorage(ID))
                .as("the journal is the audit trail")
                .hasSize(133);
        List<AuditEntry> newest = audit(again, 2);
        assertThat(newest).extracting(AuditEntry::after).containsExactly("name=Name 130", "name=Name 129");
        assertThat(audit(again, 1_000)).hasSize(133);
        halt(again);
    }

    @Test
    void theTrailFitsOneMessage() {
        ActorRef<DirectoryCommand> owner = kit.spawn(DirectoryActor.create(SETUP, replica -> true));
        for (int i = 0; i < 150; i++) {
            ask(owner, new DirectoryChange.PutSettings(Map.of("a", (i % 2 == 0 ? "x" : "y").repeat(3_000))));
        }
        assertThat(audit(owner, 1_000).stream()
                        .mapToInt(entry -> entry.toString().length())
                        .sum())
                .isBetween(100_000, 160_000);
        halt(owner);
    }

    @Test
    void heartbeatsCarryTheVersion() {
        ActorRef<DirectoryCommand> owner = kit.spawn(DirectoryActor.create(SETUP, replica -> true));
        TestProbe<DirectoryUpdate> replica = kit.createTestProbe();
        subscribed(owner, replica);
        assertThat(replica.expectMessageClass(DirectoryUpdate.Heartbeat.class, Duration.ofSeconds(5)))
                .isEqualTo(new DirectoryUpdate.Heartbeat(3));
        halt(owner);
    }

    @Test
    void theOwnerComesBackAfterTheDatabaseFailed() {
        ActorRef<DirectoryCommand> owner = kit.spawn(DirectoryActor.create(SETUP, replica -> true));
        subscribed(owner, kit.createTestProbe());
        journal.failNextPersisted(ID);
        TestProbe<ChangeReply> reply = kit.createTestProbe();
        owner.tell(new Change(renamed("Lost"), "admin", reply.ref()));
        assertThat(ask(owner, renamed("Kept"))).isInstanceOf(ChangeReply.Accepted.class);
        assertThat(subscribed(owner, kit.createTestProbe()).model(FAST))
                .extracting(Model::name)
                .isEqualTo("Kept");
        reply.expectNoMessage(Duration.ofMillis(50));
        halt(owner);
    }

    @Test
    void anUnreadableJournalIsNeverTakenForAnEmptyOne() {
        journal.persistForRecovery(ID, List.of("not an event"));
        ActorRef<DirectoryCommand> owner = kit.spawn(DirectoryActor.create(SETUP, replica -> true));
        TestProbe<DirectoryUpdate> replica = kit.createTestProbe();
        owner.tell(new Subscribe(replica.ref()));
        replica.expectNoMessage(Duration.ofMillis(700));
        assertThat(journal.persistedInStorage(ID)).hasSize(1);
        kit.stop(owner);
    }

    @Test
    void everyCommandIsHandled() {
        TestProbe<UnhandledMessage> unhandled = kit.createTestProbe();
        kit.system().eventStream().tell(new EventStream.Subscribe<>(UnhandledMessage.class, unhandled.ref()));
        ActorRef<DirectoryCommand> owner = kit.spawn(DirectoryActor.create(SETUP, replica -> true));
        TestProbe<Object> any = kit.createTestProbe();
        List<DirectoryCommand> all = List.of(
                new Subscribe(any.ref().narrow()),
                new Acknowledge(1, any.ref().narrow()),
                new Change(renamed("x"), "admin", any.ref().narrow()),
                new ReadAudit(1, any.ref().narrow()),
                Stop.INSTANCE);
        assertThat(all.stream().<Class<?>>map(Object::getClass))
                .containsExactlyInAnyOrder(DirectoryCommand.class.getPermittedSubclasses());
        all.forEach(owner::tell);
        any.expectTerminated(owner, Duration.ofSeconds(10));
        unhandled.expectNoMessage(Duration.ofMillis(50));
    }

    private static DirectoryChange renamed(String name) {
        return new DirectoryChange.PatchModel(FAST, name, null, null, null, null, null, null, null);
    }

    private static ChangeReply ask(ActorRef<DirectoryCommand> owner, DirectoryChange change) {
        TestProbe<ChangeReply> reply = kit.createTestProbe();
        owner.tell(new Change(change, "admin", reply.ref()));
        return reply.receiveMessage(Duration.ofSeconds(10));
    }

    private static List<AuditEntry> audit(ActorRef<DirectoryCommand> owner, int limit) {
        TestProbe<AuditTrail> reply = kit.createTestProbe();
        owner.tell(new ReadAudit(limit, reply.ref()));
        return reply.receiveMessage(Duration.ofSeconds(10)).entries();
    }

    private static DirectorySnapshot subscribed(ActorRef<DirectoryCommand> owner, TestProbe<DirectoryUpdate> replica) {
        owner.tell(new Subscribe(replica.ref()));
        return whole(replica);
    }

    /** The next whole version, heartbeats aside. */
    private static DirectorySnapshot whole(TestProbe<DirectoryUpdate> replica) {
        List<DirectoryUpdate.Page> pages = new ArrayList<>();
        while (pages.isEmpty() || pages.size() < pages.get(0).count()) {
            DirectoryUpdate update = replica.receiveMessage(Duration.ofSeconds(10));
            if (update instanceof DirectoryUpdate.Page page) {
                pages.add(page);
            }
        }
        return Pages.whole(pages);
    }

    private static void halt(ActorRef<DirectoryCommand> owner) {
        owner.tell(Stop.INSTANCE);
        kit.createTestProbe().expectTerminated(owner, Duration.ofSeconds(10));
    }
}
