package dev.switchboard.node.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.protocol.domain.FailureKind;
import dev.switchboard.protocol.domain.ProtectionLevel;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

/** The documentation says what the code decides. */
class FailureTablesTest {
    @Test
    void theDocumentHoldsTheTablesOfTheCode() throws IOException {
        String text = Files.readString(FailureTables.file());
        assertThat(text)
                .as("docs/failures.md differs from the code: run FailureTables.main")
                .isEqualTo(FailureTables.filledIn(text));
    }

    @Test
    void everyKindAndLevelHasItsRow() throws IOException {
        String text = Files.readString(FailureTables.file());
        for (FailureKind kind : FailureKind.values()) {
            assertThat(text).contains("| `" + kind.name() + "` |");
        }
        for (ProtectionLevel level : ProtectionLevel.values()) {
            assertThat(text).contains("| `" + level.wire() + "` |");
        }
    }
}
