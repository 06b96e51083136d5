package dev.switchboard.node.dialect.responses;

import static org.assertj.core.api.Assertions.assertThat;

import akka.Done;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.openai.core.ObjectMappers;
import com.openai.helpers.ResponseAccumulator;
import com.openai.models.responses.Response;
import com.openai.models.responses.ResponseStreamEvent;
import dev.switchboard.node.chat.Json;
import dev.switchboard.node.chat.OpaqueReasoning;
import dev.switchboard.node.dialect.Conversation;
import dev.switchboard.node.dialect.Frames;
import dev.switchboard.node.dialect.Rendering;
import dev.switchboard.node.dialect.UpstreamAnswer;
import dev.switchboard.node.relay.RelayEvent;
import dev.switchboard.protocol.domain.Failure;
import dev.switchboard.protocol.domain.FailureKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ResponsesRenderingTest {
    private static final UpstreamAnswer ANSWER = new UpstreamAnswer(
            "hm", "I look", List.of(new UpstreamAnswer.Call("c1", "f", "{\"a\":1}")), "tool_calls", 10, 4);

    private final List<Kept> kept = new ArrayList<>();

    private ResponsesRendering rendering(String request) {
        ArrayNode earlier = JsonNodeFactory.instance.arrayNode();
        earlier.addObject().put("role", "user").put("content", "x");
        return new ResponsesRendering(
                (ObjectNode) Json.parseOrNull(request.replace('\'', '"')), "abc", 1700000001, earlier, answer -> {
                    kept.add(answer);
                    return CompletableFuture.completedStage(Done.getInstance());
                });
    }

    private ResponsesRendering rendering() {
        return rendering("{'input':'x','model':'auto','metadata':{'k':'v'}}");
    }

    private static List<JsonNode> stream(ResponsesRendering rendering, List<RelayEvent> events) throws Exception {
        String text = Frames.text(rendering, events);
        return Frames.named(text + rendering.last().toCompletableFuture().get().utf8String());
    }

    private static Random oneLetter() {
        return new Random() {
            private static final long serialVersionUID = 1L;

            @Override
            public int nextInt(int bound) {
                return bound - 1;
            }
        };
    }

    @Test
    void aStreamHasThePublishedEventsInOrder() throws Exception {
        List<JsonNode> events = stream(rendering(), ANSWER.events(oneLetter()));

        assertThat(Frames.types(events))
                .containsExactly(
                        "response.created",
                        "response.in_progress",
                        "response.output_item.added",
                        "response.reasoning_summary_part.added",
                        "response.reasoning_summary_text.delta",
                        "response.reasoning_summary_text.done",
                        "response.reasoning_summary_part.done",
                        "response.output_item.done",
                        "response.output_item.added",
                        "response.content_part.added",
                        "response.output_text.delta",
                        "response.output_text.done",
                        "response.content_part.done",
                        "response.output_item.done",
                        "response.output_item.added",
                        "response.function_call_arguments.delta",
                        "response.function_call_arguments.delta",
                        "response.function_call_arguments.done",
                        "response.output_item.done",
                        "response.completed");
        for (int i = 0; i < events.size(); i++) {
            assertThat(events.get(i).path("sequence_number").asInt()).isEqualTo(i);
        }
        assertThat(events.get(10).path("item_id").asText()).isEqualTo("msg_abc_1");
        assertThat(events.get(10).path("output_index").asInt()).isEqualTo(1);
        assertThat(events.get(17).path("arguments").asText()).isEqualTo("{\"a\":1}");
        JsonNode response = events.get(19).path("response");
        assertThat(response.path("usage").path("total_tokens").asInt()).isEqualTo(14);
        assertThat(response.path("status").asText()).isEqualTo("completed");
        assertThat(response.path("metadata").path("k").asText()).isEqualTo("v");
    }

    @Test
    void theOfficialClientReadsAStream() throws Exception {
        ResponseAccumulator accumulator = ResponseAccumulator.create();
        for (JsonNode event : stream(rendering(), ANSWER.events(new Random(5)))) {
            accumulator.accumulate(ObjectMappers.jsonMapper()
                    .readValue(event.toString(), ResponseStreamEvent.class)
                    .validate());
        }
        Response response = accumulator.response().validate();
        assertThat(response.output()).hasSize(3);
        assertThat(response.output()
                        .get(1)
                        .asMessage()
                        .content()
                        .get(0)
                        .asOutputText()
                        .text())
                .isEqualTo("I look");
        assertThat(response.output().get(2).asFunctionCall().arguments()).isEqualTo("{\"a\":1}");
    }

    @Test
    void theOfficialClientReadsAWholeAnswer() throws Exception {
        Response response = ObjectMappers.jsonMapper()
                .readValue(rendering().answer(ANSWER.completion()).utf8String(), Response.class)
                .validate();
        assertThat(response.output()).hasSize(3);
        assertThat(response.usage())
                .hasValueSatisfying(usage -> assertThat(usage.inputTokens()).isEqualTo(10));
    }

    @Test
    void whatIsKeptContinuesTheConversation() throws Exception {
        rendering().answer(ANSWER.completion());

        Kept read = Kept.read(kept.get(0).bytes());
        assertThat(read).isNotNull();
        assertThat(read.bytes()).isEqualTo(kept.get(0).bytes());
        var request = ResponsesRequest.translate(
                (ObjectNode)
                        Json.parseOrNull(
                                "{\"previous_response_id\":\"resp_abc\",\"input\":[{\"type\":\"function_call_output\",\"call_id\":\"c1\",\"output\":\"o\"}]}"),
                Map.of("resp_abc", read));
        List<Conversation.Turn> turns = List.of(new Conversation.Turn("x", ANSWER, "o"));
        JsonNode thought = ((ObjectNode) request.chat().messages().get(1)).remove(OpaqueReasoning.THOUGHT);
        assertThat(thought.asText()).isEqualTo("hm");
        assertThat(request.chat().messages()).isEqualTo(Conversation.chat(turns));
    }

    @Test
    void theLastEventWaitsUntilTheAnswerIsKept() {
        CompletableFuture<Done> written = new CompletableFuture<>();
        ResponsesRendering rendering = new ResponsesRendering(
                Json.object(), "abc", 1, JsonNodeFactory.instance.arrayNode(), answer -> written);
        assertThat(Frames.text(rendering, ANSWER.events(new Random(5)))).doesNotContain("response.completed");
        CompletableFuture<?> last = rendering.last().toCompletableFuture();
        assertThat(last).isNotDone();
        written.complete(Done.getInstance());
        assertThat(last).isDone();
    }

    @Test
    void anAnswerCutOffIsIncomplete() throws Exception {
        UpstreamAnswer cut = new UpstreamAnswer("", "half", List.of(), "length", 1, 1);
        List<JsonNode> events = stream(rendering(), cut.events(new Random(1)));
        JsonNode last = events.get(events.size() - 1);
        assertThat(last.path("type").asText()).isEqualTo("response.incomplete");
        assertThat(last.path("response")
                        .path("incomplete_details")
                        .path("reason")
                        .asText())
                .isEqualTo("max_output_tokens");
        assertThat(last.path("response").path("output").get(0).path("status").asText())
                .isEqualTo("incomplete");
    }

    @Test
    void aBrokenStreamEndsWithAFailedResponseAndIsNotKept() throws Exception {
        List<RelayEvent> events = new ArrayList<>(ANSWER.events(new Random(1)).subList(0, 3));
        events.add(new RelayEvent.Failed(Failure.of(FailureKind.BROKEN, "cut off")));
        List<JsonNode> told = stream(rendering(), events);
        JsonNode last = told.get(told.size() - 1);
        assertThat(last.path("type").asText()).isEqualTo("response.failed");
        assertThat(last.path("response").path("error").toString())
                .isEqualTo("{\"code\":\"server_error\",\"message\":\"cut off\"}");
        assertThat(kept).isEmpty();
    }

    @Test
    void aRefusalAfterEarlyHeadersIsAFailedResponse() {
        List<JsonNode> told = Frames.named(rendering()
                .refused(new Rendering.Refused(429, "rate_limit_error", null, "later"))
                .utf8String());
        assertThat(Frames.types(told)).containsExactly("response.created", "response.in_progress", "response.failed");
        assertThat(told.get(2).path("response").path("error").path("code").asText())
                .isEqualTo("rate_limit_exceeded");
    }
}
