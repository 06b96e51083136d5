package dev.switchboard.node.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class HistogramTest {
    @Test
    void interpolatesAsPercentileContDoes() {
        Histogram histogram = new Histogram();
        assertThat(histogram.percentile(0.5)).isZero();
        histogram.add(100, 1);
        assertThat(histogram.percentile(0.95)).isEqualTo(100);
        histogram.add(200, 1);
        assertThat(histogram.percentile(0.5)).isEqualTo(150);
        assertThat(histogram.percentile(0.95)).isEqualTo(195);
        histogram.add(300, 98);
        assertThat(histogram.percentile(0.5)).isEqualTo(300);
    }

    @Property(tries = 200)
    void equalsTheSortedListsPercentile(
            @ForAll @Size(min = 1, max = 60) List<@LongRange(min = 0, max = 199) Long> values) {
        Histogram histogram = new Histogram();
        values.forEach(value -> histogram.add(value, 1));
        List<Long> sorted = values.stream().sorted().toList();
        for (double p : new double[] {0.5, 0.95}) {
            double rank = p * (sorted.size() - 1);
            double low = sorted.get((int) Math.floor(rank));
            double high = sorted.get((int) Math.ceil(rank));
            assertThat((double) histogram.percentile(p))
                    .isEqualTo(low + (high - low) * (rank - Math.floor(rank)), within(0.5001));
        }
    }

    @Property(tries = 200)
    void aLoneValueIsWithinItsBound(@ForAll @LongRange(min = 0, max = 7_200_000) long millis) {
        Histogram histogram = new Histogram();
        histogram.add(millis, 1);
        assertThat((double) histogram.percentile(0.5)).isEqualTo(millis, within(millis < 200 ? 0 : 0.025 * millis));
    }

    @Property(tries = 200)
    void whatIsEncodedAddsUp(
            @ForAll @Size(max = 40) List<@LongRange(min = 0, max = 9_000_000) Long> some,
            @ForAll @Size(max = 40) List<@LongRange(min = 0, max = 9_000_000) Long> others,
            @ForAll @LongRange(min = 1, max = 1L << 40) long times) {
        Histogram whole = new Histogram();
        Histogram one = new Histogram();
        Histogram other = new Histogram();
        some.forEach(value -> {
            one.add(value, times);
            whole.add(value, times);
        });
        others.forEach(value -> {
            other.add(value, 1);
            whole.add(value, 1);
        });
        Histogram sum = new Histogram();
        sum.addEncoded(one.encoded());
        sum.addAll(other);
        assertThat(sum.encoded()).isEqualTo(whole.encoded());
        assertThat(sum.percentile(0.95)).isEqualTo(whole.percentile(0.95));
    }

    @Test
    void theFullestHistogramFitsItsColumn() {
        Histogram full = new Histogram();
        for (long millis = 0; millis < 8_000_000; millis++) {
            full.add(millis, 1L << 40);
        }
        assertThat(full.encoded()).hasSizeLessThan(20_000);
    }
}
