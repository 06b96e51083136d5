package dev.switchboard.node.turn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import akka.Done;
import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.ManualTime;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.util.ByteString;
import com.typesafe.config.ConfigFactory;
import dev.switchboard.node.chat.ChatRequest;
import dev.switchboard.node.persistence.TestClock;
import dev.switchboard.node.routing.Target;
import dev.switchboard.node.settings.Settings;
import dev.switchboard.node.settings.SettingsLoader;
import dev.switchboard.node.upstream.Upstream;
import dev.switchboard.protocol.cooldown.CooldownCommand;
import dev.switchboard.protocol.cooldown.CooldownSnapshot;
import dev.switchboard.protocol.directory.DirectorySnapshot;
import dev.switchboard.protocol.domain.FailureKind;
import dev.switchboard.protocol.domain.KeyId;
import dev.switchboard.protocol.domain.Mode;
import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.domain.SessionKey;
import dev.switchboard.protocol.provider.LeaseReply;
import dev.switchboard.protocol.provider.ProviderCommand;
import dev.switchboard.protocol.session.SessionCommand;
import dev.switchboard.protocol.session.SessionView;
import dev.switchboard.protocol.statistics.StatisticsCommand;
import dev.switchboard.protocol.statistics.StatisticsSnapshot;
import dev.switchboard.protocol.turn.TurnMessage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** What a turn needs, played by the test: its owners, its provider, and time that the test moves. */
abstract class TurnRig {
    static final ModelRef FIRST = ModelRef.of("alpha", "a");
    static final ModelRef SECOND = ModelRef.of("beta", "b");
    static final KeyId KEY = new KeyId("alpha-1");
    static final SessionKey SESSION = new SessionKey("s-0");

    final TestClock clock = new TestClock();
    final AtomicLong nanos = new AtomicLong();
    final List<StatisticsCommand> statistics = new CopyOnWriteArrayList<>();
    final List<CooldownCommand.Report> reports = new CopyOnWriteArrayList<>();
    final InFlight inFlight = new InFlight();
    final TurnPool pool = new TurnPool();
    final CompletableFuture<TurnReply> promise = new CompletableFuture<>();
    CompletableFuture<Done> heard = CompletableFuture.completedFuture(Done.getInstance());
    final List<Runnable> clientGone = new CopyOnWriteArrayList<>();
    HangingProvider upstream;
    ActorTestKit kit;
    ManualTime time;
    TestProbe<SessionCommand> session;
    TestProbe<ProviderCommand> provider;
    ChatRequest chat;
    TestProbe<TurnGuardian.Command> guardian;
    DirectorySnapshot directory;
    Settings settings;

    @BeforeEach
    void start(@TempDir Path folder) throws Exception {
        kit = ActorTestKit.create(ManualTime.config().withFallback(ConfigFactory.load()));
        time = ManualTime.get(kit.system());
        session = kit.createTestProbe(SessionCommand.class);
        provider = kit.createTestProbe(ProviderCommand.class);
        guardian = kit.createTestProbe(TurnGuardian.Command.class);
        upstream = new HangingProvider();
        chat = ChatRequest.parse(
                ByteString.fromString("{\"model\":\"x\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}"));
        directory = new TurnWorld()
                .platform("alpha", upstream.url(), 2)
                .platform("beta", upstream.url(), 1)
                .model("alpha/a", 8000)
                .model("beta/b", 8000)
                .directory();
        Path file = Files.writeString(folder.resolve("c.conf"), "switchboard.upstream.response-timeout = 10m");
        settings = SettingsLoader.load(file, Map.of(), Map.of()).settings();
    }

    @AfterEach
    void stop() throws Exception {
        kit.shutdownTestKit();
        upstream.close();
    }

    void passes(Duration some) {
        nanos.addAndGet(some.toNanos());
        time.timePasses(some);
    }

    TurnServices services() {
        return services(() -> new SplittableRandom(1));
    }

    TurnServices services(Supplier<RandomGenerator> random) {
        return new TurnServices(
                (key, message) -> session.getRef().tell(message),
                key -> heard,
                (platform, message) -> provider.getRef().tell(message),
                reports::add,
                statistics::add,
                () -> directory,
                () -> CooldownSnapshot.EMPTY,
                () -> StatisticsSnapshot.EMPTY,
                Upstream.create(kit.system(), settings.upstream(), settings.stream()),
                key -> "sk-test",
                () -> settings,
                Set.of(),
                inFlight,
                new StatedBefore(),
                new Standings(),
                new RecentLeases(),
                clock,
                random);
    }

    TurnRequest request() {
        return new TurnRequest(
                "r-1",
                chat,
                SESSION,
                new Target.Explicit(List.of(FIRST, SECOND), false, Mode.BALANCED),
                "alpha/a",
                clientGone::add);
    }

    ActorRef<TurnMessage> turn() throws Exception {
        ActorRef<TurnMessage> actor = kit.spawn(TurnActor.create(services(), pool, guardian.ref(), nanos::get));
        begin(actor, promise);
        return actor;
    }

    void begin(ActorRef<TurnMessage> actor, CompletableFuture<TurnReply> answer) {
        assertThat(pool.begin()).isTrue();
        actor.tell(new TurnEvent.Begin(request(), answer, null));
    }

    void openSession() {
        session.expectMessageClass(SessionCommand.Open.class).replyTo().tell(SessionView.EMPTY);
    }

    ProviderCommand.Acquire grant(String key) {
        ProviderCommand.Acquire ask = provider.expectMessageClass(ProviderCommand.Acquire.class);
        ask.replyTo().tell(new LeaseReply.Granted(ask.lease(), new KeyId(key), false, null));
        return ask;
    }

    ProviderCommand.Acquire underWay() {
        openSession();
        ProviderCommand.Acquire lease = grant("alpha-1");
        await().until(() -> upstream.connections() == 1);
        return lease;
    }

    TurnReply.Refusal refusal() {
        await().until(promise::isDone);
        return (TurnReply.Refusal) promise.join();
    }

    static Optional<TurnReply.Refusal> refusal(CompletionStage<TurnReply> answer) {
        return Optional.ofNullable(
                (TurnReply.Refusal) answer.toCompletableFuture().getNow(null));
    }

    List<FailureKind> attempts() {
        return statistics.stream()
                .filter(StatisticsCommand.AttemptEnded.class::isInstance)
                .map(each -> ((StatisticsCommand.AttemptEnded) each).failure())
                .toList();
    }
}
