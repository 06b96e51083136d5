package dev.switchboard.node.quota;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import dev.switchboard.node.persistence.MemoryStore;
import dev.switchboard.node.persistence.TestClock;
import dev.switchboard.protocol.domain.ApiKeyId;
import dev.switchboard.protocol.domain.Limits;
import dev.switchboard.protocol.provider.GrantNumber;
import dev.switchboard.protocol.quota.QuotaCommand;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The owner of one API key's limits. */
class QuotaActorTest {
    private static ActorTestKit kit;
    private static final ApiKeyId KEY = new ApiKeyId("0123456789ab");
    private static final String ROW = "quota|" + KEY.value();
    private static final Limits TWO_A_MINUTE = new Limits(2L, null, null, null);
    private static final Limits TOKENS = new Limits(null, null, null, 100L);

    private final MemoryStore<QuotaState> store = new MemoryStore<>();
    private final TestClock clock = new TestClock();
    private final AtomicInteger calls = new AtomicInteger();
    private final TestProbe<QuotaCommand.Answer> answers = kit.createTestProbe();
    private final TestProbe<QuotaCommand.Use> uses = kit.createTestProbe();

    @BeforeAll
    static void start() {
        kit = ActorTestKit.create();
    }

    @AfterAll
    static void stop() {
        kit.shutdownTestKit();
    }

    private ActorRef<QuotaCommand> owner() {
        return kit.spawn(QuotaActor.create(KEY, store, clock, calls::incrementAndGet));
    }

    private QuotaCommand.Answer ask(ActorRef<QuotaCommand> owner, String ticket, Limits limits, long tokens) {
        owner.tell(new QuotaCommand.Admit(ticket, limits, tokens, answers.ref()));
        return answers.receiveMessage();
    }

    private QuotaCommand.Use use(ActorRef<QuotaCommand> owner) {
        owner.tell(new QuotaCommand.Inspect(uses.ref()));
        return uses.receiveMessage();
    }

    private void stop(ActorRef<QuotaCommand> owner) {
        owner.tell(QuotaCommand.Stop.INSTANCE);
        answers.expectTerminated(owner);
    }

    @Test
    void letsInUpToTheLimitAndSaysWhenTheNextMayCome() {
        ActorRef<QuotaCommand> owner = owner();
        Instant first = clock.instant();
        assertThat(ask(owner, "a", TWO_A_MINUTE, 1)).isInstanceOf(QuotaCommand.Admitted.class);
        clock.advance(Duration.ofSeconds(10));
        assertThat(ask(owner, "b", TWO_A_MINUTE, 1)).isInstanceOf(QuotaCommand.Admitted.class);
        QuotaCommand.Denied denied = (QuotaCommand.Denied) ask(owner, "c", TWO_A_MINUTE, 1);
        assertThat(denied.limit()).isEqualTo("rpm");
        assertThat(denied.retryAt()).isBetween(first.plusSeconds(59), first.plusSeconds(61));
        clock.advance(Duration.ofSeconds(51));
        assertThat(ask(owner, "c", TWO_A_MINUTE, 1)).isInstanceOf(QuotaCommand.Admitted.class);
    }

    @Test
    void aTicketAskedAgainCountsOnce() {
        ActorRef<QuotaCommand> owner = owner();
        for (int i = 0; i < 3; i++) {
            assertThat(ask(owner, "same", TWO_A_MINUTE, 7)).isInstanceOf(QuotaCommand.Admitted.class);
        }
        assertThat(use(owner)).isEqualTo(new QuotaCommand.Use(1, 1, 7, 7));
    }

    @Test
    void whatARequestReallyUsedReplacesItsEstimate() {
        ActorRef<QuotaCommand> owner = owner();
        ask(owner, "a", TOKENS, 90);
        assertThat(ask(owner, "b", TOKENS, 20)).isInstanceOf(QuotaCommand.Denied.class);
        owner.tell(new QuotaCommand.Settle("a", 90, 30));
        assertThat(use(owner).tpd()).isEqualTo(30);
        assertThat(ask(owner, "b", TOKENS, 20)).isInstanceOf(QuotaCommand.Admitted.class);
        QuotaCommand.Denied never = (QuotaCommand.Denied) ask(owner, "c", TOKENS, 101);
        assertThat(never.retryAt()).isNull();
    }

    @Test
    void theNextOwnerKnowsWhatWasUsedAndSettlesWhatTheOneBeforeLetIn() {
        ActorRef<QuotaCommand> owner = owner();
        ask(owner, "a", TOKENS, 40);
        stop(owner);
        assertThat(store.state(ROW).tokens()).isEqualTo(40);
        ActorRef<QuotaCommand> next = owner();
        assertThat(use(next)).isEqualTo(new QuotaCommand.Use(1, 1, 40, 40));
        next.tell(new QuotaCommand.Settle("a", 40, 55));
        assertThat(use(next)).isEqualTo(new QuotaCommand.Use(1, 1, 55, 55));
    }

    @Test
    void whatAKilledOwnerHadNotSavedIsToldAgainAndCountsOnce() {
        ActorRef<QuotaCommand> owner = owner();
        GrantNumber saved = admitted(owner, "saved");
        stop(owner);
        clock.advance(Duration.ofSeconds(1));
        ActorRef<QuotaCommand> killed = owner();
        GrantNumber lost = admitted(killed, "lost");
        kit.stop(killed);
        clock.advance(Duration.ofSeconds(1));
        calls.set(0);
        ActorRef<QuotaCommand> next = owner();
        QuotaCommand.Recall told = new QuotaCommand.Recall(List.of(
                new QuotaCommand.Admission("saved", saved, 10, clock.instant(), 12L),
                new QuotaCommand.Admission("lost", lost, 10, clock.instant(), 30L)));
        next.tell(told);
        next.tell(told);
        assertThat(use(next)).isEqualTo(new QuotaCommand.Use(2, 2, 42, 42));
        await().untilAsserted(() -> assertThat(calls).hasValue(2));
        stop(next);
        assertThat(store.state(ROW).tokens()).isEqualTo(42);
    }

    private GrantNumber admitted(ActorRef<QuotaCommand> owner, String ticket) {
        QuotaCommand.Admitted answer = (QuotaCommand.Admitted) ask(owner, ticket, TOKENS, 10);
        return Objects.requireNonNull(answer.grant());
    }

    @Test
    void itWaitsForItsRowAndAddsALateOneToWhatItLetInSince() {
        store.put(
                ROW,
                1,
                new QuotaState(
                        QuotaState.VERSION, clock.instant().getEpochSecond() / 86_400, 5, 50, List.of(), null, null));
        store.mode(MemoryStore.Mode.HANGING);
        ActorRef<QuotaCommand> owner = owner();
        owner.tell(new QuotaCommand.Admit("a", TOKENS, 10, answers.ref()));
        assertThat(answers.receiveMessage(Duration.ofSeconds(5))).isInstanceOf(QuotaCommand.Admitted.class);
        store.mode(MemoryStore.Mode.NORMAL);
        store.release();
        await().untilAsserted(() -> assertThat(use(owner).tpd()).isEqualTo(60));
        assertThat(use(owner).rpd()).isEqualTo(6);
        assertThat(ask(owner, "b", TOKENS, 50)).isInstanceOf(QuotaCommand.Denied.class);
    }

    @Test
    void whoWaitsForTheRowWaitsInABoundedQueue() {
        store.mode(MemoryStore.Mode.HANGING);
        ActorRef<QuotaCommand> owner = owner();
        for (int i = 0; i < QuotaActor.STASH_CAPACITY; i++) {
            owner.tell(new QuotaCommand.Admit("t" + i, Limits.NONE, 1, answers.ref()));
        }
        for (int i = 0; i < QuotaActor.STASH_CAPACITY; i++) {
            assertThat(answers.receiveMessage(Duration.ofMillis(900))).isInstanceOf(QuotaCommand.Admitted.class);
        }
    }

    @Test
    void aRemovedKeysCountsAreDeletedAndItsOwnerStops() {
        ActorRef<QuotaCommand> owner = owner();
        ask(owner, "a", TOKENS, 40);
        stop(owner);
        assertThat(store.state(ROW)).isNotNull();
        ActorRef<QuotaCommand> next = owner();
        ask(next, "late", TOKENS, 1);
        next.tell(QuotaCommand.Forget.INSTANCE);
        next.tell(new QuotaCommand.Settle("late", 1, 5));
        answers.expectTerminated(next);
        assertThat(store.row(ROW).revision()).isZero();
        // A sweep may name a key whose row is gone already.
        ActorRef<QuotaCommand> again = owner();
        again.tell(QuotaCommand.Forget.INSTANCE);
        answers.expectTerminated(again);
        assertThat(store.row(ROW).revision()).isZero();
    }

    @Test
    void aRowThatCannotBeReadIsNotOverwritten() {
        store.mode(MemoryStore.Mode.UNREADABLE);
        ActorRef<QuotaCommand> owner = owner();
        answers.expectTerminated(owner);
        assertThat(store.writes()).isZero();
    }
}
