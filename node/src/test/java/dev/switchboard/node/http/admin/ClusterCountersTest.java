package dev.switchboard.node.http.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.protocol.cluster.DashboardEvent;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ClusterCountersTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private final ClusterCounters counters = new ClusterCounters();

    @Test
    void nodesAreSummedByTheirNewestCounters() {
        counters.take(new DashboardEvent.Counters("a", 2, 100, 50, 9, 9), START);
        counters.take(new DashboardEvent.Counters("a", 2, 6, 1, 2, 1), START.plusSeconds(2));
        counters.take(new DashboardEvent.Counters("b", 2, 2, 1, 3, 0), START.plusSeconds(2));
        assertThat(counters.sum(START.plusSeconds(3)))
                .isEqualTo(new EventRows.Stats(START.plusSeconds(3), 2, 4.0, 0.75, 5, 1));
    }

    @Test
    void aSilentNodeNoLongerCounts() {
        counters.take(new DashboardEvent.Counters("a", 2, 6, 0, 2, 1), START);
        assertThat(counters.sum(START.plusSeconds(6)).nodes()).isEqualTo(1);
        assertThat(counters.sum(START.plusSeconds(7)))
                .isEqualTo(new EventRows.Stats(START.plusSeconds(7), 0, 0, null, 0, 0));
    }
}
