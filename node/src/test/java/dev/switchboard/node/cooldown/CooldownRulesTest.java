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
import dev.switchboard.protocol.domain.PlatformId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CooldownRulesTest {
    private static final ModelRef MODEL = ModelRef.of("alpha", "large");
    private static final KeyId KEY = new KeyId("k1");
    private static final PlatformId ALPHA = new PlatformId("alpha");
    private static final Duration FIRST = Duration.ofSeconds(15);
    private static final CooldownEffect TRANSIENT = new CooldownEffect.CoolModel(FIRST, true, FailureKind.SERVER_ERROR);

    private final CooldownRules rules = new CooldownRules(() -> Duration.ofMinutes(2));
    private Instant now = Instant.parse("2026-01-02T03:04:05Z");
    private @Nullable ModelState model;
    private @Nullable KeyState key;

    private void report(boolean success, boolean counted, CooldownEffect... effects) {
        CooldownCommand.Report report = new CooldownCommand.Report(MODEL, KEY, success, counted, List.of(effects), now);
        model = rules.model(model, report, now);
        key = rules.key(key, ALPHA, report, now);
    }

    private void fail(CooldownEffect... effects) {
        report(false, true, effects);
    }

    private void succeed() {
        report(true, true);
    }

    private CooldownSnapshot snapshot() {
        return new CooldownSnapshot(
                model == null ? Map.of() : Map.of(MODEL, model), key == null ? Map.of() : Map.of(KEY, key));
    }

    private ModelState model() {
        return Objects.requireNonNull(model);
    }

    private KeyState key() {
        return Objects.requireNonNull(key);
    }

    private Duration cooling() {
        Instant until = snapshot().modelCoolsUntil(MODEL, now);
        return until == null ? Duration.ZERO : Duration.between(now, until);
    }

    private void pass(Duration time) {
        now = now.plus(time);
    }

    @Test
    void aFailedProbeDoublesUpToTheMaximum() {
        for (long seconds : new long[] {15, 30, 60, 120, 120}) {
            fail(TRANSIENT);
            assertThat(cooling()).isEqualTo(Duration.ofSeconds(seconds));
            pass(cooling());
            assertThat(snapshot().isHalfOpen(MODEL, now)).isTrue();
        }
    }

    @Test
    void failuresWhileCoolingStayAtTheSameStrike() {
        fail(TRANSIENT);
        pass(Duration.ofSeconds(5));
        fail(TRANSIENT);
        assertThat(cooling()).isEqualTo(FIRST);
        assertThat(model().strikes()).isEqualTo(1);
        pass(Duration.ofSeconds(15));
        fail(TRANSIENT);
        assertThat(cooling()).isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void theLaterDeadlineCounts() {
        fail(new CooldownEffect.CoolModel(Duration.ofMinutes(10), false, FailureKind.MODEL_UNAVAILABLE));
        pass(Duration.ofSeconds(1));
        fail(TRANSIENT);
        assertThat(cooling()).isEqualTo(Duration.ofSeconds(599));
        assertThat(model().reason()).isEqualTo(FailureKind.MODEL_UNAVAILABLE);
    }

    @Test
    void fixedTimesAreNotCappedOrDoubled() {
        CooldownEffect fixed =
                new CooldownEffect.CoolModel(Duration.ofMinutes(10), false, FailureKind.MODEL_UNAVAILABLE);
        fail(fixed);
        pass(Duration.ofMinutes(10));
        fail(fixed);
        assertThat(cooling()).isEqualTo(Duration.ofMinutes(10));
    }

    @Test
    void successReopensAndStartsAnew() {
        fail(TRANSIENT);
        pass(FIRST);
        fail(TRANSIENT);
        pass(Duration.ofSeconds(30));
        succeed();
        assertThat(model).isNull();
        fail(TRANSIENT);
        assertThat(cooling()).isEqualTo(FIRST);
    }

    @Test
    void halfOpenIsForgottenAfterTenQuietMinutes() {
        fail(TRANSIENT);
        pass(FIRST.plus(Duration.ofMinutes(10)).minusMillis(1));
        assertThat(CooldownRules.isForgettable(model(), now)).isFalse();
        pass(Duration.ofMillis(1));
        assertThat(CooldownRules.isForgettable(model(), now)).isTrue();
        fail(TRANSIENT);
        assertThat(cooling()).isEqualTo(FIRST);
    }

    @Test
    void penaltiesAsInTheGoldenValues() {
        CooldownEffect penalty = new CooldownEffect.Penalize(3);
        report(false, false, penalty);
        report(false, false, penalty);
        assertThat(snapshot().penalty(MODEL, now)).isEqualTo(6);
        report(false, false, penalty);
        report(false, false, penalty);
        assertThat(snapshot().penalty(MODEL, now)).isEqualTo(10);
        succeed();
        assertThat(snapshot().penalty(MODEL, now)).isEqualTo(9);
    }

    @Test
    void penaltiesShrinkByOneEveryFullTwoMinutesWhateverHappensBetween() {
        report(false, false, new CooldownEffect.Penalize(3));
        pass(Duration.ofSeconds(119));
        assertThat(snapshot().penalty(MODEL, now)).isEqualTo(3);
        fail();
        pass(Duration.ofSeconds(1));
        assertThat(snapshot().penalty(MODEL, now)).isEqualTo(2);
        succeed();
        assertThat(snapshot().penalty(MODEL, now)).isEqualTo(1);
        pass(Duration.ofMinutes(2));
        assertThat(snapshot().penalty(MODEL, now)).isZero();
        assertThat(CooldownRules.isForgettable(model(), now)).isTrue();
    }

    @Test
    void threeCountedFailuresInARowAreAnOutageUntilASuccessOrTwoMinutes() {
        fail();
        fail();
        report(false, false);
        assertThat(snapshot().isOutage(MODEL, now)).isFalse();
        fail();
        assertThat(snapshot().isOutage(MODEL, now)).isTrue();
        pass(Duration.ofMinutes(2));
        assertThat(snapshot().isOutage(MODEL, now)).isFalse();
        fail();
        assertThat(snapshot().isOutage(MODEL, now)).isTrue();
        succeed();
        assertThat(snapshot().isOutage(MODEL, now)).isFalse();
    }

    private CooldownEffect cool(Duration time, FailureKind reason) {
        return new CooldownEffect.CoolKey(now.plus(time), reason);
    }

    @Test
    void theThirdRefusalInARowMakesAKeyInvalid() {
        for (int refusal = 1; refusal <= 4; refusal++) {
            KeyState before = key;
            report(false, false, cool(Duration.ofMinutes(5), FailureKind.AUTH));
            assertThat(CooldownRules.becomesInvalid(before, key)).isEqualTo(refusal == 3);
            pass(Duration.ofMinutes(6));
        }
    }

    @Test
    void aSuccessClearsRefusals() {
        report(false, false, cool(Duration.ofMinutes(5), FailureKind.AUTH));
        report(false, false, cool(Duration.ofMinutes(5), FailureKind.AUTH));
        succeed();
        assertThat(snapshot().keyCoolsUntil(KEY, now)).isEqualTo(now.plus(Duration.ofMinutes(5)));
        report(false, false, cool(Duration.ofMinutes(5), FailureKind.AUTH));
        assertThat(key().refusals()).isEqualTo(1);
        pass(Duration.ofMinutes(5));
        succeed();
        assertThat(key).isNull();
    }

    @Test
    void aSuccessThatWasUnderWayDoesNotReopen() {
        fail(TRANSIENT);
        pass(FIRST.minusMillis(1));
        succeed();
        assertThat(cooling()).isEqualTo(Duration.ofMillis(1));
        assertThat(model().failuresInRow()).isZero();
        pass(Duration.ofMillis(1));
        succeed();
        assertThat(model).isNull();
    }

    @Test
    void aRateLimitOutlivesASuccessThatWasUnderWay() {
        report(false, false, cool(Duration.ofMinutes(5), FailureKind.RATE_LIMITED));
        succeed();
        assertThat(snapshot().keyCoolsUntil(KEY, now)).isEqualTo(now.plus(Duration.ofMinutes(5)));
        pass(Duration.ofMinutes(5));
        succeed();
        assertThat(key).isNull();
    }

    @Test
    void keyDeadlinesMergeToTheLater() {
        report(false, false, cool(Duration.ofMinutes(5), FailureKind.RATE_LIMITED));
        report(false, false, cool(Duration.ofMinutes(1), FailureKind.RATE_LIMITED));
        assertThat(snapshot().keyCoolsUntil(KEY, now)).isEqualTo(now.plus(Duration.ofMinutes(5)));
    }

    @Test
    void aSuccessOfWhatIsNotKnownChangesNothing() {
        succeed();
        assertThat(model).isNull();
        assertThat(key).isNull();
    }

    /** Steps of a history: what happens, and how many seconds pass before it. */
    @Property(tries = 300)
    void deadlinesNeverMoveBackAndPenaltiesStayInRange(
            @ForAll @Size(max = 30) List<@IntRange(max = 4) Integer> events,
            @ForAll @Size(value = 30) List<@IntRange(max = 200) Integer> gaps) {
        CooldownRulesTest run = new CooldownRulesTest();
        for (int i = 0; i < events.size(); i++) {
            run.pass(Duration.ofSeconds(gaps.get(i)));
            Duration before = run.cooling();
            switch (events.get(i)) {
                case 0 -> run.succeed();
                case 1 -> run.fail(TRANSIENT);
                case 2 ->
                    run.fail(new CooldownEffect.CoolModel(Duration.ofSeconds(40), false, FailureKind.SERVER_ERROR));
                case 3 -> run.report(false, false, new CooldownEffect.Penalize(3));
                default -> run.fail();
            }
            assertThat(run.cooling()).isGreaterThanOrEqualTo(before);
            assertThat(run.cooling()).isLessThanOrEqualTo(Duration.ofMinutes(2));
            assertThat(run.snapshot().penalty(MODEL, run.now)).isBetween(0.0, 10.0);
        }
    }
}
