package dev.switchboard.node.routing;

import static dev.switchboard.node.routing.World.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.node.routing.Decision.Step;
import dev.switchboard.node.routing.FailurePolicy.Context;
import dev.switchboard.protocol.cooldown.CooldownEffect.CoolKey;
import dev.switchboard.protocol.cooldown.CooldownEffect.CoolModel;
import dev.switchboard.protocol.cooldown.CooldownEffect.Penalize;
import dev.switchboard.protocol.domain.Failure;
import dev.switchboard.protocol.domain.FailureKind;
import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.domain.ProtectionLevel;
import dev.switchboard.protocol.session.Ban;
import dev.switchboard.protocol.session.SessionEffect;
import dev.switchboard.protocol.session.SessionEffect.PinDrop;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The failure table of behaviour.md §4. */
class FailurePolicyTest {
    private static final ModelRef MODEL = ModelRef.of("alpha", "a-large");
    private static final PolicyTimes TIMES = new PolicyTimes(
            Duration.ofSeconds(15), Duration.ofMinutes(2), Duration.ofMinutes(2), Duration.ofMinutes(30));
    private static final Context MORE_KEYS = new Context(false, false, false);
    private static final Context LAST_KEY = new Context(true, false, false);
    private static final Context COMMITTED = new Context(true, false, true);

    @ParameterizedTest
    @CsvSource({
        "RATE_LIMITED, NEXT_KEY, KEY, NEXT_MODEL, MODEL, KEEP, false",
        "AUTH, NEXT_KEY, KEY, NEXT_MODEL, MODEL, KEY_ONLY, true",
        "CLIENT_FAULT, OTHER_PLATFORM_ONCE, PLATFORM, OTHER_PLATFORM_ONCE, PLATFORM, KEEP, false",
        "TOO_LARGE, LARGER_WINDOW, MODEL, LARGER_WINDOW, MODEL, KEEP, false",
        "MODEL_UNAVAILABLE, NEXT_MODEL, MODEL, NEXT_MODEL, MODEL, IF_MODEL, true",
        "SERVER_ERROR, NEXT_MODEL, MODEL, NEXT_MODEL, MODEL, IF_MODEL, true",
        "UNREACHABLE, NEXT_MODEL, MODEL, NEXT_MODEL, MODEL, IF_MODEL, true",
        "TIMEOUT, NEXT_MODEL, MODEL, NEXT_MODEL, MODEL, IF_MODEL, true",
        "STALLED, NEXT_MODEL, MODEL, NEXT_MODEL, MODEL, IF_MODEL, true",
        "EMPTY, NEXT_MODEL, MODEL, NEXT_MODEL, MODEL, IF_MODEL, true",
        "MALFORMED, NEXT_MODEL, MODEL, NEXT_MODEL, MODEL, IF_MODEL, true",
        "BROKEN, NEXT_MODEL, MODEL, NEXT_MODEL, MODEL, IF_MODEL, true",
        "CANCELLED, STOP, NOTHING, STOP, NOTHING, KEEP, false"
    })
    void beforeCommitAtModelSkip(
            FailureKind kind, Step step, Skip skip, Step lastStep, Skip lastSkip, PinDrop pinDrop, boolean counted) {
        Decision first = decide(kind, ProtectionLevel.MODEL_SKIP, MORE_KEYS);
        assertThat(first.step()).isEqualTo(step);
        assertThat(first.skip()).isEqualTo(skip);
        assertThat(first.session()).isEqualTo(new SessionEffect(null, pinDrop));
        assertThat(first.counted()).isEqualTo(counted);
        Decision last = decide(kind, ProtectionLevel.MODEL_SKIP, LAST_KEY);
        assertThat(last.step()).isEqualTo(lastStep);
        assertThat(last.skip()).isEqualTo(lastSkip);
    }

    @ParameterizedTest
    @EnumSource(
            value = FailureKind.class,
            names = {"SERVER_ERROR", "UNREACHABLE", "TIMEOUT", "STALLED", "EMPTY", "MALFORMED", "BROKEN"})
    void transientFailuresCoolTheModelAtEveryLevel(FailureKind kind) {
        for (ProtectionLevel level : ProtectionLevel.values()) {
            Decision decision = decide(kind, level, MORE_KEYS);
            assertThat(decision.effects()).containsExactly(new CoolModel(Duration.ofSeconds(15), true, kind));
            assertThat(decision.modelCoolsUntil()).isEqualTo(NOW.plusSeconds(15));
            assertThat(decision.coolsUntil()).isEqualTo(NOW.plusSeconds(15));
            assertThat(decision.keyCoolsUntil()).isNull();
        }
    }

    @Test
    void providerBanBansThePlatformForTheSessionAndSkipsIt() {
        Decision decision = decide(FailureKind.TIMEOUT, ProtectionLevel.PROVIDER_BAN, MORE_KEYS);
        assertThat(decision.step()).isEqualTo(Step.NEXT_MODEL);
        assertThat(decision.skip()).isEqualTo(Skip.PLATFORM);
        assertThat(decision.session())
                .isEqualTo(new SessionEffect(
                        new Ban(MODEL.platform(), NOW.plus(Duration.ofMinutes(30)), FailureKind.TIMEOUT),
                        PinDrop.IF_PLATFORM));
    }

    @Test
    void atOffTheOtherKeysAreTriedBeforeTheNextModel() {
        Decision more = decide(FailureKind.EMPTY, ProtectionLevel.OFF, MORE_KEYS);
        assertThat(more.step()).isEqualTo(Step.NEXT_KEY);
        assertThat(more.skip()).isEqualTo(Skip.KEY);
        assertThat(more.session()).isEqualTo(SessionEffect.NONE);
        Decision last = decide(FailureKind.EMPTY, ProtectionLevel.OFF, LAST_KEY);
        assertThat(last.step()).isEqualTo(Step.NEXT_MODEL);
        assertThat(last.skip()).isEqualTo(Skip.MODEL);
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {"-, 120", "0, 1", "7, 7", "3600, 3600", "7200, 3600"})
    void aRateLimitCoolsTheKey(@Nullable Long retryAfter, long expected) {
        Decision decision =
                decide(failure(FailureKind.RATE_LIMITED, 429, retryAfter), ProtectionLevel.MODEL_SKIP, MORE_KEYS);
        Instant until = NOW.plusSeconds(expected);
        assertThat(decision.effects()).containsExactly(new CoolKey(until, FailureKind.RATE_LIMITED));
        assertThat(decision.keyCoolsUntil()).isEqualTo(until);
        assertThat(decision.modelCoolsUntil()).isNull();
    }

    @Test
    void aRateLimitOfTheLastKeyPenalisesTheModel() {
        Decision decision = decide(FailureKind.RATE_LIMITED, ProtectionLevel.PROVIDER_BAN, LAST_KEY);
        assertThat(decision.effects())
                .containsExactly(new CoolKey(NOW.plusSeconds(120), FailureKind.RATE_LIMITED), new Penalize(3));
        assertThat(decision.session()).isEqualTo(SessionEffect.NONE);
    }

    @ParameterizedTest
    @EnumSource(FailureKind.class)
    void nothingElsePenalises(FailureKind kind) {
        if (kind != FailureKind.RATE_LIMITED) {
            assertThat(decide(kind, ProtectionLevel.MODEL_SKIP, LAST_KEY).effects())
                    .noneMatch(effect -> effect instanceof Penalize);
        }
    }

    @Test
    void aRefusedKeyCoolsFiveMinutes() {
        Decision decision = decide(failure(FailureKind.AUTH, 401, 9L), ProtectionLevel.OFF, MORE_KEYS);
        assertThat(decision.effects()).containsExactly(new CoolKey(NOW.plus(Duration.ofMinutes(5)), FailureKind.AUTH));
        assertThat(decision.session()).isEqualTo(new SessionEffect(null, PinDrop.KEY_ONLY));
    }

    @Test
    void anUnavailableModelCoolsTenMinutesWithoutDoubling() {
        Decision decision = decide(FailureKind.MODEL_UNAVAILABLE, ProtectionLevel.MODEL_SKIP, MORE_KEYS);
        assertThat(decision.effects())
                .containsExactly(new CoolModel(Duration.ofMinutes(10), false, FailureKind.MODEL_UNAVAILABLE));
        assertThat(decision.modelCoolsUntil()).isEqualTo(NOW.plus(Duration.ofMinutes(10)));
    }

    @ParameterizedTest
    @CsvSource({
        "503, 40, 40, false",
        "529, 40, 40, false",
        "503, 9999, 600, false",
        "503, 0, 1, false",
        "500, 40, 15, true",
        "502, 40, 15, true"
    })
    void aBusyModelCoolsAsLongAsUpstreamAsks(int status, long retryAfter, long expected, boolean doubling) {
        Decision decision =
                decide(failure(FailureKind.SERVER_ERROR, status, retryAfter), ProtectionLevel.MODEL_SKIP, MORE_KEYS);
        assertThat(decision.effects())
                .containsExactly(new CoolModel(Duration.ofSeconds(expected), doubling, FailureKind.SERVER_ERROR));
    }

    @Test
    void theTransientTimeNeverExceedsTheMaximum() {
        PolicyTimes times = new PolicyTimes(
                Duration.ofMinutes(5), Duration.ofMinutes(1), Duration.ofMinutes(2), Duration.ofMinutes(30));
        Decision decision = FailurePolicy.decide(
                failure(FailureKind.EMPTY, 0, null), MODEL, ProtectionLevel.OFF, MORE_KEYS, times, NOW);
        assertThat(decision.modelCoolsUntil()).isEqualTo(NOW.plus(Duration.ofMinutes(1)));
    }

    @Test
    void aSecondRefusalEndsTheRequest() {
        Decision decision =
                decide(FailureKind.CLIENT_FAULT, ProtectionLevel.MODEL_SKIP, new Context(false, true, false));
        assertThat(decision.step()).isEqualTo(Step.STOP);
        assertThat(decision.effects()).isEmpty();
        assertThat(decision.session()).isEqualTo(SessionEffect.NONE);
    }

    @ParameterizedTest
    @EnumSource(FailureKind.class)
    void afterCommitTheEffectsStayTheRequestEndsAndThePinGoes(FailureKind kind) {
        for (ProtectionLevel level : ProtectionLevel.values()) {
            Decision before = decide(kind, level, LAST_KEY);
            Decision after = decide(kind, level, COMMITTED);
            assertThat(after.step()).isEqualTo(Step.STOP);
            assertThat(after.skip()).isEqualTo(Skip.NOTHING);
            assertThat(after.effects()).isEqualTo(before.effects());
            assertThat(after.keyCoolsUntil()).isEqualTo(before.keyCoolsUntil());
            assertThat(after.modelCoolsUntil()).isEqualTo(before.modelCoolsUntil());
            assertThat(after.session().ban()).isEqualTo(before.session().ban());
            assertThat(after.counted()).isEqualTo(before.counted());
            PinDrop expected = kind == FailureKind.CANCELLED
                    ? PinDrop.KEEP
                    : before.session().ban() != null ? PinDrop.IF_PLATFORM : PinDrop.IF_MODEL;
            assertThat(after.session().pinDrop()).isEqualTo(expected);
        }
    }

    @Test
    void aCancelledRequestLeavesNoTrace() {
        Decision decision = decide(FailureKind.CANCELLED, ProtectionLevel.PROVIDER_BAN, MORE_KEYS);
        assertThat(decision)
                .isEqualTo(new Decision(Step.STOP, Skip.NOTHING, List.of(), SessionEffect.NONE, null, null, false));
        assertThat(decision.coolsUntil()).isNull();
    }

    private static Decision decide(FailureKind kind, ProtectionLevel level, Context context) {
        return FailurePolicy.decide(failure(kind, 0, null), MODEL, level, context, TIMES, NOW);
    }

    private static Decision decide(Failure failure, ProtectionLevel level, Context context) {
        return FailurePolicy.decide(failure, MODEL, level, context, TIMES, NOW);
    }

    private static Failure failure(FailureKind kind, int status, @Nullable Long retryAfter) {
        return new Failure(kind, status, null, "words", retryAfter == null ? null : Duration.ofSeconds(retryAfter));
    }
}
