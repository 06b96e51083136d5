package dev.switchboard.node.dialect.anthropic;

import static org.assertj.core.api.Assertions.assertThat;

import com.anthropic.core.ObjectMappers;
import com.anthropic.helpers.MessageAccumulator;
import com.anthropic.models.messages.Message;
import com.anthropic.models.messages.RawMessageStreamEvent;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.switchboard.node.chat.Json;
import dev.switchboard.node.dialect.Frames;
import dev.switchboard.node.dialect.Rendering;
import dev.switchboard.node.dialect.UpstreamAnswer;
import dev.switchboard.node.relay.RelayEvent;
import dev.switchboard.protocol.domain.Failure;
import dev.switchboard.protocol.domain.FailureKind;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MessagesRenderingTest {
    private static final UpstreamAnswer ANSWER = new UpstreamAnswer(
            "hm", "I look", List.of(new UpstreamAnswer.Call("c1", "f", "{\"a\":1}")), "tool_calls", 10, 4);

    private static MessagesRendering rendering() {
        return new MessagesRendering("claude-sonnet-4-5", 7, false);
    }

    @Test
    void aWholeAnswerIsAMessage() {
        assertThat(rendering().answer(ANSWER.completion()).utf8String())
                .isEqualTo(("{'id':'msg_abc1','type':'message','role':'assistant','model':'a-large','content':["
                                + "{'type':'thinking','thinking':'hm','signature':'sb1_e30'},"
                                + "{'type':'text','text':'I look'},"
                                + "{'type':'tool_use','id':'c1','name':'f','input':{'a':1}}],"
                                + "'stop_reason':'tool_use','stop_sequence':null,'usage':{'input_tokens':5,"
                                + "'cache_creation_input_tokens':0,'cache_read_input_tokens':5,'output_tokens':4}}")
                        .replace('\'', '"'));
    }

    @Test
    void aStreamHasTheEventsInOrder() {
        List<JsonNode> events = Frames.named(Frames.text(rendering(), ANSWER.events(new Random(1) {
            private static final long serialVersionUID = 1L;

            @Override
            public int nextInt(int bound) {
                return bound - 1;
            }
        })));

        assertThat(Frames.types(events))
                .containsExactly(
                        "message_start",
                        "content_block_start",
                        "content_block_delta",
                        "content_block_delta",
                        "content_block_stop",
                        "content_block_start",
                        "content_block_delta",
                        "content_block_stop",
                        "content_block_start",
                        "content_block_delta",
                        "content_block_delta",
                        "content_block_stop",
                        "message_delta",
                        "message_stop");
        assertThat(events.get(0)
                        .path("message")
                        .path("usage")
                        .path("input_tokens")
                        .asInt())
                .isEqualTo(7);
        assertThat(events.get(8).path("content_block").toString())
                .isEqualTo("{\"type\":\"tool_use\",\"id\":\"c1\",\"name\":\"f\",\"input\":{}}");
        assertThat(events.get(9).path("delta").path("type").asText()).isEqualTo("input_json_delta");
        assertThat(events.get(12).path("delta").path("stop_reason").asText()).isEqualTo("tool_use");
        assertThat(events.get(12).path("usage").path("output_tokens").asInt()).isEqualTo(4);
    }

    @Test
    void hiddenThinkingLeavesNoGapInTheIndexes() {
        MessagesRendering rendering = new MessagesRendering("m", 7, true);
        List<JsonNode> events = Frames.named(Frames.text(rendering, ANSWER.events(new Random(1))));
        assertThat(events)
                .filteredOn(event -> event.path("type").asText().equals("content_block_start"))
                .extracting(event -> event.path("index").asInt())
                .containsExactly(0, 1);
    }

    @Test
    void theOfficialClientReadsAStream() throws Exception {
        MessageAccumulator accumulator = MessageAccumulator.create();
        for (JsonNode event : Frames.named(Frames.text(rendering(), ANSWER.events(new Random(3))))) {
            accumulator.accumulate(ObjectMappers.jsonMapper().readValue(event.toString(), RawMessageStreamEvent.class));
        }
        Message message = accumulator.message().validate();
        assertThat(message.content()).hasSize(3);
        assertThat(message.content().get(1).asText().text()).isEqualTo("I look");
        assertThat(message.content().get(2).asToolUse().name()).isEqualTo("f");
        assertThat(message.usage().outputTokens()).isEqualTo(4);
        assertThat(message.stopReason())
                .hasValueSatisfying(reason -> assertThat(reason.asString()).isEqualTo("tool_use"));
    }

    @Test
    void theOfficialClientReadsAWholeAnswer() throws Exception {
        Message message = ObjectMappers.jsonMapper()
                .readValue(rendering().answer(ANSWER.completion()).utf8String(), Message.class)
                .validate();
        assertThat(message.content()).hasSize(3);
    }

    @Test
    void finishReasonsHaveTheirWords() {
        for (var word : List.of(
                List.of("stop", "end_turn"), List.of("length", "max_tokens"), List.of("content_filter", "refusal"))) {
            UpstreamAnswer answer = new UpstreamAnswer("", "x", List.of(), word.get(0), 1, 1);
            assertThat(Json.parseOrNull(rendering().answer(answer.completion()))
                            .path("stop_reason")
                            .asText())
                    .isEqualTo(word.get(1));
        }
    }

    @Test
    void aStopSequenceIsToldWhereUpstreamTellsIt() {
        ObjectNode root =
                (ObjectNode) Json.parseOrNull(new UpstreamAnswer("", "x", List.of(), "stop", 1, 1).completion());
        ((ObjectNode) root.path("choices").get(0)).put("stop_reason", "END");
        JsonNode message = Json.parseOrNull(rendering().answer(Json.bytes(root)));
        assertThat(message.path("stop_reason").asText()).isEqualTo("stop_sequence");
        assertThat(message.path("stop_sequence").asText()).isEqualTo("END");
    }

    @Test
    void aBrokenStreamEndsWithAnErrorEventAndNothingElse() {
        MessagesRendering rendering = rendering();
        List<RelayEvent> events = ANSWER.events(new Random(1)).subList(0, 3);
        Frames.text(rendering, events);
        List<JsonNode> last = Frames.named(rendering
                .frame(new RelayEvent.Failed(Failure.of(FailureKind.STALLED, "no content for 60 s")))
                .utf8String());
        assertThat(last)
                .singleElement()
                .hasToString(
                        "{\"type\":\"error\",\"error\":{\"type\":\"timeout_error\",\"message\":\"no content for 60 s\"}}");
    }

    @Test
    void pingsComeOnlyAfterTheMessageHasBegun() {
        MessagesRendering rendering = rendering();
        assertThat(rendering.keepAlive().utf8String()).startsWith(":");
        rendering.frame(ANSWER.events(new Random(1)).get(0));
        assertThat(rendering.keepAlive().utf8String()).isEqualTo("event: ping\ndata: {\"type\": \"ping\"}\n\n");
    }

    @Test
    void aRefusalAfterEarlyHeadersIsAnErrorEvent() {
        List<JsonNode> events = Frames.named(rendering()
                .refused(new Rendering.Refused(429, "rate_limit_error", null, "later"))
                .utf8String());
        assertThat(events.get(0).path("error").path("type").asText()).isEqualTo("rate_limit_error");
    }
}
