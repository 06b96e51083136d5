package dev.switchboard.node.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import akka.util.ByteString;
import dev.switchboard.node.chat.Json;
import dev.switchboard.protocol.domain.Limits;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StatedLimitsTest {
    /** Header names after {@code x-ratelimit-}; the four limits as rpm/rpd/tpm/tpd. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    limit-requests=60 remaining-requests=59 reset-requests=1s limit-tokens=150000 remaining-tokens=149000 reset-tokens=400ms | 60/-/150000/-
                    limit-requests=14400 remaining-requests=14370 reset-requests=2m59.56s limit-tokens=6000 remaining-tokens=5900 reset-tokens=1s | -/14400/6000/-
                    limit-requests=1000 remaining-requests=999 reset-requests=1m26.4s | -/1000/-/-
                    limit-requests=1000 reset-requests=23h59m | -/1000/-/-
                    limit-requests=14400 remaining-requests=14399 reset-requests=6s | -/-/-/-
                    limit-requests=30 remaining-requests=29 reset-requests=45 | 30/-/-/-
                    limit-requests=30 remaining-requests=30 reset-requests=0s | 30/-/-/-
                    limit-requests=100 remaining-requests=40 reset-requests=30m | -/-/-/-
                    limit-requests=100 remaining-requests=40 reset-requests=1700000000 | -/-/-/-
                    limit-requests=100 remaining-requests=40 reset-requests=soon | -/-/-/-
                    limit-requests=100 remaining-requests=40 | -/-/-/-
                    limit-requests-day=14400 limit-tokens-minute=60000 limit-requests-minute=30 limit-tokens-day=1000000 | 30/14400/60000/1000000
                    limit-requests-day=0 limit-tokens-minute=-5 limit-requests-minute=many | -/-/-/-
                    limit=20 remaining=19 reset=60 | -/-/-/-
                    """)
    void headersAreReadByWhatTheySay(String headers, String expected) {
        Map<String, String> all = new HashMap<>();
        for (String header : headers.split(" ")) {
            all.put("x-ratelimit-" + header.split("=")[0], header.split("=")[1]);
        }
        assertThat(StatedLimits.ofHeaders(name -> Optional.ofNullable(all.get(name))))
                .isEqualTo(limits(expected));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    Request too large for model `llama-3.1-8b-instant` in organization `org_x` service tier `on_demand` on tokens per minute (TPM): Limit 6000, Requested 9000, please reduce your message size and try again. | -/-/6000/-
                    Rate limit reached for model `x` in organization `y` on tokens per day (TPD): Limit 500000, Used 498000, Requested 2500. Please try again in 1m2.5s. | -/-/-/500000
                    Rate limit reached for gpt-4o in organization org-1 on requests per min (RPM): Limit 3, Used 3, Requested 1. | 3/-/-/-
                    Rate limit reached on requests per day (RPD): Limit: 1,000, Used 1,000 | -/1000/-/-
                    Limit 6000 tokens | -/-/-/-
                    The words tokens per minute alone say nothing | -/-/-/-
                    """)
    void namedLimitsOfMessagesAreRead(String message, String expected) {
        assertThat(refusal("{\"error\":{\"message\":\"" + message + "\",\"type\":\"tokens\"}}"))
                .isEqualTo(limits(expected));
        assertThat(refusal("{\"error\":\"" + message + "\"}")).isEqualTo(limits(expected));
    }

    @Test
    void violatedQuotasAreRead() {
        assertThat(
                        refusal(
                                """
                                [{"error":{"code":429,"status":"RESOURCE_EXHAUSTED","message":"quota","details":[
                                  {"@type":"type.googleapis.com/google.rpc.QuotaFailure","violations":[
                                    {"quotaId":"GenerateRequestsPerDayPerProjectPerModel-FreeTier","quotaValue":"250"},
                                    {"quotaId":"GenerateContentInputTokensPerModelPerMinute-FreeTier","quotaValue":"250000"},
                                    {"quotaId":"SomethingElse","quotaValue":"7"}]},
                                  {"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"34s"}]}}]
                                """))
                .isEqualTo(limits("-/250/250000/-"));
    }

    @Test
    void whatIsNoJsonSaysNothing() {
        assertThat(refusal("<html>")).isEqualTo(Limits.NONE);
        assertThat(refusal("[]")).isEqualTo(Limits.NONE);
    }

    private static Limits refusal(String body) {
        return StatedLimits.ofRefusal(Json.parseOrNull(ByteString.fromString(body)));
    }

    private static Limits limits(String text) {
        String[] parts = text.split("/");
        return new Limits(limit(parts[0]), limit(parts[1]), limit(parts[2]), limit(parts[3]));
    }

    private static @Nullable Long limit(String text) {
        return text.equals("-") ? null : Long.valueOf(text);
    }
}
