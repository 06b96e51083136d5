package dev.switchboard.node.dialect.responses;

import static org.assertj.core.api.Assertions.assertThat;

import akka.Done;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.switchboard.node.chat.Json;
import dev.switchboard.node.dialect.Conversation;
import dev.switchboard.node.dialect.Frames;
import dev.switchboard.node.dialect.UpstreamAnswer;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class ResponsesPropertiesTest {
    @Provide
    Arbitrary<UpstreamAnswer> answers() {
        return UpstreamAnswer.any();
    }

    @Provide
    Arbitrary<List<Conversation.Turn>> conversations() {
        return Conversation.any();
    }

    private static ResponsesRendering rendering() {
        return new ResponsesRendering(
                Json.object().put("input", "x"),
                "abc",
                1,
                JsonNodeFactory.instance.arrayNode(),
                answer -> CompletableFuture.completedStage(Done.getInstance()));
    }

    @Property(tries = 200)
    void aStreamSaysWhatTheWholeAnswerSays(@ForAll("answers") UpstreamAnswer answer, @ForAll long seed)
            throws Exception {
        JsonNode whole = Json.parseOrNull(rendering().answer(answer.completion()));
        ResponsesRendering rendering = rendering();
        String text = Frames.text(rendering, answer.events(new Random(seed)));
        List<JsonNode> events =
                Frames.named(text + rendering.last().toCompletableFuture().get().utf8String());

        assertThat(events.get(events.size() - 1).path("response")).isEqualTo(whole);
        assertThat(items(events)).isEqualTo(whole.path("output"));
        assertThat(deltas(events)).isEqualTo(whole(answer));
    }

    private static ArrayNode items(List<JsonNode> events) {
        ArrayNode items = JsonNodeFactory.instance.arrayNode();
        for (JsonNode event : events) {
            if (event.path("type").asText().equals("response.output_item.done")) {
                assertThat(event.path("output_index").asInt()).isEqualTo(items.size());
                items.add(event.path("item"));
            }
        }
        return items;
    }

    private static String deltas(List<JsonNode> events) {
        StringBuilder text = new StringBuilder();
        events.forEach(event -> text.append(event.path("delta").asText("")));
        return text.toString();
    }

    private static String whole(UpstreamAnswer answer) {
        StringBuilder text = new StringBuilder(answer.thoughts() + answer.text());
        answer.calls().forEach(call -> text.append(call.arguments()));
        return text.toString();
    }

    @Property(tries = 200)
    void aConversationSurvivesTheTranslation(@ForAll("conversations") List<Conversation.Turn> turns) throws Exception {
        ObjectNode request = Json.object();
        request.set("input", items(turns, request));
        assertThat(ResponsesRequest.translate(request, Map.of()).messages()).isEqualTo(Conversation.chat(turns));
    }

    @Property(tries = 200)
    void anAnswerThatIsToldGoesBackAsItWasSaid(@ForAll("answers") UpstreamAnswer answer) throws Exception {
        ObjectNode request = Json.object();
        request.set(
                "input",
                Json.parseOrNull(rendering().answer(answer.completion())).path("output"));

        JsonNode told = ResponsesRequest.translate(request, Map.of()).messages().path(0);

        assertThat(told.path("content").asText("")).isEqualTo(answer.text());
        assertThat(told.path("tool_calls")).hasSameElementsAs(answer.toolCalls());
    }

    private static ArrayNode items(List<Conversation.Turn> turns, ObjectNode request) {
        ArrayNode items = request.putArray("input");
        for (Conversation.Turn turn : turns) {
            items.addObject()
                    .put("role", "user")
                    .putArray("content")
                    .addObject()
                    .put("type", "input_text")
                    .put("text", turn.question());
            if (!turn.answer().text().isEmpty()) {
                items.addObject()
                        .put("type", "message")
                        .put("role", "assistant")
                        .putArray("content")
                        .addObject()
                        .put("type", "output_text")
                        .put("text", turn.answer().text());
            }
            for (UpstreamAnswer.Call call : turn.answer().calls()) {
                items.addObject()
                        .put("type", "function_call")
                        .put("call_id", call.id())
                        .put("name", call.name())
                        .put("arguments", call.arguments());
            }
            for (UpstreamAnswer.Call call : turn.answer().calls()) {
                items.addObject()
                        .put("type", "function_call_output")
                        .put("call_id", call.id())
                        .put("output", turn.result());
            }
        }
        return items;
    }
}
