package dev.switchboard.node.dialect.anthropic;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.switchboard.node.chat.Json;
import dev.switchboard.node.dialect.Conversation;
import dev.switchboard.node.dialect.Frames;
import dev.switchboard.node.dialect.UpstreamAnswer;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class MessagesPropertiesTest {
    @Provide
    Arbitrary<UpstreamAnswer> answers() {
        return UpstreamAnswer.any();
    }

    @Provide
    Arbitrary<List<Conversation.Turn>> conversations() {
        return Conversation.any();
    }

    @Property(tries = 200)
    void aStreamSaysWhatTheWholeAnswerSays(@ForAll("answers") UpstreamAnswer answer, @ForAll long seed) {
        JsonNode whole = Json.parseOrNull(new MessagesRendering("m", 7, false).answer(answer.completion()));
        JsonNode streamed = accumulate(
                Frames.named(Frames.text(new MessagesRendering("m", 7, false), answer.events(new Random(seed)))));
        assertThat(streamed).isEqualTo(whole);
    }

    /** Puts a message together as Anthropic describes it. */
    private static JsonNode accumulate(List<JsonNode> events) {
        ObjectNode message = (ObjectNode) events.get(0).path("message").deepCopy();
        ArrayNode content = (ArrayNode) message.path("content");
        StringBuilder input = new StringBuilder();
        for (JsonNode event : events) {
            JsonNode delta = event.path("delta");
            switch (event.path("type").asText()) {
                case "content_block_start" -> {
                    assertThat(event.path("index").asInt()).isEqualTo(content.size());
                    content.add(event.path("content_block").deepCopy());
                    input.setLength(0);
                }
                case "content_block_delta" -> {
                    ObjectNode block =
                            (ObjectNode) content.get(event.path("index").asInt());
                    switch (delta.path("type").asText()) {
                        case "text_delta" ->
                            block.put(
                                    "text",
                                    block.path("text").asText()
                                            + delta.path("text").asText());
                        case "thinking_delta" ->
                            block.put(
                                    "thinking",
                                    block.path("thinking").asText()
                                            + delta.path("thinking").asText());
                        case "signature_delta" -> block.set("signature", delta.path("signature"));
                        default -> input.append(delta.path("partial_json").asText());
                    }
                }
                case "content_block_stop" -> {
                    ObjectNode block =
                            (ObjectNode) content.get(event.path("index").asInt());
                    if (input.length() > 0) {
                        block.set("input", Json.parseOrNull(input.toString()));
                        input.setLength(0);
                    }
                }
                case "message_delta" -> {
                    message.set("stop_reason", delta.path("stop_reason"));
                    message.set("stop_sequence", delta.path("stop_sequence"));
                    message.set("usage", event.path("usage"));
                }
                default -> assertThat(event.path("type").asText()).isIn("message_start", "message_stop");
            }
        }
        return message;
    }

    @Property(tries = 200)
    void aConversationSurvivesTheTranslation(@ForAll("conversations") List<Conversation.Turn> turns) throws Exception {
        ObjectNode request = Json.object().put("max_tokens", 5);
        request.set("messages", messages(turns));
        JsonNode chat = MessagesRequest.chat(request, new MessagesRequest.Naming("auto", false))
                .root()
                .path("messages");
        assertThat(chat).isEqualTo(Conversation.chat(turns));
    }

    @Property(tries = 200)
    void anAnswerThatIsToldGoesBackAsItWasSaid(@ForAll("answers") UpstreamAnswer answer) throws Exception {
        JsonNode whole = Json.parseOrNull(new MessagesRendering("m", 7, false).answer(answer.completion()));
        ObjectNode request = Json.object().put("max_tokens", 5);
        ArrayNode messages = request.putArray("messages");
        messages.addObject().put("role", "user").put("content", "hi");
        messages.addObject().put("role", "assistant").set("content", whole.path("content"));

        JsonNode told = MessagesRequest.chat(request, new MessagesRequest.Naming("auto", false))
                .root()
                .path("messages")
                .path(1);

        assertThat(told.path("content").asText("")).isEqualTo(answer.text());
        assertThat(told.path("tool_calls")).hasSameElementsAs(answer.toolCalls());
    }

    private static ArrayNode messages(List<Conversation.Turn> turns) {
        ArrayNode messages = JsonNodeFactory.instance.arrayNode();
        for (Conversation.Turn turn : turns) {
            ArrayNode asked = messages.addObject().put("role", "user").putArray("content");
            asked.addObject().put("type", "text").put("text", turn.question());
            ArrayNode answered = messages.addObject().put("role", "assistant").putArray("content");
            if (!turn.answer().text().isEmpty()) {
                answered.addObject()
                        .put("type", "text")
                        .put("text", turn.answer().text());
            }
            for (UpstreamAnswer.Call call : turn.answer().calls()) {
                answered.addObject()
                        .put("type", "tool_use")
                        .put("id", call.id())
                        .put("name", call.name())
                        .set("input", Json.parseOrNull(call.arguments()));
            }
            if (!turn.answer().calls().isEmpty()) {
                ArrayNode results = messages.addObject().put("role", "user").putArray("content");
                for (UpstreamAnswer.Call call : turn.answer().calls()) {
                    results.addObject()
                            .put("type", "tool_result")
                            .put("tool_use_id", call.id())
                            .put("content", turn.result());
                }
            }
        }
        return messages;
    }
}
