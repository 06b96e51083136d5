package dev.switchboard.node.http.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RationTest {
    @Test
    void everySecondHasItsShare() {
        AtomicLong nanos = new AtomicLong(-5);
        Ration ration = new Ration(2, nanos::get);
        assertThat(ration.take()).isTrue();
        nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(999));
        assertThat(ration.take()).isTrue();
        assertThat(ration.take()).isFalse();
        nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(1));
        assertThat(ration.take()).isTrue();
        nanos.addAndGet(TimeUnit.HOURS.toNanos(1));
        assertThat(ration.take()).isTrue();
        assertThat(ration.take()).isTrue();
        assertThat(ration.take()).isFalse();
    }
}
