package dev.switchboard.node.provider;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.protocol.domain.Limits;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** What holds for a window whatever the traffic. */
class WindowPropertiesTest {
    private static final long NOON = Instant.parse("2026-03-10T12:00:00Z").toEpochMilli();

    /** No span of 60 seconds admits more than the limits, and what is refused is told a time that is right. */
    @Property(tries = 200)
    void noMinuteHoldsMoreThanTheLimit(
            @ForAll @Size(min = 1, max = 300) List<@IntRange(max = 9_000) Integer> steps,
            @ForAll @IntRange(min = 1, max = 400) int estimate) {
        Limits limits = new Limits(7L, null, 1000L, null);
        Window window = new Window(NOON);
        Deque<long[]> admitted = new ArrayDeque<>();
        long now = NOON;
        for (int step : steps) {
            now += step;
            long tokens = 1 + (estimate * 31L + step) % 400;
            Block block = window.check(limits, tokens, now);
            if (block == null) {
                window.reserve(1, tokens, now);
                admitted.addLast(new long[] {now, tokens});
            } else {
                assertThat(block.at()).isGreaterThan(now).isLessThanOrEqualTo(now + 61_000);
            }
            while (!admitted.isEmpty() && admitted.getFirst()[0] <= now - 60_000) {
                admitted.removeFirst();
            }
            assertThat(admitted.size()).isLessThanOrEqualTo(7);
            assertThat(admitted.stream().mapToLong(entry -> entry[1]).sum()).isLessThanOrEqualTo(1000);
        }
    }

    @Property(tries = 100)
    void whatIsSavedIsRestoredAndLeavesNoSooner(
            @ForAll @Size(min = 1, max = 60) List<@IntRange(max = 3_000) Integer> steps,
            @ForAll @IntRange(max = 70_000) int away) {
        Window window = new Window(NOON);
        long now = NOON;
        for (int step : steps) {
            now += step;
            window.reserve(1, step, now);
        }
        ProviderState.Count saved = new ProviderState.Count(
                World.K1, World.LARGE, window.day(), window.rpd(), window.tpd(), window.recent());
        Window next = new Window(now);
        next.restore(saved, now);
        assertThat(List.of(next.rpm(), next.tpm(), next.rpd(), next.tpd()))
                .isEqualTo(List.of(window.rpm(), window.tpm(), window.rpd(), window.tpd()));
        window.advance(now + away);
        next.advance(now + away);
        assertThat(next.rpm()).isGreaterThanOrEqualTo(window.rpm());
        next.advance(now + 61_000);
        assertThat(next.rpm()).isZero();
        assertThat(next.tpm()).isZero();
    }
}
