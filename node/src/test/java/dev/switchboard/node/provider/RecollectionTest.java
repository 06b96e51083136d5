package dev.switchboard.node.provider;

import static dev.switchboard.node.provider.World.K1;
import static dev.switchboard.node.provider.World.LARGE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.protocol.domain.LeaseId;
import dev.switchboard.protocol.provider.GrantNumber;
import dev.switchboard.protocol.provider.LeaseReply;
import dev.switchboard.protocol.provider.ProviderCommand.EndedLease;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an owner that was killed had counted and not saved is counted again, once. */
class RecollectionTest {
    private final World world = new World();

    /** The counts hold grants of owner 5 up to number 10; owner 9 asks. */
    @ParameterizedTest
    @CsvSource({"5, 10, false", "5, 11, true", "4, 99, false", "6, 1, true", "9, 1, false", "10, 1, false"})
    void savedCountsLackWhatWasGrantedAfterThem(long since, long number, boolean lacks) {
        assertThat(Recollection.lacks(new GrantNumber(5, 10), new GrantNumber(since, number), 9))
                .isEqualTo(lacks);
    }

    @Test
    void withoutSavedCountsAllIsLackingThatTheOwnerHasNotGrantedItself() {
        assertThat(Recollection.lacks(null, new GrantNumber(8, 1), 9)).isTrue();
        assertThat(Recollection.lacks(null, new GrantNumber(9, 1), 9)).isFalse();
    }

    @Test
    void whatEndedAfterTheSaveIsCountedWhereItWasGranted() {
        complete(10);
        ProviderState saved = world.desk.save(false, world.now);
        world.pass(Duration.ofSeconds(2));
        EndedLease lost = complete(25);
        world.pass(Duration.ofSeconds(49));
        crash(saved);
        world.desk.inheritance().recall(List.of(lost), world.now);
        world.desk.inheritance().recall(List.of(lost), world.now);
        assertThat(world.use()).containsExactly(2L, 2L, 35L, 35L);
        world.pass(Duration.ofSeconds(10));
        assertThat(world.use()).containsExactly(1L, 2L, 25L, 35L);
        world.pass(Duration.ofSeconds(2));
        assertThat(world.use()).containsExactly(0L, 2L, 0L, 35L);
    }

    @Test
    void whatWasInFlightAtTheSaveEndsWithWhatItUsed() {
        World.Ask ask = world.ask().tokens(100);
        LeaseReply.Granted granted = world.granted(ask);
        ProviderState saved = world.desk.save(false, world.now);
        crash(saved);
        world.desk.inheritance().recall(List.of(ended(granted, 7)), world.now);
        world.desk.inheritance().dropUnclaimed(world.now);
        assertThat(world.inFlight()).isZero();
        assertThat(world.use()).containsExactly(1L, 1L, 7L, 7L);
    }

    @Test
    void whatIsToldBeforeTheRowIsReadWaitsForIt() {
        EndedLease before = complete(10);
        ProviderState saved = world.desk.save(false, world.now);
        EndedLease after = complete(20);
        world.pass(Duration.ofSeconds(1));
        world.desk = world.newDesk();
        world.desk.inheritance().recall(List.of(before, after), world.now);
        world.desk.inheritance().dropUnclaimed(world.now);
        world.desk.inheritance().restore(saved, world.now);
        assertThat(world.use()).containsExactly(2L, 2L, 30L, 30L);
    }

    @Test
    void aRowOfAnEarlierReleaseTakesNothing() {
        EndedLease lease = complete(10);
        ProviderState saved = world.desk.save(false, world.now);
        crash(new ProviderState(
                saved.version(),
                saved.lastActive(),
                false,
                saved.counts(),
                saved.learned(),
                null,
                saved.leases(),
                null));
        world.desk.inheritance().recall(List.of(lease), world.now);
        assertThat(world.use()).containsExactly(1L, 1L, 10L, 10L);
    }

    @Test
    void whatComesAfterTheTimeToTellIsNotCounted() {
        ProviderState saved = world.desk.save(false, world.now);
        EndedLease lease = complete(10);
        crash(saved);
        world.desk.inheritance().dropUnclaimed(world.now);
        world.desk.inheritance().recall(List.of(lease), world.now);
        assertThat(world.use()).containsExactly(0L, 0L, 0L, 0L);
    }

    /** One owner that saves at some moment and is killed, its leases told in any order and twice, with late ends among them. */
    @Property(tries = 500)
    void everyLeaseCountsOnce(@ForAll @IntRange(min = 1, max = 30) int leases, @ForAll long seed) {
        Random random = new Random(seed);
        World any = new World();
        int savedAfter = random.nextInt(leases + 1);
        ProviderState saved = null;
        List<Runnable> later = new ArrayList<>();
        long tokens = 0;
        for (int i = 0; i <= leases; i++) {
            if (i == savedAfter && random.nextInt(5) > 0) {
                saved = any.desk.save(false, any.now);
            }
            if (i == leases) {
                break;
            }
            World.Ask ask = any.ask().tokens(5);
            LeaseReply.Granted granted = any.granted(ask);
            any.pass(Duration.ofMillis(random.nextInt(50)));
            Runnable announce = () -> any.desk.inheritance().announce(ask.announce(K1, granted(any)), any.now);
            if (random.nextInt(4) == 0) {
                tokens += 5;
                later.add(announce);
                later.add(announce);
                continue;
            }
            int used = random.nextInt(20);
            tokens += used;
            EndedLease told = ended(any, granted, used);
            Runnable recall = () -> any.desk.inheritance().recall(List.of(told), any.now);
            later.add(recall);
            later.add(recall);
            if (random.nextBoolean()) {
                any.complete(granted, used);
            } else {
                later.add(() -> any.complete(granted, used));
            }
        }
        ProviderState last = saved;
        any.pass(Duration.ofSeconds(3));
        any.watched.clear();
        any.desk = any.newDesk();
        if (random.nextBoolean()) {
            Collections.shuffle(later, random);
            later.add(
                    random.nextInt(later.size() + 1),
                    () -> any.desk.inheritance().restore(last, any.now));
        } else {
            later.add(0, () -> any.desk.inheritance().restore(last, any.now));
        }
        later.forEach(Runnable::run);
        any.desk.inheritance().dropUnclaimed(any.now);
        assertThat(any.use()).containsExactly((long) leases, (long) leases, tokens, tokens);
    }

    private static Instant granted(World any) {
        return any.now.minusSeconds(3);
    }

    private EndedLease complete(long tokens) {
        LeaseReply.Granted granted = world.granted(world.ask());
        EndedLease told = ended(world, granted, tokens);
        world.complete(granted, tokens);
        return told;
    }

    private EndedLease ended(LeaseReply.Granted granted, long tokens) {
        return ended(world, granted, tokens);
    }

    private static EndedLease ended(World any, LeaseReply.Granted granted, long tokens) {
        LeaseId lease = granted.lease();
        return new EndedLease(lease, LARGE, granted.key(), granted.grant(), any.now, World.completed(tokens));
    }

    private void crash(ProviderState saved) {
        world.watched.clear();
        world.pass(Duration.ofSeconds(1));
        world.desk = world.newDesk();
        world.desk.inheritance().restore(saved, world.now);
    }
}
