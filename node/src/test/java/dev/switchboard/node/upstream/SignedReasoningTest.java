package dev.switchboard.node.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import akka.Done;
import akka.util.ByteString;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.switchboard.node.chat.ChatRequest;
import dev.switchboard.node.chat.Json;
import dev.switchboard.node.chat.OpaqueReasoning;
import dev.switchboard.node.dialect.Rendering;
import dev.switchboard.node.dialect.anthropic.MessagesRendering;
import dev.switchboard.node.dialect.anthropic.MessagesRequest;
import dev.switchboard.node.dialect.responses.Kept;
import dev.switchboard.node.dialect.responses.ResponsesRendering;
import dev.switchboard.node.dialect.responses.ResponsesRequest;
import dev.switchboard.node.directory.CatalogReader;
import dev.switchboard.node.relay.RelayEvent;
import dev.switchboard.node.relay.sse.SseEvent;
import dev.switchboard.protocol.directory.AdapterKind;
import dev.switchboard.protocol.directory.Quirks;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A turn with a thought and a tool call, told in every dialect, and what the provider of it is sent in the next turn. */
class SignedReasoningTest {
    private static final String CALL =
            "{\"index\":0,\"id\":\"c1\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}";
    private static final String SIGNED = "\"extra_content\":{\"google\":{\"thought_signature\":\"c2ln+/==\"}}";

    /** How providers sign what they think. */
    private enum Wire {
        /** Claude behind OpenRouter: a text in pieces, then its signature. */
        OPENROUTER(
                AdapterKind.OPENAI,
                "anthropic/claude-x",
                "/messages/1/reasoning_details",
                "[{\"type\":\"reasoning.text\",\"text\":\"I must look\",\"format\":\"anthropic-claude-v1\",\"index\":0,"
                        + "\"signature\":\"sig/1==\"}]",
                "{\"reasoning\":\"I must \",\"reasoning_details\":[{\"type\":\"reasoning.text\",\"text\":\"I must \","
                        + "\"format\":\"anthropic-claude-v1\",\"index\":0}]}",
                "{\"reasoning\":\"look\",\"reasoning_details\":[{\"type\":\"reasoning.text\",\"text\":\"look\","
                        + "\"format\":\"anthropic-claude-v1\",\"index\":0}]}",
                "{\"reasoning_details\":[{\"type\":\"reasoning.text\",\"signature\":\"sig/1==\",\"index\":0}]}"),
        /** A model whose thoughts nobody sees. */
        ENCRYPTED(
                AdapterKind.OPENAI,
                "openai/o-x",
                "/messages/1/reasoning_details",
                "[{\"type\":\"reasoning.encrypted\",\"data\":\"gAAAA==\",\"id\":\"rs_1\",\"index\":0}]",
                "{\"reasoning_details\":[{\"type\":\"reasoning.encrypted\",\"data\":\"gAAAA==\",\"id\":\"rs_1\","
                        + "\"index\":0}]}"),
        /** Claude behind LiteLLM; a redacted block among them. */
        LITELLM(
                AdapterKind.OPENAI,
                "claude-x",
                "/messages/1/thinking_blocks",
                "[{\"type\":\"thinking\",\"thinking\":\"I must look\",\"signature\":\"s\"},"
                        + "{\"type\":\"redacted_thinking\",\"data\":\"xyz\"}]",
                "{\"reasoning_content\":\"I must look\",\"thinking_blocks\":[{\"type\":\"thinking\","
                        + "\"thinking\":\"I must look\",\"signature\":\"s\"},"
                        + "{\"type\":\"redacted_thinking\",\"data\":\"xyz\"}]}"),
        /** Gemini by Google's endpoint in OpenAI's format. */
        GEMINI_AS_OPENAI(
                AdapterKind.OPENAI,
                "gemini-3-x",
                "/messages/1/tool_calls/0/extra_content",
                "{\"google\":{\"thought_signature\":\"c2ln+/==\"}}",
                "{\"reasoning_content\":\"I must look\"}"),
        /** The same format where the adapter is another. */
        COHERE(
                AdapterKind.COHERE,
                "a-large",
                "/messages/1/reasoning_details",
                "[{\"type\":\"reasoning.encrypted\",\"data\":\"d\"}]",
                "{\"reasoning_details\":[{\"type\":\"reasoning.encrypted\",\"data\":\"d\"}]}"),
        /** The same. */
        CLOUDFLARE(
                AdapterKind.CLOUDFLARE,
                "a-large",
                "/messages/1/reasoning_details",
                "[{\"type\":\"reasoning.encrypted\",\"data\":\"d\"}]",
                "{\"reasoning_details\":[{\"type\":\"reasoning.encrypted\",\"data\":\"d\"}]}"),
        /** Gemini in its own format: what was said is signed, and the call. */
        GOOGLE(AdapterKind.GOOGLE, "gemini-3-x", "/contents/1/parts", "");

        private final AdapterKind adapter;
        private final String model;
        private final String at;
        private final String expected;
        private final List<String> thoughts;

        Wire(AdapterKind adapter, String model, String at, String expected, String... thoughts) {
            this.adapter = adapter;
            this.model = model;
            this.at = at;
            this.expected = expected;
            this.thoughts = List.of(thoughts);
        }

        ChatCall call(ChatRequest request) {
            return call(request, model);
        }

        ChatCall call(ChatRequest request, String asked) {
            return new ChatCall(
                    request,
                    Calls.platform(adapter, "https://a.test/v1", Quirks.NONE, null),
                    Calls.model(asked),
                    "a:b");
        }

        private String calls() {
            return "[" + CALL + (this == GEMINI_AS_OPENAI ? "," + SIGNED : "") + "}]";
        }

        private static final String GOOGLE_ANSWER =
                "{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"I must look\",\"thought\":true},"
                        + "{\"text\":\"Wait\",\"thoughtSignature\":\"dGV4dA==\"},"
                        + "{\"functionCall\":{\"name\":\"f\",\"args\":{},\"id\":\"c1\"},\"thoughtSignature\":\"c2ln+/==\"}]},"
                        + "\"finishReason\":\"STOP\"}]}";

        ByteString whole() {
            if (this == GOOGLE) {
                return ByteString.fromString(GOOGLE_ANSWER);
            }
            ObjectNode message = Json.object().put("role", "assistant").put("content", "Wait");
            String thought = this == LITELLM || this == GEMINI_AS_OPENAI ? "reasoning_content" : "reasoning";
            if (this != ENCRYPTED && adapter == AdapterKind.OPENAI) {
                message.put(thought, "I must look");
            }
            String[] path = at.split("/", -1);
            if (this != GEMINI_AS_OPENAI) {
                message.set(path[path.length - 1], Json.parseOrNull(expected));
            }
            message.set("tool_calls", Json.parseOrNull(calls()));
            ObjectNode root = Json.object();
            ObjectNode choice = root.putArray("choices").addObject().put("index", 0);
            choice.put("finish_reason", "tool_calls").set("message", message);
            return Json.bytes(root);
        }

        List<ByteString> events() {
            if (this == GOOGLE) {
                return List.of(whole());
            }
            List<ByteString> events = new ArrayList<>();
            thoughts.forEach(delta -> events.add(chunk(delta, "null")));
            events.add(chunk("{\"content\":\"Wait\"}", "null"));
            events.add(chunk("{\"tool_calls\":" + calls() + "}", "null"));
            events.add(chunk("{}", "\"tool_calls\""));
            return events;
        }

        private static ByteString chunk(String delta, String finish) {
            return ByteString.fromString("{\"id\":\"x\",\"choices\":[{\"index\":0,\"delta\":" + delta
                    + ",\"finish_reason\":" + finish + "}]}");
        }
    }

    /** How clients tell the second turn. */
    private enum Dialect {
        CHAT,
        MESSAGES,
        RESPONSES,
        RESPONSES_REMEMBERED
    }

    static Stream<Arguments> turns() {
        return Stream.of(Wire.values()).flatMap(wire -> Stream.of(Dialect.values())
                .flatMap(dialect -> Stream.of(true, false).map(streamed -> Arguments.of(wire, dialect, streamed))));
    }

    @ParameterizedTest
    @MethodSource("turns")
    void theNextTurnGoesBackWhole(Wire wire, Dialect dialect, boolean streamed) throws Exception {
        JsonNode sent = sent(wire, wire.model, second(wire, dialect, streamed));
        if (wire == Wire.GOOGLE) {
            JsonNode parts = sent.at(wire.at);
            assertThat(parts.path(0).path("text").asText()).isEqualTo("Wait");
            assertThat(parts.path(0).path("thoughtSignature").asText()).isEqualTo("dGV4dA==");
            assertThat(parts.path(1).path("thoughtSignature").asText()).isEqualTo("c2ln+/==");
            return;
        }
        assertThat(sent.at(wire.at)).as(sent.toString()).isEqualTo(Json.parseOrNull(wire.expected));
        assertThat(sent.at("/messages/1/content").asText()).isEqualTo("Wait");
        assertThat(sent.at("/messages/1/tool_calls/0/id").asText()).isEqualTo("c1");
        assertThat(sent.at("/messages/2/tool_call_id").asText()).isEqualTo("c1");
        assertThat(sent.toString()).doesNotContain(OpaqueReasoning.THOUGHT).doesNotContain("\"origin\"");
    }

    @ParameterizedTest
    @MethodSource("turns")
    void anotherModelSeesNoneOfIt(Wire wire, Dialect dialect, boolean streamed) throws Exception {
        Wire other = wire.adapter == AdapterKind.GOOGLE ? Wire.OPENROUTER : wire;
        String sent = sent(other, "another", second(wire, dialect, streamed)).toString();
        assertThat(sent)
                .doesNotContain("reasoning_details")
                .doesNotContain("thinking_blocks")
                .doesNotContain("extra_content")
                .doesNotContain("ignature")
                .doesNotContain(OpaqueReasoning.THOUGHT);
    }

    /** In the chat dialect, clients send the field themselves. */
    @ParameterizedTest
    @EnumSource(value = Dialect.class, mode = EnumSource.Mode.EXCLUDE, names = "CHAT")
    void aModelThatReadsItsThoughtsGetsThem(Dialect dialect) throws Exception {
        Quirks quirks = CatalogReader.builtin().platforms().stream()
                .filter(platform -> platform.id().value().equals("opencode"))
                .findAny()
                .orElseThrow()
                .quirks();
        ChatRequest second = second(Wire.GEMINI_AS_OPENAI, dialect, true);
        ChatCall call = new ChatCall(
                second,
                Calls.platform(AdapterKind.OPENAI, "https://a.test/v1", quirks, null),
                Calls.model("deepseek-x"),
                "k");
        JsonNode sent = body(call);
        assertThat(sent.at("/messages/1/reasoning_content").asText()).isEqualTo("I must look");
    }

    @Test
    void whatWasSealedElsewhereStaysBehind() {
        ObjectNode message = Json.object();
        for (String foreign : List.of("EqQBCgIYAhIM", "", "sb1_", "sb1_%%%", "sb1_e30", "sb1_W10")) {
            OpaqueReasoning.open(foreign, "", message);
        }
        assertThat(message).isEmpty();
    }

    @Test
    void aSealIsBounded() {
        ObjectNode fields = Json.object();
        fields.putArray("reasoning_details").addObject().put("data", "x".repeat(2 << 20));
        assertThat(OpaqueReasoning.seal(fields, "")).isEqualTo(OpaqueReasoning.seal(null, ""));
    }

    private static JsonNode sent(Wire wire, String model, ChatRequest second) throws Exception {
        return body(wire.call(second, model));
    }

    private static JsonNode body(ChatCall call) throws Exception {
        ByteString body = Adapter.of(call.platform().adapter()).chat(call).body();
        return Objects.requireNonNull(Json.parseOrNull(Objects.requireNonNull(body)));
    }

    /** The second turn as a client makes it of the first one's answer. */
    private static ChatRequest second(Wire wire, Dialect dialect, boolean streamed) throws Exception {
        return switch (dialect) {
            case CHAT -> chat(wire, streamed);
            case MESSAGES -> messages(wire, streamed);
            case RESPONSES -> responses(wire, streamed, false);
            case RESPONSES_REMEMBERED -> responses(wire, streamed, true);
        };
    }

    private static final String FIRST = "{\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}";

    private static ByteString answer(Wire wire) {
        ChatCall call = wire.call(Calls.request(FIRST));
        return ((JsonAnswer.Complete) Adapter.of(wire.adapter).answer(call, wire.whole())).body();
    }

    private static List<RelayEvent> events(Wire wire) {
        Adapter.Translator translator = Adapter.of(wire.adapter).translator(wire.call(Calls.request(FIRST)));
        List<RelayEvent> events = new ArrayList<>();
        wire.events().forEach(data -> events.addAll(translator.translate(new SseEvent(SseEvent.MESSAGE, data))));
        events.add(RelayEvent.Done.DONE);
        return events;
    }

    private static ChatRequest chat(Wire wire, boolean streamed) {
        ObjectNode message = Json.object().put("role", "assistant");
        if (streamed) {
            ObjectNode opaque = Json.object();
            for (RelayEvent event : events(wire)) {
                if (event instanceof RelayEvent.Chunk chunk) {
                    JsonNode delta = Objects.requireNonNull(Json.parseOrNull(chunk.json()))
                            .at("/choices/0/delta");
                    OpaqueReasoning.gather(delta, opaque);
                    message.setAll((ObjectNode) delta);
                }
            }
            message.put("content", "Wait").setAll(opaque);
        } else {
            message = (ObjectNode)
                    Objects.requireNonNull(Json.parseOrNull(answer(wire))).at("/choices/0/message");
        }
        message.remove(List.of("reasoning", "reasoning_content"));
        // Few clients keep what stands beside a call.
        message.path("tool_calls").forEach(call -> ((ObjectNode) call).remove("extra_content"));
        ObjectNode request = Json.object();
        ArrayNode messages = request.putArray("messages");
        messages.addObject().put("role", "user").put("content", "x");
        messages.add(message);
        messages.addObject()
                .put("role", "tool")
                .put("content", "o")
                .set("tool_call_id", message.at("/tool_calls/0/id"));
        return Calls.request(request.toString());
    }

    private static ChatRequest messages(Wire wire, boolean streamed) throws Exception {
        MessagesRendering rendering = new MessagesRendering("m", 1, false);
        ArrayNode content = Json.object().putArray("content");
        if (streamed) {
            for (JsonNode event : dataOf(rendering, events(wire))) {
                switch (event.path("type").asText()) {
                    case "content_block_start" ->
                        content.add(event.path("content_block").deepCopy());
                    case "content_block_delta" -> {
                        ObjectNode block = (ObjectNode) content.get(content.size() - 1);
                        for (String field : List.of("text", "thinking", "signature")) {
                            if (event.path("delta").has(field)) {
                                block.put(
                                        field,
                                        block.path(field).asText()
                                                + event.path("delta")
                                                        .path(field)
                                                        .asText());
                            }
                        }
                    }
                    default -> assertThat(event.path("type").asText()).isNotEqualTo("error");
                }
            }
        } else {
            content = (ArrayNode) Objects.requireNonNull(Json.parseOrNull(rendering.answer(answer(wire))))
                    .path("content");
        }
        ObjectNode request = Json.object().put("max_tokens", 9);
        ArrayNode messages = request.putArray("messages");
        messages.addObject().put("role", "user").put("content", "x");
        messages.addObject().put("role", "assistant").set("content", content);
        ObjectNode result = messages.addObject().put("role", "user");
        result.putArray("content")
                .addObject()
                .put("type", "tool_result")
                .put("content", "o")
                .set("tool_use_id", content.path(content.size() - 1).path("id"));
        return MessagesRequest.chat(request, new MessagesRequest.Naming("auto", false));
    }

    private static ChatRequest responses(Wire wire, boolean streamed, boolean remembered) throws Exception {
        List<Kept> kept = new ArrayList<>();
        ArrayNode asked =
                (ArrayNode) Objects.requireNonNull(Json.parseOrNull(FIRST)).path("messages");
        ResponsesRendering rendering = new ResponsesRendering(Json.object(), "abc", 1, asked, answered -> {
            kept.add(Objects.requireNonNull(Kept.read(answered.bytes())));
            return CompletableFuture.completedStage(Done.getInstance());
        });
        if (streamed) {
            events(wire).forEach(rendering::frame);
        } else {
            rendering.answer(answer(wire));
        }
        ArrayNode output = (ArrayNode) kept.get(0).response().path("output");
        ObjectNode request = Json.object();
        ArrayNode input = request.putArray("input");
        if (remembered) {
            request.put("previous_response_id", "resp_abc");
        } else {
            input.addObject().put("role", "user").put("content", "x");
            input.addAll(output);
        }
        input.addObject()
                .put("type", "function_call_output")
                .put("output", "o")
                .set("call_id", output.path(output.size() - 1).path("call_id"));
        return ResponsesRequest.translate(request, remembered ? Map.of("resp_abc", kept.get(0)) : Map.of())
                .chat();
    }

    private static List<JsonNode> dataOf(Rendering rendering, List<RelayEvent> events) {
        List<JsonNode> data = new ArrayList<>();
        for (RelayEvent event : events) {
            for (String line : rendering.frame(event).utf8String().split("\n")) {
                if (line.startsWith("data: ")) {
                    data.add(Json.parseOrNull(line.substring("data: ".length())));
                }
            }
        }
        return data;
    }
}
