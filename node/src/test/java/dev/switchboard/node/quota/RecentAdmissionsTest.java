package dev.switchboard.node.quota;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.protocol.domain.ApiKeyId;
import dev.switchboard.protocol.provider.GrantNumber;
import dev.switchboard.protocol.quota.QuotaCommand.Admission;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RecentAdmissionsTest {
    private static final ApiKeyId ONE = new ApiKeyId("one");
    private static final ApiKeyId OTHER = new ApiKeyId("other");

    private final RecentAdmissions recent = new RecentAdmissions();

    @Test
    void aRequestIsToldAsItStands() {
        admitted(ONE, 1);
        admitted(ONE, 2);
        admitted(OTHER, 3);
        recent.settled("ticket-2", 70);
        recent.settled("ticket-9", 5);
        assertThat(recent.of(ONE)).containsExactlyInAnyOrder(told(1, null), told(2, 70L));
        assertThat(recent.of(OTHER)).containsExactly(told(3, null));
    }

    @Test
    void theOldestMakeRoom() {
        for (int i = 0; i < RecentAdmissions.KEPT + 10; i++) {
            admitted(ONE, i);
        }
        assertThat(recent.of(ONE))
                .hasSize(RecentAdmissions.KEPT)
                .doesNotContain(told(9, null))
                .contains(told(10, null));
    }

    private void admitted(ApiKeyId key, int number) {
        recent.admitted(key, "ticket-" + number, new GrantNumber(1, number), 100, Instant.EPOCH);
    }

    private static Admission told(int number, @Nullable Long used) {
        return new Admission("ticket-" + number, new GrantNumber(1, number), 100, Instant.EPOCH, used);
    }
}
