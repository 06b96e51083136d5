package dev.switchboard.node.simulator;

import static dev.switchboard.node.simulator.SimulatorHarness.chat;
import static dev.switchboard.node.simulator.SimulatorHarness.events;
import static dev.switchboard.node.simulator.SimulatorHarness.json;
import static dev.switchboard.node.simulator.SimulatorHarness.streamed;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Faults that are complete HTTP responses, seen by an ordinary client. */
class FaultyAnswersTest {
    private static SimulatorHarness harness;

    @BeforeAll
    static void start() throws Exception {
        harness = new SimulatorHarness();
    }

    @AfterAll
    static void stop() {
        harness.close();
    }

    private static HttpResponse<byte[]> bytes(String text, boolean stream) throws Exception {
        return harness.client.send(
                harness.request("/alpha/v1/chat/completions")
                        .header("authorization", "Bearer k")
                        .POST(HttpRequest.BodyPublishers.ofString(chat("echo", text, stream)))
                        .build(),
                HttpResponse.BodyHandlers.ofByteArray());
    }

    @ParameterizedTest
    @CsvSource({
        "openai,/error/code,rate_limit_exceeded",
        "string,/error,Simulated error 429.",
        "numeric,/error/code,429",
        "text,/error/code,rate_limit_exceeded",
        "cloudflare,/errors/0/code,3036",
        "google,/error/status,RESOURCE_EXHAUSTED",
        "cohere,/message,Simulated error 429.",
        "problem,/detail,Simulated error 429.",
        "failed-generation,/error/code,tool_use_failed"
    })
    void errorBodiesOfEveryKind(String kind, String pointer, String expected) throws Exception {
        var response = harness.openAi("x [[status=429 body=" + kind + "]]");
        assertThat(response.statusCode()).isEqualTo(429);
        assertThat(json(response.body()).at(pointer).asText()).isEqualTo(expected);
        var wrapped = harness.openAi("x [[wrapped status=429 body=" + kind + "]]");
        assertThat(wrapped.statusCode()).isEqualTo(200);
        assertThat(wrapped.body()).isEqualTo(response.body());
    }

    @Test
    void codesTypesAndMessagesAsOrdered() throws Exception {
        JsonNode error = json(harness.openAi("[[status=529 code=odd type=strange message=\"so sorry\"]]")
                        .body())
                .path("error");
        assertThat(error.path("code").asText()).isEqualTo("odd");
        assertThat(error.path("type").asText()).isEqualTo("strange");
        assertThat(error.path("message").asText()).isEqualTo("so sorry");
        assertThat(harness.openAi("[[status=529]]").statusCode()).isEqualTo(529);
        assertThat(harness.openAi("[[status=503 body=empty]]").body()).isEmpty();
        var html = harness.openAi("[[status=502 body=html]]");
        assertThat(html.headers().firstValue("content-type").orElse("")).startsWith("text/html");
        assertThat(html.body()).startsWith("<!DOCTYPE html>");
    }

    @Test
    void retryAfterInEveryForm() throws Exception {
        var response = harness.openAi("[[status=429 retry-after=7 rate-limit-headers]]");
        assertThat(response.headers().firstValue("retry-after")).hasValue("7");
        assertThat(response.headers().firstValue("x-ratelimit-remaining-requests"))
                .hasValue("0");
        String date = harness.openAi("[[status=429 retry-after-date=60]]")
                .headers()
                .firstValue("retry-after")
                .orElseThrow();
        Instant at =
                ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
        assertThat(Duration.between(Instant.now(), at)).isBetween(Duration.ofSeconds(50), Duration.ofSeconds(61));
        assertThat(harness.openAi("[[status=429 retry-after-ms=1500]]")
                        .headers()
                        .firstValue("retry-after-ms"))
                .hasValue("1500");
    }

    @Test
    void bodiesThatAreNoAnswer() throws Exception {
        assertThat(harness.openAi("[[body=html]]").statusCode()).isEqualTo(200);
        assertThat(harness.openAi("[[body=not-json]]").body()).startsWith("this is {");
        assertThat(json(harness.openAi("[[body=no-choices]]").body()).has("choices"))
                .isFalse();
        assertThat(harness.openAi("[[body=empty]]").body()).isEmpty();
        assertThat(json(harness.openAi("[[answer=empty]]").body())
                        .at("/choices/0/message/content")
                        .asText())
                .isEmpty();
        JsonNode thought = json(harness.openAi("[[answer=reasoning]]").body()).at("/choices/0/message");
        assertThat(thought.path("content").asText()).isEmpty();
        assertThat(thought.path("reasoning_content").asText()).isNotEmpty();
        var redirect = harness.openAi("[[redirect=http://127.0.0.1:1/x]]");
        assertThat(redirect.statusCode()).isEqualTo(302);
        assertThat(redirect.headers().firstValue("location")).hasValue("http://127.0.0.1:1/x");
        assertThat(json(harness.openAi("[[no-usage]]").body()).has("usage")).isFalse();
        assertThat(json(harness.openAi("[[finish=content_filter]]").body())
                        .at("/choices/0/finish_reason")
                        .asText())
                .isEqualTo("content_filter");
        assertThat(json(harness.openAi("[[text=\"<tool>x</tool>\"]]").body())
                        .at("/choices/0/message/content")
                        .asText())
                .isEqualTo("<tool>x</tool>");
    }

    @Test
    void wrappedErrorsInStreams() throws Exception {
        List<String> first = events(harness.openAiStream("one two three [[wrapped status=429 body=numeric]]")
                .body());
        assertThat(json(first.get(0)).at("/error/code").asInt()).isEqualTo(429);
        assertThat(first).hasSize(2);
        String later =
                harness.openAiStream("one two three [[wrapped=2 no-done]]").body();
        assertThat(streamed(later)).isEqualTo("one two");
        List<String> events = events(later);
        assertThat(json(events.get(events.size() - 1)).at("/error/message").asText())
                .isEqualTo("Simulated error 500.");
    }

    @Test
    void missingAndDoubledEnds() throws Exception {
        String noFinish = harness.openAiStream("one [[no-finish]]").body();
        assertThat(noFinish).doesNotContain("\"stop\"").endsWith("data: [DONE]\n\n");
        String noDone = harness.openAiStream("one [[no-done]]").body();
        assertThat(noDone).contains("\"stop\"").doesNotContain("[DONE]");
        assertThat(harness.openAiStream("one [[done-twice]]").body()).endsWith("data: [DONE]\n\ndata: [DONE]\n\n");
        assertThat(harness.openAiStream("one [[no-last-newline]]").body()).endsWith("data: [DONE]");
        String empty = harness.openAiStream("one [[answer=empty]]").body();
        assertThat(events(empty)).hasSize(3);
    }

    @Test
    void oddButLegalEventSyntax() throws Exception {
        String crlf = harness.openAiStream("one two [[line-end=crlf]]").body();
        assertThat(crlf.replace("\r\n", "")).doesNotContain("\n").doesNotContain("\r");
        assertThat(streamed(crlf)).isEqualTo("one two");
        String cr = harness.openAiStream("one two [[line-end=cr]]").body();
        assertThat(cr).doesNotContain("\n").contains("\r\r");
        assertThat(streamed(cr.replace("\r", "\n"))).isEqualTo("one two");
        String bare = harness.openAiStream("one two [[no-space]]").body();
        assertThat(bare).contains("data:{").doesNotContain("data: {");
        String multi = harness.openAiStream("one two [[multi-line]]").body();
        assertThat(multi).containsPattern("data: \\{[^\\n]*,\\ndata: ");
        assertThat(streamed(multi)).isEqualTo("one two");
        String comments = harness.openAiStream("one two [[comments]]").body();
        assertThat(comments).startsWith(": processing\n\n");
        assertThat(streamed(comments)).isEqualTo("one two");
    }

    @Test
    void oneBadEventBetweenGoodOnes() throws Exception {
        List<String> events =
                events(harness.openAiStream("one two three [[bad-event=1]]").body());
        assertThat(events.stream().filter(each -> each.endsWith("conte")).count())
                .isEqualTo(1);
        assertThat(events.get(2)).endsWith("conte");
        assertThat(events.get(3)).contains("two");
    }

    @Test
    void gzipWhole() throws Exception {
        HttpResponse<byte[]> response = bytes("squeeze [[gzip]]", false);
        assertThat(response.headers().firstValue("content-encoding")).hasValue("gzip");
        try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(response.body()))) {
            String body = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            assertThat(json(body).at("/choices/0/message/content").asText()).isEqualTo("squeeze");
        }
    }

    @Test
    void gzipStream() throws Exception {
        HttpResponse<byte[]> response = bytes("one two [[gzip]]", true);
        assertThat(response.headers().firstValue("content-encoding")).hasValue("gzip");
        try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(response.body()))) {
            assertThat(streamed(new String(in.readAllBytes(), StandardCharsets.UTF_8)))
                    .isEqualTo("one two");
        }
    }

    @Test
    void bytesThatAreNoUtf8() throws Exception {
        for (boolean stream : new boolean[] {false, true}) {
            byte[] body = bytes("one [[invalid-utf8]]", stream).body();
            String latin = new String(body, StandardCharsets.ISO_8859_1);
            assertThat(latin).contains("\u00C3(\u00FF");
        }
    }

    @Test
    void oneGiantLineMadeAsItIsRead() throws Exception {
        HttpResponse<InputStream> response = harness.client.send(
                harness.request("/alpha/v1/chat/completions")
                        .header("authorization", "Bearer k")
                        .POST(HttpRequest.BodyPublishers.ofString(chat("echo", "[[giant=20]]", true)))
                        .build(),
                HttpResponse.BodyHandlers.ofInputStream());
        long total = 0;
        long line = 0;
        long longest = 0;
        byte[] buffer = new byte[128 * 1024];
        try (InputStream in = response.body()) {
            for (int read = in.read(buffer); read > 0; read = in.read(buffer)) {
                total += read;
                for (int i = 0; i < read; i++) {
                    line = buffer[i] == '\n' ? 0 : line + 1;
                    longest = Math.max(longest, line);
                }
            }
        }
        assertThat(longest).isGreaterThan(20L * 1024 * 1024);
        assertThat(total).isGreaterThan(longest);
        assertThat(json(harness.openAi("[[giant=1]]").body())
                        .at("/choices/0/message/content")
                        .asText())
                .hasSize(1024 * 1024);
    }

    @Test
    void slowFirstByteSlowEventAndPace() throws Exception {
        assertThat(timed("x [[slow-first=300ms]]", false)).isGreaterThanOrEqualTo(300);
        assertThat(timed("x [[slow-event=300ms]]", true)).isGreaterThanOrEqualTo(300);
        assertThat(timed("x [[slow-event=300ms]]", false)).isGreaterThanOrEqualTo(300);
        assertThat(timed("a b c d [[pace=100ms]]", true)).isGreaterThanOrEqualTo(300);
        assertThat(streamed(harness.openAiStream("[[words=4]]").body())).isEqualTo("Lorem ipsum dolor sit");
    }

    private static long timed(String text, boolean stream) throws Exception {
        long start = System.nanoTime();
        assertThat(bytes(text, stream).statusCode()).isEqualTo(200);
        return (System.nanoTime() - start) / 1_000_000;
    }

    @Test
    void ordersByModelIdAndInEveryFormat() throws Exception {
        var byModel = harness.post("/alpha/v1/chat/completions", chat("echo+status=503+retry-after=7", "hi", false));
        assertThat(byModel.statusCode()).isEqualTo(503);
        assertThat(byModel.headers().firstValue("retry-after")).hasValue("7");
        var google = harness.post(
                "/google/v1beta/models/echo+status=429:streamGenerateContent?alt=sse&key=k",
                "{\"contents\":[{\"parts\":[{\"text\":\"hi\"}]}]}");
        assertThat(google.statusCode()).isEqualTo(429);
        assertThat(json(google.body()).at("/error/status").asText()).isEqualTo("RESOURCE_EXHAUSTED");
        var misspelt = harness.openAi("[[status=oops]]");
        assertThat(misspelt.statusCode()).isEqualTo(400);
        assertThat(misspelt.body()).contains("does not take 'oops'");
    }
}
