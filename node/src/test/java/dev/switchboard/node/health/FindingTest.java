package dev.switchboard.node.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.node.upstream.KeyCheck;
import dev.switchboard.protocol.domain.KeyStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class FindingTest {
    @ParameterizedTest
    @EnumSource(KeyStatus.class)
    void goodAndBadDecideWhateverWasKnown(KeyStatus old) {
        assertThat(Finding.of(old, "old", new KeyCheck.Good())).isEqualTo(new Finding(KeyStatus.HEALTHY, null));
        assertThat(Finding.of(old, "old", new KeyCheck.Bad("refused")))
                .isEqualTo(new Finding(KeyStatus.INVALID, "refused"));
    }

    @ParameterizedTest
    @CsvSource({"HEALTHY, HEALTHY, old", "INVALID, INVALID, old", "UNKNOWN, UNKNOWN, away", "ERROR, UNKNOWN, away"})
    void aProviderThatIsAwayLeavesWhatWasKnown(KeyStatus old, KeyStatus expected, String reason) {
        assertThat(Finding.of(old, "old", new KeyCheck.CannotTell("away"))).isEqualTo(new Finding(expected, reason));
    }

    @Test
    void anUnreadableKeyIsAnError() {
        assertThat(Finding.UNREADABLE.status()).isEqualTo(KeyStatus.ERROR);
    }
}
