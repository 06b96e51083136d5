package dev.switchboard.node.cooldown;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.protocol.cooldown.CooldownCommand;
import dev.switchboard.protocol.cooldown.CooldownEffect;
import dev.switchboard.protocol.cooldown.CooldownSnapshot;
import dev.switchboard.protocol.cooldown.CooldownSnapshot.ModelState;
import dev.switchboard.protocol.domain.FailureKind;
import dev.switchboard.protocol.domain.KeyId;
import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.domain.PlatformId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class CooldownTableTest {
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
    private static final ModelRef MODEL = ModelRef.of("alpha", "large");
    private static final KeyId KEY = new KeyId("k1");

    private final CooldownTable table = new CooldownTable(new CooldownRules(() -> Duration.ofMinutes(2)));

    private static CooldownCommand.Report failure(CooldownEffect... effects) {
        return new CooldownCommand.Report(MODEL, KEY, false, true, List.of(effects), NOW);
    }

    private static CooldownEffect coolModel() {
        return new CooldownEffect.CoolModel(Duration.ofSeconds(15), true, FailureKind.TIMEOUT);
    }

    private static CooldownEffect coolKey() {
        return new CooldownEffect.CoolKey(NOW.plusSeconds(120), FailureKind.RATE_LIMITED);
    }

    private static ModelState modelState(CooldownEntry entry) {
        return Objects.requireNonNull(entry.modelState());
    }

    @Test
    void changesAreTakenOnce() {
        table.report(failure(coolModel(), coolKey()), NOW);
        assertThat(table.takeChanges())
                .extracting(CooldownTable.Change::id)
                .containsExactlyInAnyOrder(CooldownSnapshot.idOf(MODEL), CooldownSnapshot.idOf(KEY));
        assertThat(table.hasChanges()).isFalse();
        assertThat(table.entries()).hasSize(2);
    }

    @Test
    void releasingAModelEndsItsCooldown() {
        table.report(failure(coolModel()), NOW);
        assertThat(table.release(CooldownSnapshot.idOf(MODEL), NOW)).isTrue();
        assertThat(table.release(CooldownSnapshot.idOf(MODEL), NOW)).isFalse();
        assertThat(table.entries()).noneMatch(entry -> modelState(entry).until() != null);
    }

    @Test
    void releasingAKeyForgetsIt() {
        table.report(failure(coolKey()), NOW);
        table.takeChanges();
        assertThat(table.release(CooldownSnapshot.idOf(KEY), NOW)).isTrue();
        assertThat(table.takeChanges()).singleElement().satisfies(change -> assertThat(change.entry())
                .isNull());
        assertThat(table.release("k-unknown", NOW)).isFalse();
    }

    @Test
    void releasingAKeyDoesNotForgetItsRefusals() {
        CooldownCommand.Report refusal = failure(new CooldownEffect.CoolKey(NOW.plusSeconds(300), FailureKind.AUTH));
        for (int i = 1; i <= 3; i++) {
            assertThat(table.report(refusal, NOW)).isEqualTo(i == 3);
            assertThat(table.release(CooldownSnapshot.idOf(KEY), NOW)).isTrue();
            assertThat(table.release(CooldownSnapshot.idOf(KEY), NOW)).isFalse();
        }
    }

    @Test
    void aRecoveredKeyIsForgotten() {
        table.report(failure(new CooldownEffect.CoolKey(NOW.plusSeconds(300), FailureKind.AUTH)), NOW);
        table.recover(new PlatformId("alpha"), KEY);
        assertThat(table.entries()).noneMatch(entry -> entry.key() != null);
    }

    @Test
    void everyThirdRefusalInARowMarksTheKey() {
        CooldownCommand.Report refusal = failure(new CooldownEffect.CoolKey(NOW.plusSeconds(300), FailureKind.AUTH));
        for (int i = 1; i <= 6; i++) {
            assertThat(table.report(refusal, NOW)).isEqualTo(i % 3 == 0);
        }
    }

    @Test
    void expiryForgetsWhatDoesNotMatter() {
        table.report(failure(coolModel(), coolKey()), NOW);
        table.expire(NOW.plusSeconds(120));
        assertThat(table.entries()).as("the model is half-open").hasSize(1);
        table.expire(NOW.plusSeconds(16 + 600));
        assertThat(table.entries()).isEmpty();
    }

    @Test
    void anotherMemoryIsMergedToTheLater() {
        table.report(failure(coolModel(), coolKey()), NOW);
        CooldownTable other = new CooldownTable(new CooldownRules(() -> Duration.ofMinutes(2)));
        other.report(failure(coolModel()), NOW.plusSeconds(5));
        other.report(failure(coolModel()), NOW.plusSeconds(5));
        table.merge(other.entries(), NOW.plusSeconds(6));
        assertThat(table.entries())
                .filteredOn(entry -> entry.model() != null)
                .singleElement()
                .satisfies(entry -> {
                    assertThat(modelState(entry).until()).isEqualTo(NOW.plusSeconds(20));
                    assertThat(modelState(entry).failuresInRow()).isEqualTo(2);
                });
        assertThat(table.entries()).hasSize(2);
    }

    @Test
    void aMemoryOfThePastIsNotTakenIn() {
        CooldownTable other = new CooldownTable(new CooldownRules(() -> Duration.ofMinutes(2)));
        other.report(failure(coolModel(), coolKey()), NOW);
        table.merge(other.entries(), NOW.plus(Duration.ofHours(2)));
        assertThat(table.entries()).isEmpty();
    }
}
