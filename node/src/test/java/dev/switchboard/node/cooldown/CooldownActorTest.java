package dev.switchboard.node.cooldown;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.Join;
import com.typesafe.config.ConfigFactory;
import dev.switchboard.node.persistence.MemoryStore;
import dev.switchboard.node.persistence.StateStore;
import dev.switchboard.node.persistence.TestClock;
import dev.switchboard.protocol.cooldown.CooldownCommand;
import dev.switchboard.protocol.cooldown.CooldownEffect;
import dev.switchboard.protocol.cooldown.CooldownSnapshot;
import dev.switchboard.protocol.directory.DirectoryCommand;
import dev.switchboard.protocol.domain.FailureKind;
import dev.switchboard.protocol.domain.KeyId;
import dev.switchboard.protocol.domain.ModelRef;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The owner alone, on a cluster of one node and a store that misbehaves. */
class CooldownActorTest {
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final ModelRef MODEL = ModelRef.of("alpha", "large");
    private static final KeyId KEY = new KeyId("k1");

    private final TestClock clock = new TestClock();
    private final MemoryStore<CooldownMemory> store = new MemoryStore<>();
    private ActorTestKit kit;
    private TestProbe<DirectoryCommand> directory;
    private TestProbe<CooldownCommand.ReleaseReply> replies;

    @BeforeEach
    void start() {
        kit = ActorTestKit.create(
                "cooldown",
                ConfigFactory.parseString(
                                """
                                akka.actor.provider = cluster
                                akka.remote.artery.canonical { hostname = "127.0.0.1", port = 0 }
                                akka.cluster.jmx.enabled = off
                                akka.coordinated-shutdown.run-by-actor-system-terminate = off
                                akka.actor.serialization-bindings {
                                  "dev.switchboard.protocol.CborSerializable" = jackson-cbor
                                }
                                """)
                        .withFallback(ConfigFactory.load()));
        Cluster cluster = Cluster.get(kit.system());
        cluster.manager().tell(Join.create(cluster.selfMember().address()));
        directory = kit.createTestProbe();
        replies = kit.createTestProbe();
    }

    @AfterEach
    void stop() {
        kit.shutdownTestKit();
    }

    private ActorRef<CooldownCommand> owner() {
        return kit.spawn(CooldownActor.create(() -> Duration.ofMinutes(2), store, directory.ref(), clock));
    }

    private void fail(ActorRef<CooldownCommand> owner) {
        owner.tell(new CooldownCommand.Report(
                MODEL,
                KEY,
                false,
                true,
                List.of(new CooldownEffect.CoolModel(Duration.ofMinutes(10), false, FailureKind.MODEL_UNAVAILABLE)),
                clock.instant()));
    }

    private boolean release(ActorRef<CooldownCommand> owner) {
        owner.tell(new CooldownCommand.Release(CooldownSnapshot.idOf(MODEL), replies.ref()));
        return replies.receiveMessage(LONG).found();
    }

    private int storedEntries() {
        CooldownMemory memory = store.row(CooldownActor.PERSISTENCE_ID).state();
        return memory == null ? 0 : memory.entries().size();
    }

    @Test
    void aNewOwnerKnowsWhatTheOldOneKnew() {
        ActorRef<CooldownCommand> first = owner();
        fail(first);
        first.tell(CooldownCommand.Stop.INSTANCE);
        directory.expectTerminated(first, LONG);
        assertThat(storedEntries()).isEqualTo(1);
        assertThat(release(owner())).isTrue();
    }

    @Test
    void reportsWaitForTheMemoryButNotForLong() {
        store.mode(MemoryStore.Mode.HANGING);
        ActorRef<CooldownCommand> owner = owner();
        fail(owner);
        assertThat(release(owner)).isTrue();
        store.mode(MemoryStore.Mode.NORMAL);
        store.release();
        fail(owner);
        await().atMost(LONG).until(() -> storedEntries() == 1);
    }

    @Test
    void anUnreadableMemoryIsNotOverwritten() {
        store.put(CooldownActor.PERSISTENCE_ID, 3, CooldownMemory.of(List.of()));
        store.mode(MemoryStore.Mode.UNREADABLE);
        ActorRef<CooldownCommand> owner = owner();
        fail(owner);
        assertThat(release(owner)).isTrue();
        store.mode(MemoryStore.Mode.NORMAL);
        owner.tell(CooldownCommand.Stop.INSTANCE);
        directory.expectTerminated(owner, LONG);
        assertThat(store.writes()).isZero();
        assertThat(store.row(CooldownActor.PERSISTENCE_ID))
                .isEqualTo(new StateStore.Loaded<>(CooldownMemory.of(List.of()), 3));
    }

    @Test
    void anotherWritersMemoryIsReadAgain() {
        ActorRef<CooldownCommand> owner = owner();
        fail(owner);
        await().atMost(LONG).until(() -> storedEntries() == 1);
        store.put(CooldownActor.PERSISTENCE_ID, 9, CooldownMemory.of(List.of()));
        assertThat(release(owner)).isTrue();
        fail(owner);
        await().atMost(LONG).until(() -> store.row(CooldownActor.PERSISTENCE_ID).revision() > 9);
        assertThat(storedEntries()).isEqualTo(1);
    }

    @Test
    void aWriteThatHangsDoesNotKeepTheOwnerFromStopping() {
        ActorRef<CooldownCommand> owner = owner();
        assertThat(release(owner)).isFalse();
        store.mode(MemoryStore.Mode.HANGING);
        fail(owner);
        owner.tell(CooldownCommand.Stop.INSTANCE);
        directory.expectTerminated(owner, Duration.ofSeconds(5));
    }
}
