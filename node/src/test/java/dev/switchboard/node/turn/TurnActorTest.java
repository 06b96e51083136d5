package dev.switchboard.node.turn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import akka.Done;
import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.LoggingTestKit;
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
import dev.switchboard.protocol.domain.LeaseId;
import dev.switchboard.protocol.domain.Mode;
import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.domain.PlatformId;
import dev.switchboard.protocol.domain.SessionKey;
import dev.switchboard.protocol.provider.LeaseReply;
import dev.switchboard.protocol.provider.LeaseResult;
import dev.switchboard.protocol.provider.ProviderCommand;
import dev.switchboard.protocol.session.Ban;
import dev.switchboard.protocol.session.Pin;
import dev.switchboard.protocol.session.RouteDecision;
import dev.switchboard.protocol.session.SessionCommand;
import dev.switchboard.protocol.session.SessionView;
import dev.switchboard.protocol.statistics.StatisticsCommand;
import dev.switchboard.protocol.statistics.StatisticsSnapshot;
import dev.switchboard.protocol.turn.AnnounceLeases;
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
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The life of a request against owners that the test plays, with time that it moves. */
class TurnActorTest {
    private static final ModelRef FIRST = ModelRef.of("alpha", "a");
    private static final ModelRef SECOND = ModelRef.of("beta", "b");
    private static final KeyId KEY = new KeyId("alpha-1");
    private static final SessionKey SESSION = new SessionKey("s-0");

    private final TestClock clock = new TestClock();
    private final AtomicLong nanos = new AtomicLong();
    private final List<StatisticsCommand> statistics = new CopyOnWriteArrayList<>();
    private final List<CooldownCommand.Report> reports = new CopyOnWriteArrayList<>();
    private final InFlight inFlight = new InFlight();
    private final TurnPool pool = new TurnPool();
    private final CompletableFuture<TurnReply> promise = new CompletableFuture<>();
    private final List<Runnable> clientGone = new CopyOnWriteArrayList<>();
    private HangingProvider upstream;
    private ActorTestKit kit;
    private ManualTime time;
    private TestProbe<SessionCommand> session;
    private TestProbe<ProviderCommand> provider;
    private ChatRequest chat;
    private TestProbe<TurnGuardian.Command> guardian;
    private DirectorySnapshot directory;
    private Settings settings;

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

    private void passes(Duration some) {
        nanos.addAndGet(some.toNanos());
        time.timePasses(some);
    }

    private TurnServices services() {
        return services(() -> new SplittableRandom(1));
    }

    private TurnServices services(Supplier<RandomGenerator> random) {
        return new TurnServices(
                key -> session.getRef(),
                platform -> provider.getRef(),
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
                clock,
                random);
    }

    private TurnRequest request() {
        return new TurnRequest(
                "r-1",
                chat,
                SESSION,
                new Target.Explicit(List.of(FIRST, SECOND), false, Mode.BALANCED),
                "alpha/a",
                clientGone::add);
    }

    private ActorRef<TurnMessage> turn() throws Exception {
        ActorRef<TurnMessage> actor = kit.spawn(TurnActor.create(services(), pool, guardian.ref(), nanos::get));
        begin(actor, promise);
        return actor;
    }

    private void begin(ActorRef<TurnMessage> actor, CompletableFuture<TurnReply> answer) {
        assertThat(pool.begin()).isTrue();
        actor.tell(new TurnEvent.Begin(request(), answer));
    }

    private void openSession() {
        session.expectMessageClass(SessionCommand.Open.class).replyTo().tell(SessionView.EMPTY);
    }

    private ProviderCommand.Acquire grant(String key) {
        ProviderCommand.Acquire ask = provider.expectMessageClass(ProviderCommand.Acquire.class);
        ask.replyTo().tell(new LeaseReply.Granted(ask.lease(), new KeyId(key), false));
        return ask;
    }

    private ProviderCommand.Acquire underWay() {
        openSession();
        ProviderCommand.Acquire lease = grant("alpha-1");
        await().until(() -> upstream.connections() == 1);
        return lease;
    }

    private TurnReply.Refusal refusal() {
        await().until(promise::isDone);
        return (TurnReply.Refusal) promise.join();
    }

    private static Optional<TurnReply.Refusal> refusal(CompletionStage<TurnReply> answer) {
        return Optional.ofNullable(
                (TurnReply.Refusal) answer.toCompletableFuture().getNow(null));
    }

    private List<FailureKind> attempts() {
        return statistics.stream()
                .filter(StatisticsCommand.AttemptEnded.class::isInstance)
                .map(each -> ((StatisticsCommand.AttemptEnded) each).failure())
                .toList();
    }

    @Test
    void aTurnThatCrashesIsLoggedWithItsRequestIdAndAnswered() throws Exception {
        ActorRef<TurnMessage> actor = kit.spawn(TurnActor.create(
                services(() -> {
                    throw new IllegalStateException("no luck today");
                }),
                pool,
                guardian.ref()));

        LoggingTestKit.error("no luck today")
                .withMdc(Map.of("requestId", "r-1"))
                .expect(kit.system(), () -> {
                    begin(actor, promise);
                    openSession();
                    return null;
                });
        session.expectTerminated(actor);
        assertThat(pool.take()).isNull();
        assertThat(refusal().status()).isEqualTo(500);
        assertThat(refusal().type()).isEqualTo("internal_error");
        assertThat(inFlight.count()).isZero();
    }

    @Test
    void aSilentSessionIsAskedAgainAndThenDoneWithout() throws Exception {
        turn();
        for (int i = 0; i < 24; i++) {
            session.expectMessageClass(SessionCommand.Open.class);
            passes(Duration.ofSeconds(1));
        }
        assertThat(provider.expectMessageClass(ProviderCommand.Acquire.class).model())
                .isEqualTo(FIRST);
        session.expectNoMessage(Duration.ofMillis(100));
    }

    @Test
    void aSilentOwnerIsAskedAgainForTheSameLease() throws Exception {
        turn();
        openSession();
        ProviderCommand.Acquire first = provider.expectMessageClass(ProviderCommand.Acquire.class);
        passes(Duration.ofSeconds(1));
        ProviderCommand.Acquire again = provider.expectMessageClass(ProviderCommand.Acquire.class);
        assertThat(again.lease()).isEqualTo(first.lease());
        // Both answers are about the same lease: the first to come counts, the other is nobody's any more.
        first.replyTo().tell(new LeaseReply.Granted(first.lease(), KEY, false));
        again.replyTo().tell(new LeaseReply.Granted(first.lease(), KEY, false));
        await().until(() -> inFlight.leases() == 1 && upstream.connections() == 1);
        provider.expectNoMessage(Duration.ofMillis(100));
        assertThat(upstream.connections()).isEqualTo(1);
    }

    @Test
    void anOwnerSilentForTooLongIsPassedOverAndItsLeaseWithdrawn() throws Exception {
        turn();
        openSession();
        ProviderCommand.Acquire last = null;
        for (int i = 0; i < 12; i++) {
            last = provider.expectMessageClass(ProviderCommand.Acquire.class);
            passes(Duration.ofSeconds(1));
        }
        ProviderCommand.Settle settle = provider.expectMessageClass(ProviderCommand.Settle.class);
        assertThat(settle.lease()).isEqualTo(last.lease());
        assertThat(settle.result()).isInstanceOf(LeaseResult.Cancelled.class);
        assertThat(provider.expectMessageClass(ProviderCommand.Acquire.class).model())
                .isEqualTo(SECOND);
    }

    @Test
    void theBudgetEndsTheAttemptThatRuns() throws Exception {
        turn();
        ProviderCommand.Acquire lease = underWay();
        passes(settings.routing().budget());
        ProviderCommand.Settle settle = provider.expectMessageClass(ProviderCommand.Settle.class);
        assertThat(settle.lease()).isEqualTo(lease.lease());
        assertThat(((LeaseResult.Failed) settle.result()).kind()).isEqualTo(FailureKind.TIMEOUT);
        assertThat(refusal().status()).isEqualTo(504);
        assertThat(attempts()).containsExactly(FailureKind.TIMEOUT);
        provider.expectNoMessage(Duration.ofMillis(100));
        assertThat(inFlight.count()).isZero();
    }

    @Test
    void aClientThatLeavesBeforeTheLeaseLeavesNoneBehind() throws Exception {
        turn();
        openSession();
        ProviderCommand.Acquire asked = provider.expectMessageClass(ProviderCommand.Acquire.class);
        for (int i = 0; i < 10; i++) {
            passes(Duration.ofSeconds(1));
            asked = provider.expectMessageClass(ProviderCommand.Acquire.class);
        }
        clientGone.forEach(Runnable::run);
        ProviderCommand.Settle settle = provider.expectMessageClass(ProviderCommand.Settle.class);
        assertThat(settle.lease()).isEqualTo(asked.lease());
        assertThat(settle.result()).isInstanceOf(LeaseResult.Cancelled.class);
        // A grant that is late finds nobody.
        asked.replyTo().tell(new LeaseReply.Granted(asked.lease(), KEY, false));
        provider.expectNoMessage(Duration.ofMillis(100));
        assertThat(upstream.connections()).isZero();
        assertThat(attempts()).isEmpty();
    }

    @Test
    void aClientThatLeavesEndsTheAttemptOnce() throws Exception {
        turn();
        underWay();
        clientGone.forEach(Runnable::run);
        clientGone.forEach(Runnable::run);
        assertThat(provider.expectMessageClass(ProviderCommand.Settle.class).result())
                .isInstanceOf(LeaseResult.Cancelled.class);
        await().untilAsserted(() -> assertThat(attempts()).containsExactly(FailureKind.CANCELLED));
        assertThat(reports).isEmpty();
        session.expectMessageClass(SessionCommand.Trace.class);
        session.expectNoMessage(Duration.ofMillis(100));
    }

    @Test
    void aRestartedOwnerIsToldOfTheLease() throws Exception {
        ActorRef<TurnMessage> turn = turn();
        ProviderCommand.Acquire lease = underWay();
        turn.tell(new AnnounceLeases(new PlatformId("beta")));
        turn.tell(new AnnounceLeases(new PlatformId("alpha")));
        ProviderCommand.Announce told = provider.expectMessageClass(ProviderCommand.Announce.class);
        assertThat(told.lease()).isEqualTo(lease.lease());
        assertThat(told.model()).isEqualTo(FIRST);
        assertThat(told.key()).isEqualTo(KEY);
        assertThat(told.owner()).isEqualTo(turn);
        provider.expectNoMessage(Duration.ofMillis(100));
    }

    @Test
    void aLeaseOnAKeyThatIsGoneIsNobodysFailure() throws Exception {
        turn();
        openSession();
        grant("removed");
        assertThat(provider.expectMessageClass(ProviderCommand.Settle.class).result())
                .isInstanceOf(LeaseResult.Cancelled.class);
        assertThat(provider.expectMessageClass(ProviderCommand.Acquire.class).model())
                .isEqualTo(SECOND);
        assertThat(reports).isEmpty();
        assertThat(upstream.connections()).isZero();
    }

    @Test
    void aStoppingNodeWaitsThenInterruptsAndTakesNothingNew() throws Exception {
        ActorRef<TurnGuardian.Command> parent = kit.spawn(TurnGuardian.create(services(), pool));
        Turns turns = new Turns(pool, parent);
        CompletionStage<TurnReply> answer = turns.run(request());
        underWay();
        TestProbe<Done> done = kit.createTestProbe(Done.class);
        parent.tell(new TurnGuardian.Drain(Duration.ofSeconds(2), Duration.ofSeconds(30), done.getRef()));
        done.expectNoMessage(Duration.ofMillis(100));
        passes(Duration.ofSeconds(2));
        TurnRequest late = request();
        await().until(() ->
                refusal(turns.run(late)).map(TurnReply.Refusal::status).equals(Optional.of(503)));
        passes(Duration.ofSeconds(27));
        done.expectNoMessage(Duration.ofMillis(100));
        assertThat(answer.toCompletableFuture()).isNotDone();
        passes(Duration.ofSeconds(1));
        assertThat(provider.expectMessageClass(ProviderCommand.Settle.class).result())
                .isInstanceOf(LeaseResult.Cancelled.class);
        await().until(() -> refusal(answer).map(TurnReply.Refusal::status).equals(Optional.of(503)));
        done.expectMessage(Done.getInstance());
        assertThat(attempts()).containsExactly(FailureKind.CANCELLED);
    }

    @Test
    void anActorServesOneTurnAfterTheOther() throws Exception {
        ActorRef<TurnMessage> actor = turn();
        underWay();
        Runnable firstClientGoes = clientGone.get(0);
        firstClientGoes.run();
        provider.expectMessageClass(ProviderCommand.Settle.class);
        await().until(promise::isDone);
        await().untilAsserted(() -> assertThat(pool.take()).isEqualTo(actor));

        CompletableFuture<TurnReply> second = new CompletableFuture<>();
        session.expectMessageClass(SessionCommand.Trace.class);
        Duration later = Duration.ofSeconds(5);
        passes(later);
        begin(actor, second);
        openSession();
        ProviderCommand.Acquire asked = grant("alpha-1");
        assertThat(asked.owner()).isEqualTo(actor);
        await().until(() -> inFlight.leases() == 1);
        // What belongs to the first turn is nothing to the second: its client, and the clock of its budget.
        firstClientGoes.run();
        passes(settings.routing().budget().minus(later));
        provider.expectNoMessage(Duration.ofMillis(100));
        assertThat(second).isNotDone();
        passes(later);
        assertThat(((LeaseResult.Failed) provider.expectMessageClass(ProviderCommand.Settle.class)
                                .result())
                        .kind())
                .isEqualTo(FailureKind.TIMEOUT);
        await().until(second::isDone);
    }

    @Test
    void anActorThatASessionStillOwesAnAnswerServesNoOtherTurn() throws Exception {
        ActorRef<TurnMessage> actor = turn();
        session.expectMessageClass(SessionCommand.Open.class);
        clientGone.forEach(Runnable::run);
        session.expectTerminated(actor);
        assertThat(pool.take()).isNull();
    }

    @Test
    void aDecisionHasNoMoreCandidatesThanASessionKeeps() {
        TurnWorld many = new TurnWorld()
                .platform("alpha", "http://127.0.0.1:1/v1", 1)
                .platform("beta", "http://127.0.0.1:1/v1", 0);
        for (int i = 0; i < 100; i++) {
            many.model((i < 30 ? "alpha/m" : "beta/m") + i, 8000);
        }
        directory = many.directory();
        TurnRequest automatic =
                new TurnRequest("r-1", chat, SESSION, new Target.Auto(Mode.BALANCED), "auto", clientGone::add);
        Ladder ladder = TurnRouting.ladder(services(), automatic, SessionView.EMPTY, directory, model -> false);
        List<RouteDecision.Candidate> candidates =
                ladder.decision(clock.instant(), "r-1").candidates();
        assertThat(candidates).hasSize(RouteDecision.MOST_CANDIDATES);
        assertThat(candidates.subList(0, 30))
                .allSatisfy(candidate -> assertThat(candidate.skipped()).isNull());
        assertThat(candidates.get(30).skipped()).isNotNull();
    }

    @Test
    void nothingIsDrawnWhileThePinnedModelServes() {
        AtomicInteger draws = new AtomicInteger();
        TurnServices services = services(() -> {
            draws.incrementAndGet();
            return new SplittableRandom(1);
        });
        TurnRequest automatic =
                new TurnRequest("r-1", chat, SESSION, new Target.Auto(Mode.BALANCED), "auto", clientGone::add);
        SessionView pinned = new SessionView(new Pin(SECOND, new KeyId("beta-1")), List.of(), 1);

        Ladder ladder = TurnRouting.ladder(services, automatic, pinned, directory, model -> false);
        assertThat(ladder.next()).contains(SECOND);
        assertThat(ladder.decision(clock.instant(), "r-1").candidates())
                .extracting(RouteDecision.Candidate::model)
                .containsExactly(SECOND, FIRST);
        assertThat(draws).hasValue(0);
        ladder.denied(SECOND, new LeaseReply.Denied(new LeaseId("l"), LeaseReply.Reason.RPM, null));
        assertThat(draws).hasValue(1);
        assertThat(ladder.next()).contains(FIRST);

        SessionView banned = new SessionView(
                new Pin(SECOND, new KeyId("beta-1")),
                List.of(new Ban(SECOND.platform(), clock.instant().plusSeconds(60), FailureKind.SERVER_ERROR)),
                1);
        Ladder other = TurnRouting.ladder(services, automatic, banned, directory, model -> false);
        assertThat(other.next()).contains(FIRST);
        assertThat(draws).hasValue(2);
    }
}
