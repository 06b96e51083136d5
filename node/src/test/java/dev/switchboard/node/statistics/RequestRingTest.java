package dev.switchboard.node.statistics;

import static dev.switchboard.node.statistics.Samples.LARGE;
import static dev.switchboard.node.statistics.Samples.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.protocol.statistics.StatisticsCommand.RequestEnded;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is kept and who is told. */
class RequestRingTest {
    @Test
    void keepsTheNewestTwoHundred() {
        RequestRing ring = new RequestRing();
        for (int i = 0; i < 250; i++) {
            ring.add(request(i));
        }
        assertThat(ring.recent()).hasSize(RequestRing.SIZE);
        assertThat(ring.recent().get(0).requestId()).isEqualTo("r249");
        assertThat(ring.recent().get(199).requestId()).isEqualTo("r50");
    }

    @Test
    void everyFollowerIsToldOfEveryRequestFromThenOn() {
        RequestRing ring = new RequestRing();
        List<String> first = new ArrayList<>();
        List<String> second = new ArrayList<>();
        ring.follow(request -> first.add(request.requestId()));
        ring.add(request(1));
        ring.follow(request -> second.add(request.requestId()));
        ring.add(request(2));
        ring.add(request(3));
        assertThat(first).containsExactly("r1", "r2", "r3");
        assertThat(second).containsExactly("r2", "r3");
    }

    private static RequestEnded request(int i) {
        return Samples.request("r" + i, NOW, LARGE, 200);
    }
}
