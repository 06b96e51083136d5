package dev.switchboard.node.provider;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.protocol.domain.Limits;
import dev.switchboard.protocol.provider.LeaseReply.Reason;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class WindowTest {
    private static final long NOON = Instant.parse("2026-03-10T12:00:00Z").toEpochMilli();
    private static final long MIDNIGHT = Instant.parse("2026-03-11T00:00:00Z").toEpochMilli();

    private static Limits limits(long rpm, long rpd, long tpm, long tpd) {
        return new Limits(rpm, rpd, tpm, tpd);
    }

    @Test
    void retryAtIsTheTimeAtWhichTheRequestFits() {
        Window window = new Window(NOON);
        Limits limits = new Limits(3L, null, 100L, null);
        window.reserve(1, 60, NOON);
        window.reserve(1, 30, NOON + 20_000);
        assertThat(window.check(limits, 10, NOON + 30_000)).isNull();
        Block forTokens = window.check(limits, 50, NOON + 30_000);
        assertThat(forTokens).isEqualTo(new Block(Reason.TPM, NOON + 61_000));
        assertThat(window.check(limits, 50, NOON + 60_999)).isNotNull();
        assertThat(window.check(limits, 50, NOON + 61_000)).isNull();
        Block forMore = window.check(limits, 90, NOON + 61_000);
        assertThat(forMore).isEqualTo(new Block(Reason.TPM, NOON + 81_000));
    }

    @Test
    void requestsAreCountedWhateverBecomesOfThem() {
        Window window = new Window(NOON);
        Limits limits = new Limits(2L, null, null, null);
        window.settle(window.reserve(1, 10, NOON), 0, NOON);
        window.settle(window.reserve(1, 10, NOON), 500, NOON);
        assertThat(window.check(limits, 1, NOON)).isEqualTo(new Block(Reason.RPM, NOON + 61_000));
    }

    @Test
    void dailyCountsEndAtMidnightUtc() {
        Window window = new Window(MIDNIGHT - 1);
        Limits limits = new Limits(null, 1L, null, 100L);
        window.reserve(1, 100, MIDNIGHT - 1);
        assertThat(window.check(limits, 1, MIDNIGHT - 1)).isEqualTo(new Block(Reason.RPD, MIDNIGHT));
        assertThat(window.check(limits, 100, MIDNIGHT)).isNull();
    }

    @Test
    void whatNeverFitsHasNoTime() {
        Window window = new Window(NOON);
        assertThat(window.check(limits(1, 1, 10, 100), 11, NOON)).isEqualTo(new Block(Reason.TPM, Block.NEVER));
        assertThat(window.check(limits(1, 1, 1000, 100), 101, NOON)).isEqualTo(new Block(Reason.TPD, Block.NEVER));
    }

    @Test
    void settlementGivesBackWhereItWasCountedAndAddsNow() {
        Window window = new Window(NOON);
        Window.Ticket less = window.reserve(1, 100, NOON);
        Window.Ticket more = window.reserve(1, 100, NOON);
        window.settle(less, 40, NOON + 30_000);
        window.settle(more, 150, NOON + 30_000);
        assertThat(window.tpm()).isEqualTo(190);
        assertThat(window.tpd()).isEqualTo(190);
        window.advance(NOON + 61_000);
        assertThat(window.tpm()).isEqualTo(50);
        window.advance(NOON + 91_000);
        assertThat(window.tpm()).isZero();
        assertThat(window.tpd()).isEqualTo(190);
    }

    @Test
    void aRefundAfterMidnightDoesNotTouchTheNewDay() {
        Window window = new Window(MIDNIGHT - 1000);
        Window.Ticket ticket = window.reserve(1, 100, MIDNIGHT - 1000);
        window.reserve(1, 70, MIDNIGHT + 1000);
        window.settle(ticket, 0, MIDNIGHT + 2000);
        assertThat(window.tpd()).isEqualTo(70);
        assertThat(window.tpm()).isEqualTo(70);
    }

    @Test
    void aClockSetBackKeepsTheAgesOfCounts() {
        Window window = new Window(NOON);
        Window.Ticket ticket = window.reserve(1, 100, NOON);
        long earlier = NOON - 3_600_000;
        window.advance(earlier);
        assertThat(window.tpm()).isEqualTo(100);
        window.advance(earlier + 30_000);
        assertThat(window.tpm()).isEqualTo(100);
        window.settle(ticket, 0, earlier + 30_000);
        assertThat(window.tpm()).isZero();
        window.advance(earlier + 61_000);
        assertThat(window.rpm()).isZero();
    }
}
