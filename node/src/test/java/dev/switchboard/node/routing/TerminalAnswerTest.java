package dev.switchboard.node.routing;

import static dev.switchboard.node.routing.World.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.node.routing.RoutePlan.Skipped;
import dev.switchboard.node.routing.TerminalAnswer.Attempt;
import dev.switchboard.node.routing.TerminalAnswer.Denial;
import dev.switchboard.protocol.domain.Failure;
import dev.switchboard.protocol.domain.FailureKind;
import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.provider.LeaseReply.Reason;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The last paragraph of the failure table in behaviour.md §4. */
class TerminalAnswerTest {
    private static final RoutePlan OPEN =
            new RoutePlan(List.of(new RoutePlan.Candidate(ModelRef.of("a", "one"), 1, false, false)), List.of(), false);

    @ParameterizedTest
    @CsvSource({
        "SERVER_ERROR, 502, provider_error",
        "UNREACHABLE, 502, provider_error",
        "AUTH, 502, provider_error",
        "MODEL_UNAVAILABLE, 502, provider_error",
        "EMPTY, 502, provider_error",
        "MALFORMED, 502, provider_error",
        "BROKEN, 502, provider_error",
        "RATE_LIMITED, 502, provider_error",
        "TIMEOUT, 504, timeout_error",
        "STALLED, 504, timeout_error",
        "TOO_LARGE, 400, invalid_request_error",
        "CLIENT_FAULT, 400, invalid_request_error"
    })
    void theLastFailureDecides(FailureKind last, int status, String type) {
        TerminalAnswer answer = answer(attempt("a/one", FailureKind.SERVER_ERROR), attempt("b/two", last));
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.type()).isEqualTo(type);
        assertThat(answer.retryAfterSeconds()).isNull();
        assertThat(answer.forbidsRetry()).isEqualTo(status >= 500);
    }

    @Test
    void theMessageNamesTheModelsAndNothingOfUpstream() {
        TerminalAnswer answer = answer(
                attempt("a/one", FailureKind.EMPTY),
                attempt("a/one", FailureKind.RATE_LIMITED),
                new Attempt(
                        ModelRef.parse("b/two"),
                        new Failure(FailureKind.SERVER_ERROR, 500, "boom", "stack trace at 10.0.0.7 sk-secret", null),
                        null));
        assertThat(answer.message())
                .isEqualTo("All 3 attempts failed. Last: b/two failed (status 500). Tried: a/one, b/two.");
        assertThat(answer.code()).isEqualTo("all_attempts_failed");
    }

    @ParameterizedTest
    @EnumSource(FailureKind.class)
    void everyKindIsDescribedInWordsOfOurOwn(FailureKind kind) {
        if (kind != FailureKind.CLIENT_FAULT) {
            assertThat(answer(attempt("a/one", kind)).message())
                    .contains("All 1 attempts failed. Last: a/one ")
                    .doesNotContain("upstream words");
        }
    }

    @Test
    void onlyRateLimitsAre429WithTheEarliestEnd() {
        RoutePlan plan = new RoutePlan(
                OPEN.usable(), List.of(skipped("c/three", SkipReason.COOLING, NOW.plusSeconds(90))), false);
        TerminalAnswer answer = TerminalAnswer.of(
                List.of(limited("a/one", 120), limited("b/two", 30)),
                plan,
                List.of(new Denial(ModelRef.parse("d/four"), Reason.RPM, NOW.plusMillis(29_001))),
                NOW);
        assertThat(answer.status()).isEqualTo(429);
        assertThat(answer.type()).isEqualTo("rate_limit_error");
        assertThat(answer.retryAfterSeconds()).isEqualTo(30);
        assertThat(answer.message())
                .isEqualTo("All 2 attempts failed. Last: b/two is rate limited. Tried: a/one, b/two. Retry in 30 s.");
        assertThat(answer.forbidsRetry()).isFalse();
    }

    @Test
    void retryAfterIsAtLeastOneSecond() {
        TerminalAnswer past = TerminalAnswer.of(List.of(limited("a/one", -5)), OPEN, List.of(), NOW);
        assertThat(past.retryAfterSeconds()).isEqualTo(1);
        TerminalAnswer now = TerminalAnswer.of(List.of(limited("a/one", 0)), OPEN, List.of(), NOW);
        assertThat(now.retryAfterSeconds()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(
            value = Reason.class,
            names = {"RPM", "RPD", "TPM", "TPD", "KEYS_COOLING"})
    void noQuotaAnywhereIs429(Reason reason) {
        TerminalAnswer answer = TerminalAnswer.of(
                List.of(), OPEN, List.of(new Denial(ModelRef.parse("a/one"), reason, NOW.plusSeconds(42))), NOW);
        assertThat(answer.status()).isEqualTo(429);
        assertThat(answer.retryAfterSeconds()).isEqualTo(42);
        assertThat(answer.message()).contains("a/one");
    }

    @Test
    void keysThatAllCoolAfterRateLimitsAre429WithoutAsking() {
        TerminalAnswer answer = untried(false, skipped("a/one", SkipReason.KEYS_COOLING, NOW.plusSeconds(61)));
        assertThat(answer.status()).isEqualTo(429);
        assertThat(answer.retryAfterSeconds()).isEqualTo(61);
    }

    @ParameterizedTest
    @CsvSource({"SAFEGUARD, 1", "PROBE_IN_FLIGHT, 1", "RESERVED, 9", "MODEL_COOLING, 9", "NO_KEYS, 9"})
    void otherDenialsAre503(Reason reason, long expected) {
        TerminalAnswer answer = TerminalAnswer.of(
                List.of(), OPEN, List.of(new Denial(ModelRef.parse("a/one"), reason, NOW.plusSeconds(9))), NOW);
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.type()).isEqualTo("overloaded_error");
        assertThat(answer.retryAfterSeconds()).isEqualTo(expected);
    }

    @Test
    void nothingRoutableIs503WithTheSoonestEnd() {
        TerminalAnswer answer = untried(
                false,
                skipped("a/one", SkipReason.COOLING, NOW.plusSeconds(15)),
                skipped("a/two", SkipReason.BANNED, NOW.plusSeconds(900)),
                skipped("a/three", SkipReason.CONTEXT_WINDOW, null));
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.type()).isEqualTo("overloaded_error");
        assertThat(answer.retryAfterSeconds()).isEqualTo(15);
    }

    @Test
    void nothingRoutableEverIs503WithAMinute() {
        TerminalAnswer answer = untried(false, skipped("a/one", SkipReason.NO_KEY, null));
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.retryAfterSeconds()).isEqualTo(60);
        assertThat(answer.type()).isEqualTo("overloaded_error");
        assertThat(answer.code()).isEqualTo("no_usable_key");
        assertThat(answer.message())
                .isEqualTo(
                        "No platform has a usable provider key: add or enable one (a) on the dashboard's page Providers"
                                + " or with POST /api/keys.");
        TerminalAnswer named = untried(true, skipped("a/one", SkipReason.NO_KEY, null));
        assertThat(named.message()).startsWith("No usable provider key for a/one: add or enable one (a)");
        TerminalAnswer cooling = untried(
                false,
                skipped("a/one", SkipReason.NO_KEY, null),
                skipped("b/one", SkipReason.COOLING, NOW.plusSeconds(9)));
        assertThat(cooling.code()).isEqualTo("no_model_available");
        assertThat(cooling.retryAfterSeconds()).isEqualTo(9);
        assertThat(untried(false).status()).isEqualTo(503);
    }

    @Test
    void aPromptTooLongForEveryModelIsTheCallersToMend() {
        TerminalAnswer answer = untried(
                true, skipped("a/one", SkipReason.CONTEXT_WINDOW, null), skipped("a/two", SkipReason.DISABLED, null));
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.code()).isEqualTo("context_length_exceeded");
        assertThat(answer.message()).contains("a/one");
        assertThat(answer(attempt("a/one", FailureKind.TOO_LARGE)).code()).isEqualTo("context_length_exceeded");
    }

    @Test
    void aNeedThatNoModelMeetsIs400() {
        TerminalAnswer answer = untried(
                false, skipped("a/one", SkipReason.NO_VISION, null), skipped("a/two", SkipReason.DISABLED, null));
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.code()).isEqualTo("unsupported_capability");
    }

    @Test
    void namedModelsThatDoNotExistAre404() {
        TerminalAnswer answer = untried(
                true, skipped("a/gone", SkipReason.UNKNOWN_MODEL, null), skipped("a/off", SkipReason.DISABLED, null));
        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.code()).isEqualTo("model_not_found");
        assertThat(answer.message()).contains("a/gone", "a/off");
        assertThat(untried(false, skipped("a/off", SkipReason.DISABLED, null)).status())
                .isEqualTo(503);
    }

    @Test
    void aRefusalCarriesTheFirstRefusersWords() {
        TerminalAnswer answer = answer(
                attempt("a/one", FailureKind.TIMEOUT),
                refusal("b/two", "temperature must be below 2", "invalid_value"),
                refusal("c/three", "something else", null));
        assertThat(answer)
                .isEqualTo(new TerminalAnswer(
                        400, "invalid_request_error", "invalid_value", "temperature must be below 2", null));
    }

    private static TerminalAnswer answer(Attempt... attempts) {
        return TerminalAnswer.of(List.of(attempts), OPEN, List.of(), NOW);
    }

    private static TerminalAnswer untried(boolean exclusive, Skipped... skipped) {
        return TerminalAnswer.of(List.of(), new RoutePlan(List.of(), List.of(skipped), exclusive), List.of(), NOW);
    }

    private static Skipped skipped(String ref, SkipReason reason, @Nullable Instant until) {
        return new Skipped(ModelRef.parse(ref), reason, until);
    }

    private static Attempt attempt(String ref, FailureKind kind) {
        return new Attempt(ModelRef.parse(ref), Failure.of(kind, "upstream words"), null);
    }

    private static Attempt limited(String ref, long seconds) {
        return new Attempt(
                ModelRef.parse(ref), Failure.of(FailureKind.RATE_LIMITED, "slow down"), NOW.plusSeconds(seconds));
    }

    private static Attempt refusal(String ref, String message, @Nullable String code) {
        return new Attempt(ModelRef.parse(ref), new Failure(FailureKind.CLIENT_FAULT, 400, code, message, null), null);
    }
}
