package dev.switchboard.node.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import akka.util.ByteString;
import com.sun.net.httpserver.HttpServer;
import dev.switchboard.node.chat.Json;
import dev.switchboard.node.relay.RelayEvent;
import dev.switchboard.node.relay.sse.SseEvent;
import dev.switchboard.protocol.directory.AdapterKind;
import dev.switchboard.protocol.domain.FailureKind;
import dev.switchboard.protocol.domain.Usage;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonFormatTest {
    private static final String FENCED = "  ```json\n{\"code\": \"``` and `x`\",\n \"n\": 1}\n```\n ";
    private static final String INSIDE = "{\"code\": \"``` and `x`\",\n \"n\": 1}";

    private static ChatCall call(String format) {
        return Calls.call(
                AdapterKind.OPENAI,
                "{\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"response_format\":" + format
                        + "}");
    }

    private static ChatCall schema(String schema) {
        return call("{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"s\",\"schema\":" + schema + "}}");
    }

    private static @Nullable String fit(ChatCall call, String text) {
        return java.util.Objects.requireNonNull(JsonFormat.of(call.request())).fit(text);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{\"a\":1} | {\"a\":1}",
                "```json {\"a\":1} ``` | {\"a\":1}",
                "Here it is: ``` {\"a\":1} ``` Anything else? | {\"a\":1}",
                "[1] | ~~",
                "7 | ~~",
                "Sure! | ~~",
                "{\"a\":1} {\"b\":2} | ~~",
                "{\"a\": | ~~"
            })
    void anObjectIsFoundOrNone(String text, String expected) {
        assertThat(fit(call("{\"type\":\"json_object\"}"), text)).isEqualTo(expected.isEmpty() ? null : expected);
    }

    @Test
    void aSchemaDecides() {
        ChatCall call = schema("{\"type\":\"object\",\"properties\":{\"n\":{\"$ref\":\"#/$defs/n\"}},"
                + "\"required\":[\"n\"],\"$defs\":{\"n\":{\"type\":\"integer\"}}}");
        assertThat(fit(call, "{\"n\":1}")).isNotNull();
        assertThat(fit(call, "{\"n\":\"1\"}")).isNull();
        assertThat(fit(call, "{}")).isNull();
        assertThat(fit(schema("{\"type\":\"array\"}"), "[]")).isEqualTo("[]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"$ref\":\"#\"}",
                "{\"title\":null,\"required\":null,\"properties\":{\"a\":{\"type\":\"string\",\"enum\":null}}}",
                "{\"properties\":{\"a\":null}}",
                "{\"$schema\":\"http://127.0.0.1:1/none\"}",
                "{\"properties\":{\"a\":{\"pattern\":\"(\"}}}",
                "{\"properties\":{\"a\":{\"pattern\":\"^(?:(a)|aa)+\\\\1$\"}}}"
            })
    void aSchemaThatCannotBeEvaluatedRefusesNothing(String schema) {
        String text = "{\"a\":\"" + "a".repeat(40) + "!\"}";
        assertThat(fit(schema(schema), text)).isEqualTo(text);
    }

    @Test
    void aSchemaFetchesNothing() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 5);
        server.createContext("/", exchange -> {
            asked.incrementAndGet();
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        server.start();
        try {
            String url = "http://127.0.0.1:" + server.getAddress().getPort() + "/s.json";
            assertThat(fit(schema("{\"properties\":{\"a\":{\"$ref\":\"" + url + "\"}}}"), "{\"a\":1}"))
                    .isEqualTo("{\"a\":1}");
            assertThat(asked).hasValue(0);
        } finally {
            server.stop(0);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"message\":{\"content\":\"{\\\"a\\\":\"},\"finish_reason\":\"length\"}",
                "{\"message\":{\"content\":\"Sure\",\"tool_calls\":[{\"id\":\"1\"}]},\"finish_reason\":\"tool_calls\"}",
                "{\"message\":{\"content\":\"\",\"refusal\":\"No.\"},\"finish_reason\":\"stop\"}"
            })
    void whatWasCutRefusedOrCallsAToolIsLeftAlone(String choice) {
        JsonAnswer.Complete answer = new JsonAnswer.Complete(
                ByteString.fromString("{\"choices\":[" + choice + "]}"), new Usage(1, 1, false));
        assertThat(JsonFormat.judge(call("{\"type\":\"json_object\"}").request(), answer))
                .isSameAs(answer);
    }

    /** What a stream of these texts becomes; null after a failure. */
    private static @Nullable String streamed(String... texts) {
        Adapter.Translator stream = JsonStream.around(
                new OpenAiStream(call("{\"type\":\"json_object\"}")), call("{\"type\":\"json_object\"}"));
        StringBuilder out = new StringBuilder();
        for (int i = 0; i <= texts.length; i++) {
            String delta = i < texts.length
                    ? "{\"content\":"
                            + Json.bytes(Json.object().textNode(texts[i])).utf8String() + "}"
                    : "{}";
            String json = "{\"choices\":[{\"index\":0,\"delta\":" + delta + ",\"finish_reason\":"
                    + (i < texts.length ? "null" : "\"stop\"") + "}]}";
            for (RelayEvent event : stream.translate(new SseEvent(SseEvent.MESSAGE, ByteString.fromString(json)))) {
                if (event instanceof RelayEvent.Failed failed) {
                    assertThat(failed.failure().kind()).isEqualTo(FailureKind.NOT_JSON);
                    return null;
                } else if (event instanceof RelayEvent.Chunk chunk) {
                    out.append(java.util.Objects.requireNonNull(Json.parseOrNull(chunk.json()))
                            .at("/choices/0/delta/content")
                            .asText(""));
                }
            }
        }
        return out.toString();
    }

    @Test
    void aStreamedFenceIsTakenOffWhereverItIsSplit() {
        for (int i = 0; i <= FENCED.length(); i++) {
            assertThat(streamed(FENCED.substring(0, i), FENCED.substring(i)))
                    .as("split at " + i)
                    .isEqualTo(INSIDE);
        }
        List<String> single = new ArrayList<>();
        FENCED.chars().forEach(c -> single.add(String.valueOf((char) c)));
        assertThat(streamed(single.toArray(String[]::new))).isEqualTo(INSIDE);
    }

    @Test
    void aStreamOfJsonIsPassedOnAndOneOfTalkFails() {
        assertThat(streamed("{\"a\"", ":\"```\"}", " ")).isEqualTo("{\"a\":\"```\"} ");
        assertThat(streamed(" ", "Sure", "!")).isNull();
        assertThat(streamed("```", "text\n", "Hello")).isNull();
    }
}
