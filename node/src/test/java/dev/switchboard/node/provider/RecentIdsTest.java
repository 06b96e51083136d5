package dev.switchboard.node.provider;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.protocol.domain.LeaseId;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RecentIdsTest {
    private static final int LEAST = 1000;

    private final RecentIds ids = new RecentIds(LEAST);

    @Test
    void theLastOnesAreRememberedWhateverCameBefore() {
        for (int i = 0; i < 10 * LEAST; i++) {
            ids.add(id(i));
            assertThat(ids.contains(id(i))).isTrue();
            assertThat(ids.contains(id(Math.max(0, i - LEAST + 1)))).isTrue();
        }
        assertThat(IntStream.range(9 * LEAST, 10 * LEAST)).allMatch(i -> ids.contains(id(i)));
    }

    @Test
    void noMoreThanTwiceAsManyAreRemembered() {
        IntStream.range(0, 10 * LEAST).forEach(i -> ids.add(id(i)));
        assertThat(IntStream.range(0, 8 * LEAST)).noneMatch(i -> ids.contains(id(i)));
    }

    @Test
    void oneThatIsAddedAgainTakesNoPlace() {
        ids.add(id(0));
        IntStream.range(0, 10 * LEAST).forEach(i -> ids.add(id(1)));
        assertThat(ids.contains(id(0))).isTrue();
    }

    @Test
    void theIdsOfOneNodeHaveDifferentFingerprints() {
        String node = UUID.randomUUID() + "-";
        long different = IntStream.range(0, 1_000_000)
                .mapToObj(i -> new LeaseId(node + Integer.toString(i, Character.MAX_RADIX)))
                .mapToLong(RecentIds::fingerprint)
                .distinct()
                .count();
        assertThat(different).isEqualTo(1_000_000);
    }

    private static LeaseId id(int i) {
        return new LeaseId("lease-" + i);
    }
}
