package dev.switchboard.node.provider;

import static dev.switchboard.node.provider.World.ALPHA;
import static dev.switchboard.node.provider.World.START;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.ManualTime;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.actor.typed.javadsl.Behaviors;
import com.typesafe.config.ConfigFactory;
import dev.switchboard.node.sharding.Entities;
import dev.switchboard.protocol.provider.LeaseReply;
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
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** The owner of a platform on a fake store, with time that the test moves. */
abstract class ProviderRig {
    final World world = new World();
    final FakeStore store = new FakeStore();
    final TestClock clock = new TestClock();
    final Queue<ProviderCommand> throughRegion = new ConcurrentLinkedQueue<>();
    final List<AnnounceLeases> calls = new CopyOnWriteArrayList<>();
    ActorTestKit kit;
    ManualTime time;
    TestProbe<LeaseReply> replies;
    ActorRef<TurnMessage> turn;

    /** A clock that the test moves. */
    static final class TestClock extends Clock {
        private volatile Instant now = START;

        @Override
        public Instant instant() {
            return now;
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

    Entities<ProviderCommand> entities;

    @BeforeEach
    void start() {
        kit = ActorTestKit.create(ManualTime.config().withFallback(ConfigFactory.load()));
        time = ManualTime.get(kit.system());
        replies = kit.createTestProbe(LeaseReply.class);
        turn = kit.spawn(Behaviors.<TurnMessage>ignore());
        ActorRef<ProviderCommand> region = kit.spawn(Behaviors.receiveMessage(message -> {
            throughRegion.add(message);
            return Behaviors.same();
        }));
        entities = new Entities<>(id -> region);
    }

    @AfterEach
    void stop() {
        kit.shutdownTestKit();
    }

    ActorRef<ProviderCommand> owner() {
        return kit.spawn(ProviderActor.create(
                ALPHA,
                new ProviderSetup(
                        clock,
                        () -> world.directory,
                        () -> world.cooldowns,
                        () -> World.RESERVATION,
                        store,
                        entities,
                        calls::add)));
    }

    void pass(Duration amount) {
        clock.now = clock.now.plus(amount);
        time.timePasses(amount);
    }

    /** A turn's death notice takes real time to come, and its last words get theirs by the manual clock. */
    void awaitNoLease(ActorRef<ProviderCommand> owner) {
        await().untilAsserted(() -> {
            time.timePasses(ProviderActor.LAST_WORDS);
            assertThat(report(owner).leases()).isEmpty();
        });
    }

    World.Ask ask() {
        return world.ask().owner(turn);
    }

    LeaseReply acquire(ActorRef<ProviderCommand> owner, World.Ask ask) {
        owner.tell(ask.to(replies.ref()));
        return replies.receiveMessage();
    }

    LeaseReply.Granted granted(ActorRef<ProviderCommand> owner, World.Ask ask) {
        LeaseReply reply = acquire(owner, ask);
        assertThat(reply).isInstanceOf(LeaseReply.Granted.class);
        return (LeaseReply.Granted) reply;
    }

    LeaseReply.Denied denied(ActorRef<ProviderCommand> owner, World.Ask ask) {
        LeaseReply reply = acquire(owner, ask);
        assertThat(reply).isInstanceOf(LeaseReply.Denied.class);
        return (LeaseReply.Denied) reply;
    }

    ProviderReport report(ActorRef<ProviderCommand> owner) {
        TestProbe<ProviderReport> probe = kit.createTestProbe(ProviderReport.class);
        owner.tell(new ProviderCommand.Inspect(probe.ref()));
        return probe.receiveMessage();
    }

    void awaitWritten(int count) {
        await().untilAsserted(() -> assertThat(store.written()).hasSize(count));
    }

    void stopAndAwait(ActorRef<ProviderCommand> owner) {
        owner.tell(ProviderCommand.Stop.INSTANCE);
        replies.expectTerminated(owner);
    }
}
