package dev.switchboard.node.statistics;

import static dev.switchboard.node.statistics.Samples.LARGE;
import static dev.switchboard.node.statistics.Samples.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.protocol.domain.FailureKind;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LogBufferTest {
    private final AtomicLong dropped = new AtomicLong();
    private final LogBuffer buffer = new LogBuffer(5, dropped);

    @Test
    void oldestRowsGoFirstAndAreCountedWhenFull() {
        add(1, 7);
        assertThat(buffer.dropped()).isEqualTo(2);
        assertThat(ids(buffer.take(3))).containsExactly("r3", "r4", "r5");
        buffer.written(0);
        assertThat(ids(buffer.take(3))).containsExactly("r6", "r7");
        buffer.written(0);
        assertThat(buffer.isEmpty()).isTrue();
    }

    @Test
    void aBatchThatIsOutCountsTowardsTheBound() {
        add(1, 3);
        buffer.take(2);
        add(4, 6);
        assertThat(buffer.dropped()).isEqualTo(1);
        assertThat(buffer.waiting()).isEqualTo(3);
        assertThat(buffer.isEmpty()).isFalse();
    }

    @Test
    void aFailedBatchIsWrittenBeforeNewerRows() {
        add(1, 3);
        buffer.take(2);
        add(4, 4);
        buffer.failed();
        assertThat(ids(buffer.take(10))).containsExactly("r1", "r2", "r3", "r4");
        assertThat(dropped).hasValue(0);
    }

    @Test
    void sumsSurviveAFailureAndAreNeverDropped() {
        for (int i = 0; i < 100; i++) {
            buffer.add(Samples.delta(LARGE, 1, 1, 1));
        }
        assertThat(buffer.take(10).deltas()).containsExactly(Samples.delta(LARGE, 1, 100, 100));
        buffer.add(Samples.delta(LARGE, 1, 1, 2));
        assertThat(buffer.unwritten()).containsExactly(Samples.delta(LARGE, 1, 101, 102));
        buffer.failed();
        assertThat(buffer.unwritten()).containsExactly(Samples.delta(LARGE, 1, 101, 102));
        assertThat(buffer.take(10).deltas()).containsExactly(Samples.delta(LARGE, 1, 101, 102));
        buffer.written(0);
        assertThat(buffer.unwritten()).isEmpty();
        assertThat(dropped).hasValue(0);
    }

    @Test
    void refusedRowsCountAsLost() {
        add(1, 2);
        buffer.take(10);
        buffer.written(1);
        assertThat(buffer.dropped()).isEqualTo(1);
    }

    @Test
    void onlyRequestsThatFailedBeforeAnyAttemptAreErrorsOfTheirOwn() {
        assertThat(LogRow.Failed.of(Samples.request("a", NOW, null, 429), "n"))
                .extracting(failed -> failed.row().kind(), LogRow.Failed::counted)
                .containsExactly("server_error", false);
        assertThat(LogRow.Failed.of(Samples.request("a", NOW, LARGE, 502), "n")).isNull();
        assertThat(LogRow.Failed.of(Samples.request("a", NOW, null, 499), "n")).isNull();
        assertThat(LogRow.Failed.of(Samples.request("a", NOW, LARGE, 200), "n")).isNull();
        assertThat(LogRow.Failed.of(Samples.attempt(LARGE, NOW, null), "n")).isNull();
        assertThat(LogRow.Failed.of(Samples.attempt(LARGE, NOW, FailureKind.TIMEOUT), "n"))
                .extracting(failed -> failed.row().kind(), LogRow.Failed::counted)
                .containsExactly("timeout", true);
    }

    @Test
    void textIsMadeFitForAColumn() {
        assertThat(Text.fit("a\u0000b", 10)).isEqualTo("ab");
        assertThat(Text.fit("a\uD800b", 10)).isEqualTo("a?b");
        assertThat(Text.fit("ab\uD83D\uDE00", 3)).isEqualTo("ab");
        assertThat(Text.fit("ab\uD83D\uDE00c", 4)).isEqualTo("ab\uD83D\uDE00");
        assertThat(Text.fitOrNull(null, 4)).isNull();
    }

    private void add(int from, int to) {
        for (int i = from; i <= to; i++) {
            buffer.add(RequestRow.of(Samples.request("r" + i, NOW, LARGE, 200), "n"));
        }
    }

    private static List<String> ids(LogBuffer.Batch batch) {
        return batch.rows().stream().map(row -> ((RequestRow) row).requestId()).toList();
    }
}
