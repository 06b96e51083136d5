package dev.switchboard.node.quota;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.TestInbox;
import dev.switchboard.protocol.domain.Limits;
import dev.switchboard.protocol.provider.GrantNumber;
import dev.switchboard.protocol.quota.QuotaCommand;
import dev.switchboard.protocol.quota.QuotaCommand.Admission;
import dev.switchboard.protocol.quota.QuotaCommand.Use;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** What an owner counts of requests that one before it let in. */
class QuotaDeskTest {
    private static final long START = 1_800_000_000_000L;
    private static final long RESERVED = 5;

    private long now = START;
    private QuotaDesk desk = new QuotaDesk(START);

    @Test
    void whatRanWhenItsOwnerWasKilledIsInFlightAgain() {
        Admission told = admit("a", null);
        crash(null);
        desk.recall(List.of(told), now);
        assertThat(desk.use(now)).isEqualTo(new Use(1, 1, RESERVED, RESERVED));
        settle("a", 2);
        assertThat(desk.use(now)).isEqualTo(new Use(1, 1, 2, 2));
    }

    @Test
    void whatRanAtTheLastSaveGivesBackWhatItDidNotUse() {
        Admission told = admit("a", 2L);
        admit("b", null);
        crash(desk.save(now));
        settle("b", 1);
        assertThat(desk.use(now)).isEqualTo(new Use(2, 2, RESERVED + 1, RESERVED + 1));
        desk.recall(List.of(told), now);
        assertThat(desk.use(now)).isEqualTo(new Use(2, 2, 3, 3));
    }

    @Test
    void whatIsToldCountsWhenItWasLetIn() {
        Admission told = admit("a", 7L);
        now += 50_000;
        crash(null);
        desk.recall(List.of(told), now);
        assertThat(desk.use(now)).isEqualTo(new Use(1, 1, 7, 7));
        now += 11_000;
        assertThat(desk.use(now)).isEqualTo(new Use(0, 1, 0, 7));
    }

    @Test
    void aRowOfAnEarlierReleaseTakesNothing() {
        Admission told = admit("a", 7L);
        QuotaState saved = desk.save(now);
        crash(new QuotaState(1, saved.day(), saved.requests(), saved.tokens(), saved.minute(), null, null));
        desk.recall(List.of(told), now);
        assertThat(desk.use(now)).isEqualTo(new Use(1, 1, RESERVED, RESERVED));
    }

    /** One owner that saves at some moment and is killed; nodes tell in any order and twice, with late ends among it. */
    @Property(tries = 1000)
    void everyRequestCountsOnce(@ForAll @IntRange(min = 1, max = 30) int requests, @ForAll long seed) {
        Random random = new Random(seed);
        now = START;
        desk = new QuotaDesk(START);
        int savedAfter = random.nextInt(requests + 1);
        QuotaState saved = null;
        long tokens = 0;
        List<Runnable> later = new ArrayList<>();
        for (int i = 0; i <= requests; i++) {
            if (i == savedAfter && random.nextInt(5) > 0) {
                saved = desk.save(now);
            }
            if (i == requests) {
                break;
            }
            now += random.nextInt(50);
            String ticket = "t" + i;
            int used = random.nextInt(12);
            tokens += used;
            // Told as running where it ends after the call, as ended where its end may have gone to the dead node.
            boolean running = random.nextBoolean();
            Admission told = admit(ticket, running ? null : (long) used);
            later.add(() -> desk.recall(List.of(told), now));
            later.add(() -> desk.recall(List.of(told), now));
            if (running) {
                later.add(() -> settle(ticket, used));
            } else if (random.nextInt(3) == 0) {
                later.add(() -> settle(ticket, used));
            } else if (random.nextBoolean()) {
                settle(ticket, used);
            }
        }
        QuotaState last = saved;
        now += 3_000;
        desk = new QuotaDesk(now);
        Collections.shuffle(later, random);
        later.add(random.nextBoolean() ? 0 : random.nextInt(later.size() + 1), () -> desk.restore(last, now));
        later.forEach(Runnable::run);
        desk.closeTelling();
        assertThat(desk.use(now)).isEqualTo(new Use(requests, requests, tokens, tokens));
    }

    private Admission admit(String ticket, Long used) {
        QuotaCommand.Admitted answer = (QuotaCommand.Admitted) desk.admit(
                new QuotaCommand.Admit(
                        ticket,
                        Limits.NONE,
                        RESERVED,
                        TestInbox.<QuotaCommand.Answer>create().getRef()),
                now);
        GrantNumber grant = Objects.requireNonNull(answer.grant());
        return new Admission(ticket, grant, RESERVED, Instant.ofEpochMilli(now), used);
    }

    private void settle(String ticket, long tokens) {
        desk.settle(new QuotaCommand.Settle(ticket, RESERVED, tokens), now);
    }

    private void crash(QuotaState saved) {
        now += 1_000;
        desk = new QuotaDesk(now);
        desk.restore(saved, now);
    }
}
