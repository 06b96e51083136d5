package dev.switchboard.node.cooldown;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.protocol.cooldown.CooldownCommand;
import dev.switchboard.protocol.cooldown.CooldownEffect;
import dev.switchboard.protocol.cooldown.CooldownSnapshot;
import dev.switchboard.protocol.cooldown.CooldownSnapshot.KeyState;
import dev.switchboard.protocol.cooldown.CooldownSnapshot.ModelState;
import dev.switchboard.protocol.domain.FailureKind;
import dev.switchboard.protocol.domain.KeyId;
import dev.switchboard.protocol.domain.ModelRef;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ReplicaStateTest {
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
    private static final ModelRef MODEL = ModelRef.of("alpha", "large");
    private static final KeyId KEY = new KeyId("k1");
    private static final String ID = CooldownSnapshot.idOf(MODEL);

    private final ReplicaState state = new ReplicaState(new CooldownRules(() -> Duration.ofMinutes(2)));

    private static CooldownCommand.Report report(boolean success) {
        List<CooldownEffect> effects = success
                ? List.of()
                : List.of(new CooldownEffect.CoolModel(Duration.ofSeconds(15), true, FailureKind.TIMEOUT));
        return new CooldownCommand.Report(MODEL, KEY, success, true, effects, NOW);
    }

    private static Map<String, CooldownEntry> ownersWord(Instant until) {
        return Map.of(ID, CooldownEntry.of(MODEL, new ModelState(until, 1, FailureKind.TIMEOUT, 0, NOW, 1, NOW)));
    }

    private @Nullable Instant until(Instant at) {
        return state.snapshot().modelCoolsUntil(MODEL, at);
    }

    @Test
    void anOwnReportTakesEffectAtOnce() {
        assertThat(state.report(report(false), NOW)).isTrue();
        assertThat(until(NOW)).isEqualTo(NOW.plusSeconds(15));
        assertThat(state.isAhead()).isTrue();
    }

    @Test
    void theOwnersWordReplacesIt() {
        state.report(report(false), NOW);
        state.replace("b", ownersWord(NOW.plusSeconds(30)));
        assertThat(until(NOW)).isEqualTo(NOW.plusSeconds(30));
        assertThat(state.isAhead()).isFalse();
    }

    @Test
    void anOwnersWordOnOtherThingsLeavesIt() {
        state.report(report(false), NOW);
        state.replace("b", Map.of());
        assertThat(until(NOW)).isEqualTo(NOW.plusSeconds(15));
    }

    @Test
    void aCooldownOutlivesAnOwnerThatIsMoving() {
        state.report(report(false), NOW);
        assertThat(state.sweep(NOW.plusSeconds(10))).isFalse();
        assertThat(until(NOW.plusSeconds(10))).isNotNull();
        assertThat(state.sweep(NOW.plus(ReplicaState.COOLED_AHEAD))).isTrue();
        assertThat(state.snapshot()).isEqualTo(CooldownSnapshot.EMPTY);
    }

    @Test
    void aSuccessNotConfirmedInTimeIsTakenBack() {
        state.replace("b", ownersWord(NOW.minusSeconds(1)));
        assertThat(state.snapshot().isHalfOpen(MODEL, NOW)).isTrue();
        state.report(report(true), NOW);
        assertThat(state.snapshot().isHalfOpen(MODEL, NOW)).isFalse();
        assertThat(state.sweep(NOW.plus(ReplicaState.CLEARED_AHEAD))).isTrue();
        assertThat(state.snapshot().isHalfOpen(MODEL, NOW)).isTrue();
    }

    @Test
    void whatTheOwnerForgotIsGone() {
        state.replace("b", ownersWord(NOW.plusSeconds(30)));
        state.replace("other", Map.of());
        assertThat(until(NOW)).isNotNull();
        state.replace("b", Map.of());
        assertThat(state.snapshot()).isEqualTo(CooldownSnapshot.EMPTY);
    }

    @Test
    void aReleaseShowsAtOnce() {
        state.replace("b", ownersWord(NOW.plusSeconds(30)));
        state.release(ID, NOW);
        assertThat(until(NOW)).isNull();
    }

    @Test
    void aLateWordOfTheOwnerBringsNoReleasedCooldownBack() {
        state.report(report(false), NOW);
        state.release(ID, NOW.plusMillis(50));
        state.release(ID, NOW.plusMillis(60));
        state.replace("b", ownersWord(NOW.plusSeconds(15)));
        assertThat(until(NOW)).isNull();
        state.replace("b", Map.of());
        assertThat(until(NOW)).isNull();
    }

    @Test
    void aLateWordOfTheOwnerBringsNoReleasedKeyBack() {
        KeyState cooling = new KeyState(MODEL.platform(), NOW.plusSeconds(120), FailureKind.RATE_LIMITED, 0);
        CooldownEffect cool = new CooldownEffect.CoolKey(cooling.until(), cooling.reason());
        String id = CooldownSnapshot.idOf(KEY);
        state.report(new CooldownCommand.Report(MODEL, KEY, false, false, List.of(cool), NOW), NOW);
        state.release(id, NOW.plusMillis(50));
        state.replace("b", Map.of(id, CooldownEntry.of(KEY, cooling)));
        assertThat(state.snapshot().keyCoolsUntil(KEY, NOW)).isNull();
        KeyState again = new KeyState(MODEL.platform(), NOW.plusSeconds(121), FailureKind.RATE_LIMITED, 0);
        state.replace("b", Map.of(id, CooldownEntry.of(KEY, again)));
        assertThat(state.snapshot().keyCoolsUntil(KEY, NOW)).isEqualTo(again.until());
    }

    @Test
    void aCooldownOfAnotherNodeEndsARelease() {
        state.replace("b", ownersWord(NOW.plusSeconds(10)));
        state.release(ID, NOW);
        Instant later = NOW.plusMillis(300);
        ModelState again = new ModelState(later.plusSeconds(15), 1, FailureKind.TIMEOUT, 0, NOW, 1, later);
        state.replace("b", Map.of(ID, CooldownEntry.of(MODEL, again)));
        assertThat(until(later)).isEqualTo(later.plusSeconds(15));
    }

    @Test
    void aLateReleaseByTheOwnerLeavesTheNextCooldown() {
        state.replace("b", ownersWord(NOW.plusSeconds(10)));
        state.release(ID, NOW);
        state.report(report(false), NOW.plusMillis(50));
        state.replace("b", Map.of());
        assertThat(until(NOW)).isEqualTo(NOW.plusMillis(50).plusSeconds(15));
        state.replace("b", ownersWord(NOW.plusSeconds(15)));
        assertThat(until(NOW)).isEqualTo(NOW.plusSeconds(15));
        assertThat(state.isAhead()).isFalse();
    }

    @Test
    void aReportThatChangesNothingMakesNoSnapshot() {
        CooldownSnapshot before = state.snapshot();
        assertThat(state.report(report(true), NOW)).isFalse();
        assertThat(state.snapshot()).isSameAs(before);
    }
}
