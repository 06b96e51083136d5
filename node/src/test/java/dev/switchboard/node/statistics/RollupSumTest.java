package dev.switchboard.node.statistics;

import static dev.switchboard.node.statistics.Samples.LARGE;
import static dev.switchboard.node.statistics.Samples.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.node.statistics.RollupSum.Cell;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RollupSumTest {
    /** Wider stretches are added up from the finest: each must hold whole ones, from 1970 on and before. */
    @Test
    void everyRangeCountsEveryRowWhereItHappened() {
        SplittableRandom random = new SplittableRandom(8);
        List<LogRow> rows = new ArrayList<>();
        Map<Cell, Long> expected = new HashMap<>();
        for (int i = 0; i < 500; i++) {
            Instant at = NOW.minusSeconds(random.nextInt(10_000_000));
            if (i % 50 == 0) {
                at = Instant.ofEpochSecond(-1 - random.nextInt(10_000_000));
            }
            rows.add(RequestRow.of(Samples.request("r" + i, at, LARGE, 200), "one:1"));
            for (AnalyticsRange range : AnalyticsRange.values()) {
                long bucket = range.bucketOf(at);
                expected.merge(new Cell(range.stepSeconds(), bucket, "", ""), 1L, Long::sum);
                expected.merge(
                        new Cell(range.stepSeconds(), bucket, LARGE.platform().value(), LARGE.id()), 1L, Long::sum);
            }
        }
        Map<Cell, Long> counted = new HashMap<>();
        RollupSum.of(rows).cells().forEach((cell, sum) -> counted.put(cell, sum.successes));
        assertThat(counted).isEqualTo(expected);
    }
}
