package dev.switchboard.node.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.node.persistence.TestClock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class AttemptLimitTest {
    private static final Duration WINDOW = Duration.ofMinutes(10);

    private final TestClock clock = new TestClock();
    private final AtomicInteger nodes = new AtomicInteger(1);
    private final AttemptLimit limit = new AttemptLimit(10, WINDOW, nodes::get, clock);

    private int allowed(String address) {
        int allowed = 0;
        while (limit.begin(address) == 0) {
            allowed++;
        }
        return allowed;
    }

    @Test
    void anAddressHasItsAttemptsAndWaitsForTheRestOfTheWindow() {
        assertThat(allowed("a")).isEqualTo(10);
        clock.advance(Duration.ofSeconds(599));
        assertThat(limit.begin("a")).isEqualTo(1);
        assertThat(limit.begin("b")).isZero();
        clock.advance(Duration.ofSeconds(1));
        assertThat(allowed("a")).isEqualTo(10);
    }

    @Test
    void nodesShareTheLimit() {
        nodes.set(3);
        assertThat(allowed("a")).isEqualTo(3);
        nodes.set(100);
        assertThat(allowed("b")).isEqualTo(1);
        nodes.set(0);
        assertThat(allowed("c")).isEqualTo(10);
    }

    @Test
    void aGoodAttemptStartsTheAddressAnew() {
        assertThat(limit.begin("a")).isZero();
        limit.succeeded("a");
        assertThat(allowed("a")).isEqualTo(10);
    }

    @Test
    void theOldestOfVeryManyAddressesIsForgotten() {
        assertThat(allowed("first")).isEqualTo(10);
        for (int i = 0; i < 10_000; i++) {
            assertThat(limit.begin("address-" + i)).isZero();
        }
        assertThat(limit.begin("first")).isZero();
    }
}
