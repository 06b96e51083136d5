package dev.switchboard.node.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import akka.util.ByteString;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.switchboard.node.chat.Json;
import dev.switchboard.node.relay.RelayEvent;
import dev.switchboard.node.relay.sse.SseEvent;
import dev.switchboard.protocol.directory.AdapterKind;
import dev.switchboard.protocol.domain.FailureKind;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ToolTextTest {
    private static final String TOOLS =
            "[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"parameters\":{\"type\":\"object\",\"properties\":"
                    + "{\"a\":{\"type\":\"integer\"},\"s\":{\"type\":\"string\"}}}}}]";
    private static final ChatCall CALL = Calls.call(
            AdapterKind.OPENAI,
            "{\"stream\":true,\"tools\":" + TOOLS + ",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}");
    private static final Adapter ADAPTER = Adapter.of(AdapterKind.OPENAI);

    private static JsonNode tools() {
        return CALL.request().root().path("tools");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<tool_call>\n{\"name\": \"f\", \"arguments\": {\"a\":1}}\n</tool_call>",
                "<tool_call>{\"name\":\"f\",\"arguments\":\"{\\\"a\\\":1}\"}",
                "<tool_call>\n<function=f>\n<parameter=a>\n1\n</parameter>\n</function>\n</tool_call>",
                "<function=f>{\"a\":1}</function>",
                "<function=f{\"a\":1}</function>",
                "<function(f){\"a\":1,}</function>",
                "<function=f>{\"a\":1",
                "<|tool_calls_section_begin|><|tool_call_begin|>functions.f:0<|tool_call_argument_begin|>{\"a\":1}<|tool_call_end|><|tool_calls_section_end|>",
                "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>f\n```json\n{\"a\":1}\n```<｜tool▁call▁end｜><｜tool▁calls▁end｜>",
                "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>f<｜tool▁sep｜>{\"a\":1}<｜tool▁call▁end｜><｜tool▁calls▁end｜>",
                "{\"name\":\"f\",\"parameters\":{\"a\":1}}",
                "[{\"name\":\"f\",\"arguments\":{\"a\":1}}]"
            })
    void everyTemplateIsRead(String text) {
        ArrayNode calls = ToolText.parse(text, tools());
        assertThat(calls).as(text).isNotNull().hasSize(1);
        assertThat(calls.get(0).path("function").path("name").asText()).isEqualTo("f");
        assertThat(Json.parseOrNull(
                        calls.get(0).path("function").path("arguments").asText()))
                .isEqualTo(Json.object().put("a", 1));
    }

    @Test
    void twoCallsAreTwo() {
        assertThat(ToolText.parse(
                        "<tool_call>{\"name\":\"f\",\"arguments\":{}}</tool_call>\n<tool_call>{\"name\":\"f\",\"arguments\":{}}</tool_call>",
                        tools()))
                .hasSize(2);
    }

    @Test
    void aStringParameterStaysText() {
        ArrayNode calls = ToolText.parse("<function=f><parameter=s>7</parameter></function>", tools());
        assertThat(calls).isNotNull();
        assertThat(calls.get(0).path("function").path("arguments").asText()).isEqualTo("{\"s\":\"7\"}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<tool_call>{\"name\":\"other\",\"arguments\":{}}</tool_call>",
                "<tool_call>nonsense</tool_call>",
                "<function=f>{\"s\":\"cut off",
                "<function=",
                "<function",
                "hello",
                "[]",
                "{\"name\":\"f\",\"arguments\":7}"
            })
    void whatIsNoCallStaysText(String text) {
        assertThat(ToolText.parse(text, tools())).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "`` | {}",
                "null | {}",
                "{\"a\":1} | {\"a\":1}",
                "{\"a\":1 | {\"a\":1}",
                "{\"a\":[1,2 | {\"a\":[1,2]}",
                "{\"a\":[1,],} | {\"a\":[1]}",
                "\"{\\\"a\\\":1}\" | {\"a\":1}"
            })
    void argumentsAreMended(String broken, String mended) {
        assertThat(JsonRepair.object(broken)).isEqualTo(mended);
    }

    @Test
    void rawLineBreaksAndFencesAreMended() {
        assertThat(JsonRepair.object("```json\n{\"a\":\"x\ny\t\u0001\"}\n```"))
                .isEqualTo("{\"a\":\"x\\ny\\t\\u0001\"}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"a\":\"cut", "{\"a\"", "}{", "[1]", "7", "{a:1}", "{\"a\":1]}", "{\"a\":"})
    void whatCannotBeMendedIsNot(String broken) {
        assertThat(JsonRepair.object(broken)).isNull();
    }

    @Property(tries = 500)
    void mendingNeverThrowsAndGivesObjects(@ForAll("texts") String text) {
        String mended = JsonRepair.object(text);
        if (mended != null) {
            assertThat(Json.parseOrNull(mended)).isInstanceOf(ObjectNode.class);
        }
        ArrayNode calls = ToolText.parse(text, tools());
        if (calls != null) {
            assertThat(calls)
                    .allMatch(
                            call -> call.path("function").path("name").asText().equals("f"));
        }
    }

    @Provide
    Arbitrary<String> texts() {
        return Arbitraries.of(
                        "{",
                        "}",
                        "[",
                        "]",
                        "\"",
                        ",",
                        ":",
                        "\"name\"",
                        "\"f\"",
                        "\"arguments\"",
                        "1",
                        "\\",
                        "\n",
                        "<tool_call>",
                        "</tool_call>",
                        "<function",
                        "=",
                        "f",
                        ">",
                        "(",
                        ")",
                        "</function>",
                        "<parameter=",
                        "</parameter>",
                        "<|tool_call_begin|>",
                        "<|tool_call_argument_begin|>",
                        "<|tool_call_end|>",
                        "<｜tool▁call▁begin｜>",
                        "<｜tool▁sep｜>",
                        "<｜tool▁call▁end｜>",
                        "```",
                        "null")
                .list()
                .ofMaxSize(15)
                .map(parts -> String.join("", parts));
    }

    private static SseEvent event(String delta, String finish) {
        return new SseEvent(
                "message",
                ByteString.fromString("{\"id\":\"c\",\"created\":1,\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":"
                        + delta + ",\"finish_reason\":" + finish + "}]}"));
    }

    private static List<RelayEvent> stream(SseEvent... events) {
        Adapter.Translator translator = ADAPTER.translator(CALL);
        List<RelayEvent> out = new ArrayList<>();
        for (SseEvent event : events) {
            out.addAll(translator.translate(event));
        }
        return out;
    }

    private record Heard(String content, String calls, String finish) {}

    private static Heard heard(List<RelayEvent> events) {
        StringBuilder content = new StringBuilder();
        StringBuilder calls = new StringBuilder();
        StringBuilder finish = new StringBuilder();
        for (RelayEvent event : events) {
            if (event instanceof RelayEvent.Chunk chunk) {
                JsonNode node = Json.parseOrNull(chunk.json());
                assertThat(node).isNotNull();
                JsonNode choice = node.path("choices").path(0);
                content.append(choice.path("delta").path("content").asText(""));
                for (JsonNode call : choice.path("delta").path("tool_calls")) {
                    calls.append(call.path("function").path("name").asText(""))
                            .append(call.path("function").path("arguments").asText(""));
                }
                if (choice.path("finish_reason").isTextual()) {
                    finish.append(choice.path("finish_reason").asText());
                }
            } else {
                finish.append(
                        event instanceof RelayEvent.Failed failed
                                ? failed.failure().kind()
                                : event);
            }
        }
        return new Heard(content.toString(), calls.toString(), finish.toString());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "ok <function=f>{\"a\":1}</function> | ok  | f{\"a\":1} | tool_calls",
                "a < b and <tool | a < b and <tool | `` | stop",
                "see <tool_call>nonsense</tool_call> | see <tool_call>nonsense</tool_call> | `` | stop"
            })
    void textBecomesCallsHoweverTheStreamIsSplit(String text, String content, String calls, String finish) {
        for (int size = 1; size <= text.length(); size++) {
            List<SseEvent> events = new ArrayList<>();
            for (int from = 0; from < text.length(); from += size) {
                String part = text.substring(from, Math.min(text.length(), from + size));
                events.add(event(Json.object().put("content", part).toString(), "null"));
            }
            events.add(event("{}", "\"stop\""));
            Heard heard = heard(stream(events.toArray(SseEvent[]::new)));
            assertThat(heard.content().strip()).as("pieces of %d", size).isEqualTo(content.strip());
            assertThat(heard.calls()).isEqualTo(calls);
            assertThat(heard.finish()).isEqualTo(finish);
        }
    }

    @Test
    void aCallInTheLastChunkIsFound() {
        assertThat(heard(stream(event("{\"content\":\"<function=f>{}</function>\"}", "\"stop\""))))
                .isEqualTo(new Heard("", "f{}", "tool_calls"));
    }

    @Test
    void plainChunksPassAsTheyCame() {
        SseEvent text = event("{\"content\":\"a b\"}", "null");
        SseEvent call = event(
                "{\"tool_calls\":[{\"index\":0,\"id\":\"1\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}]}",
                "null");
        SseEvent stop = event("{}", "\"tool_calls\"");
        assertThat(stream(text, call, stop)).hasSize(3).allSatisfy(event -> assertThat(event)
                .isInstanceOf(RelayEvent.Chunk.class));
        assertThat(((RelayEvent.Chunk) stream(text).get(0)).json()).isSameAs(text.data());
        assertThat(((RelayEvent.Chunk) stream(call, stop).get(1)).json()).isSameAs(stop.data());
    }

    @Test
    void argumentsThatLackTheirEndAreCompleted() {
        SseEvent begin = event(
                "{\"tool_calls\":[{\"index\":0,\"id\":\"1\",\"function\":{\"name\":\"f\",\"arguments\":\"{\\\"a\\\":\"}}]}",
                "null");
        SseEvent end = event("{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"1\"}}]}", "\"tool_calls\"");
        assertThat(heard(stream(begin, end))).isEqualTo(new Heard("", "f{\"a\":1}", "tool_calls"));
    }

    @Test
    void argumentsThatAreNoJsonFailTheAnswer() {
        SseEvent broken = event(
                "{\"tool_calls\":[{\"index\":0,\"id\":\"1\",\"function\":{\"name\":\"f\",\"arguments\":\"{\\\"a\\\":\\\"cut\"}}]}",
                "null");
        assertThat(heard(stream(broken, event("{}", "\"length\""))).finish()).startsWith(FailureKind.MALFORMED.name());
    }

    @Test
    void aWholeAnswerIsMendedToo() {
        JsonAnswer text = ADAPTER.answer(
                CALL,
                ByteString.fromString(
                        "{\"choices\":[{\"message\":{\"content\":\"so <function=f>{\\\"a\\\":1}</function>\"},\"finish_reason\":\"stop\"}]}"));
        assertThat(text).isInstanceOf(JsonAnswer.Complete.class);
        assertThat(((JsonAnswer.Complete) text).body().utf8String())
                .contains("\"content\":\"so\"")
                .contains("\"name\":\"f\",\"arguments\":\"{\\\"a\\\":1}\"")
                .contains("\"finish_reason\":\"tool_calls\"");
        JsonAnswer broken = ADAPTER.answer(
                CALL,
                ByteString.fromString(
                        "{\"choices\":[{\"message\":{\"tool_calls\":[{\"id\":\"1\",\"function\":{\"name\":\"f\",\"arguments\":\"{\\\"a\\\":\\\"cut\"}}]}}]}"));
        assertThat(broken).isInstanceOfSatisfying(JsonAnswer.Unusable.class, unusable -> assertThat(
                        unusable.failure().kind())
                .isEqualTo(FailureKind.MALFORMED));
    }

    @Test
    void aFailedGenerationIsSalvaged() {
        ByteString body = ByteString.fromString(
                "{\"error\":{\"message\":\"x\",\"code\":\"tool_use_failed\",\"failed_generation\":\"<function=f>{\\\"a\\\":1}</function>\"}}");
        assertThat(OpenAiAnswer.salvage(CALL, body)).isInstanceOf(JsonAnswer.Complete.class);
        assertThat(OpenAiAnswer.salvage(CALL, ByteString.fromString("{\"error\":{\"failed_generation\":\"sorry\"}}")))
                .isNull();
    }
}
