package dev.switchboard.node.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import akka.util.ByteString;
import dev.switchboard.node.chat.Json;
import dev.switchboard.protocol.domain.Failure;
import dev.switchboard.protocol.domain.FailureKind;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FailureClassifierTest {
    private static Failure response(int status, String body) {
        return FailureClassifier.response(status, null, ByteString.fromString(body), Calls.SECRET);
    }

    @ParameterizedTest
    @CsvSource({
        "429, RATE_LIMITED",
        "401, AUTH",
        "403, AUTH",
        "400, CLIENT_FAULT",
        "409, CLIENT_FAULT",
        "422, CLIENT_FAULT",
        "413, TOO_LARGE",
        "402, MODEL_UNAVAILABLE",
        "404, MODEL_UNAVAILABLE",
        "410, MODEL_UNAVAILABLE",
        "408, TIMEOUT",
        "500, SERVER_ERROR",
        "502, SERVER_ERROR",
        "503, SERVER_ERROR",
        "529, SERVER_ERROR",
        "307, SERVER_ERROR",
        "418, SERVER_ERROR",
        "451, SERVER_ERROR"
    })
    void aBareStatusHasItsKind(int status, FailureKind kind) {
        assertThat(response(status, "").kind()).isEqualTo(kind);
        assertThat(response(status, "<html>429 rate limit</html>").kind()).isEqualTo(kind);
        assertThat(response(status, "{\"error\":{\"message\":\"429 rate limit quota\"}}")
                        .kind())
                .isEqualTo(kind);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "503 | {\"error\":{\"code\":\"rate_limit_exceeded\"}} | RATE_LIMITED",
                "403 | {\"error\":{\"status\":\"RESOURCE_EXHAUSTED\"}} | RATE_LIMITED",
                "403 | {\"error\":{\"message\":\"rate limit\"}} | AUTH",
                "400 | {\"error\":{\"code\":\"context_length_exceeded\",\"type\":\"invalid_request_error\"}} | TOO_LARGE",
                "400 | {\"error\":{\"type\":\"invalid_request_error\",\"code\":\"model_not_found\"}} | MODEL_UNAVAILABLE",
                "400 | [{\"error\":{\"code\":400,\"status\":\"INVALID_ARGUMENT\",\"details\":[{\"reason\":\"API_KEY_INVALID\"}]}}] | AUTH",
                "400 | {\"error\":{\"code\":400,\"status\":\"INVALID_ARGUMENT\"}} | CLIENT_FAULT",
                "429 | {\"error\":{\"code\":\"context_length_exceeded\"}} | RATE_LIMITED",
                "500 | {\"title\":\"Oops\",\"detail\":\"quota\"} | SERVER_ERROR"
            })
    void codesRefineAStatus(int status, String body, FailureKind kind) {
        assertThat(response(status, body).kind()).isEqualTo(kind);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"error\":\"boom\"} | SERVER_ERROR",
                "{\"error\":\"Rate limit reached\"} | RATE_LIMITED",
                "{\"error\":\"Too many requests\"} | RATE_LIMITED",
                "{\"error\":{\"message\":\"Quota is over\"}} | RATE_LIMITED",
                "{\"error\":{\"code\":429}} | RATE_LIMITED",
                "{\"error\":{\"code\":\"429\"}} | RATE_LIMITED",
                "{\"error\":{\"status\":401}} | AUTH",
                "{\"error\":\"x\",\"status\":404} | MODEL_UNAVAILABLE",
                "{\"error\":{\"code\":502,\"message\":\"rate limit\"}} | SERVER_ERROR",
                "{\"error\":{\"code\":\"rate_limit_exceeded\"}} | RATE_LIMITED",
                "{\"error\":{\"status\":\"RESOURCE_EXHAUSTED\"}} | RATE_LIMITED",
                "{\"error\":{\"code\":\"context_length_exceeded\"}} | TOO_LARGE",
                "{\"error\":{\"code\":12}} | SERVER_ERROR",
                "{\"error\":{}} | SERVER_ERROR",
                "{\"error\":\"\"} | SERVER_ERROR",
                "{\"success\":false,\"errors\":[{\"code\":10000,\"message\":\"no route\"}]} | SERVER_ERROR",
                "{\"success\":false,\"errors\":[{\"code\":429,\"message\":\"x\"}]} | RATE_LIMITED",
                "{\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"x\"}} | SERVER_ERROR",
                "{\"choices\":[{\"error\":{\"code\":429,\"message\":\"x\"},\"finish_reason\":\"error\"}]} | RATE_LIMITED",
                "{\"choices\":[{\"message\":{\"content\":\"x\"}},{\"error\":{\"code\":\"401\"}}]} | AUTH",
                "{\"choices\":[{\"error\":{\"code\":502,\"message\":\"rate limit\"}}]} | SERVER_ERROR"
            })
    void wrappedErrorsAreFound(String body, FailureKind kind) {
        assertThat(FailureClassifier.wrapped(Json.parseOrNull(body), null))
                .extracting(Failure::kind)
                .isEqualTo(kind);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[]",
                "null",
                "{\"error\":null,\"choices\":[]}",
                "{\"error\":false}",
                "{\"errors\":[{\"code\":1}],\"success\":true}",
                "{\"errors\":[],\"success\":false}",
                "{\"choices\":[{\"message\":{\"content\":\"error: rate limit\"}}]}",
                "{\"choices\":[{\"message\":{\"content\":\"x\",\"error\":{}},\"error\":null}]}",
                "{\"choices\":{\"error\":{\"error\":{}}}}"
            })
    void answersAreNotErrors(String body) {
        assertThat(FailureClassifier.wrapped(Json.parseOrNull(body), null)).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "retry-after, 7, 7000",
        "retry-after, 1.5, 1500",
        "retry-after, -3, 0",
        "retry-after, 'Wed, 21 Oct 2026 07:28:30 GMT', 30000",
        "retry-after, 'Wed, 21 Oct 2020 07:28:30 GMT', 0",
        "retry-after-ms, 250, 250"
    })
    void retryAfterIsReadInEveryForm(String name, String value, long millis) {
        Instant now = Instant.parse("2026-10-21T07:28:00Z");
        assertThat(RetryAfter.of(
                        asked -> Optional.ofNullable(Map.of(name, value).get(asked)), now))
                .isEqualTo(Duration.ofMillis(millis));
    }

    @ParameterizedTest
    @ValueSource(strings = {"soon", "", "NaN", "Infinity"})
    void nonsenseIsNoWait(String value) {
        assertThat(RetryAfter.of(asked -> Optional.of(value), Instant.EPOCH)).isNull();
    }

    @Test
    void aWaitInTheBodyCounts() {
        assertThat(response(
                                429,
                                "{\"error\":{\"code\":429,\"details\":[{\"@type\":\"RetryInfo\",\"retryDelay\":\"34.5s\"}]}}")
                        .retryAfter())
                .isEqualTo(Duration.ofMillis(34_500));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                Calls.SECRET,
                "sk-proj-abcdefghijk",
                "AIzaSyA1234567890abcdefghijklmnopqrstu",
                "gsk_abcdefghijklmnop",
                "Bearer abc.def.ghi",
                "sk-pr***************abcd",
                "0123456789abcdef0123456789abcdef0123456789abcdef"
            })
    void keysNeverLeave(String key) {
        String message = response(401, "{\"error\":{\"message\":\"Incorrect API key provided: " + key + " today\"}}")
                .message();
        assertThat(message).isEqualTo("Incorrect API key provided: *** today");
    }

    @Test
    void bothPartsOfADoubleKeyAreHidden() {
        assertThat(Scrubber.scrub("account acc123 and token tok456 (acc123:tok456)", "acc123:tok456"))
                .isEqualTo("account *** and token *** (***)");
    }

    @Test
    void messagesAreShortAndPrintable() {
        assertThat(Scrubber.scrub("a\u0000b\n" + "x ".repeat(1000), null))
                .startsWith("a b x")
                .hasSizeLessThanOrEqualTo(500);
    }

    @Property(tries = 300)
    void anyBodyIsClassified(@ForAll byte[] body, @ForAll int status) {
        assertThat(FailureClassifier.response(status, null, ByteString.fromArray(body), "secret")
                        .message())
                .isNotBlank();
    }
}
