package dev.switchboard.node.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.protocol.domain.Mode;
import dev.switchboard.protocol.statistics.StatisticsSnapshot.ModelStats;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Pools of behaviour.md §7. */
class PoolsTest {
    @ParameterizedTest
    @CsvSource({
        "148, 0, SMART",
        "150, 0, BALANCED",
        "150, 500, SMART",
        "277, 500, BALANCED",
        "3000, 150, BALANCED",
        "2981, 0, FAST",
        "5551, 500, FAST"
    })
    void goldenValues(double tokensPerSecond, double ttfbMs, Pool expected) {
        assertThat(Pools.of(tokensPerSecond, ttfbMs)).isEqualTo(expected);
    }

    @Test
    void ordersOfTheModes() {
        assertThat(Pools.order(Mode.BALANCED)).containsExactly(Pool.BALANCED, Pool.FAST, Pool.SMART);
        assertThat(Pools.order(Mode.FAST)).containsExactly(Pool.FAST, Pool.BALANCED, Pool.SMART);
        assertThat(Pools.order(Mode.SMART)).containsExactly(Pool.SMART, Pool.BALANCED, Pool.FAST);
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void thePlaceOfAMeasuredModelIsItsPoolsPlaceInTheOrder(Mode mode) {
        assertThat(Pools.place(mode, measured(5551, 500)))
                .isEqualTo(Pools.order(mode).indexOf(Pool.FAST));
        assertThat(Pools.place(mode, measured(277, 500)))
                .isEqualTo(Pools.order(mode).indexOf(Pool.BALANCED));
        assertThat(Pools.place(mode, measured(20, 500)))
                .isEqualTo(Pools.order(mode).indexOf(Pool.SMART));
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void anUnmeasuredModelIsInTheFirstPoolOfEveryMode(Mode mode) {
        assertThat(Pools.place(mode, ModelStats.NONE)).isZero();
        assertThat(Pools.of(ModelStats.NONE)).isEqualTo(Pool.BALANCED);
    }

    private static ModelStats measured(double tokensPerSecond, double ttfbMs) {
        return new ModelStats(9, 10, tokensPerSecond, ttfbMs, 10);
    }
}
