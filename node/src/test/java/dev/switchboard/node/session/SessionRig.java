package dev.switchboard.node.session;

import akka.Done;
import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.ManualTime;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.cluster.sharding.typed.javadsl.ClusterSharding;
import com.typesafe.config.ConfigFactory;
import dev.switchboard.node.persistence.MemoryStore;
import dev.switchboard.node.persistence.TestClock;
import dev.switchboard.node.settings.Settings;
import dev.switchboard.node.sharding.Entities;
import dev.switchboard.protocol.domain.FailureKind;
import dev.switchboard.protocol.domain.KeyId;
import dev.switchboard.protocol.domain.Mode;
import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.domain.PlatformId;
import dev.switchboard.protocol.domain.SessionKey;
import dev.switchboard.protocol.session.Ban;
import dev.switchboard.protocol.session.InspectReply;
import dev.switchboard.protocol.session.Pin;
import dev.switchboard.protocol.session.SessionCommand;
import dev.switchboard.protocol.session.SessionEffect;
import dev.switchboard.protocol.session.SessionEffect.PinDrop;
import dev.switchboard.protocol.session.SessionView;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** The owner of one session on a store in memory, with time that the test moves. */
abstract class SessionRig {
    static final Duration TTL = Duration.ofMinutes(30);
    static final Settings.Session SETTINGS = new Settings.Session(TTL, Duration.ofMinutes(30), Duration.ofMinutes(3));
    static final SessionKey KEY = new SessionKey("s1");
    static final String ROW = "session|s1";
    static final ModelRef MODEL = ModelRef.of("alpha", "large");
    static final KeyId PROVIDER_KEY = new KeyId("k1");
    static final Pin PIN = new Pin(MODEL, PROVIDER_KEY);

    final TestClock clock = new TestClock();
    final MemoryStore<SessionState> store = new MemoryStore<>();
    final SessionIndex index = new SessionIndex("node", clock);
    ActorTestKit kit;
    ManualTime time;
    TestProbe<ClusterSharding.ShardCommand> shard;
    TestProbe<SessionView> views;
    final Entities<SessionCommand> entities = new Entities<>(id -> {
        throw new AssertionError("told through the region: " + id);
    });
    TestProbe<InspectReply> inspections;
    TestProbe<Done> done;

    @BeforeEach
    void start() {
        kit = ActorTestKit.create(ManualTime.config().withFallback(ConfigFactory.load()));
        time = ManualTime.get(kit.system());
        shard = kit.createTestProbe();
        views = kit.createTestProbe();
        inspections = kit.createTestProbe();
        done = kit.createTestProbe();
    }

    @AfterEach
    void stop() {
        kit.shutdownTestKit();
    }

    ActorRef<SessionCommand> session() {
        return kit.spawn(SessionLoading.create(
                KEY, shard.ref(), new SessionContext(store, () -> SETTINGS, index, entities, clock)));
    }

    void pass(Duration duration) {
        clock.advance(duration);
        time.timePasses(duration);
    }

    SessionView open(ActorRef<SessionCommand> session) {
        session.tell(new SessionCommand.Open(Mode.BALANCED, views.ref()));
        return views.receiveMessage();
    }

    InspectReply inspect(ActorRef<SessionCommand> session) {
        session.tell(new SessionCommand.Inspect(inspections.ref()));
        return inspections.receiveMessage();
    }

    void succeed(ActorRef<SessionCommand> session) {
        session.tell(new SessionCommand.TurnSucceeded(MODEL, PROVIDER_KEY, true, null));
    }

    void ban(ActorRef<SessionCommand> session, String platform, Duration length) {
        session.tell(new SessionCommand.AttemptFailed(
                MODEL,
                PROVIDER_KEY,
                new SessionEffect(
                        new Ban(new PlatformId(platform), clock.instant().plus(length), FailureKind.SERVER_ERROR),
                        PinDrop.KEEP)));
    }

    void storePinned() {
        store.put(
                ROW,
                4,
                SessionState.EMPTY
                        .opened(Mode.BALANCED, clock.instant())
                        .succeeded(MODEL, PROVIDER_KEY, true, clock.instant()));
    }
}
