package dev.switchboard.node.dialect.responses;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.Done;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.openai.core.ObjectMappers;
import com.openai.models.responses.Response;
import dev.switchboard.node.chat.InvalidRequest;
import dev.switchboard.node.chat.Json;
import dev.switchboard.node.dialect.Frames;
import dev.switchboard.node.dialect.UpstreamAnswer;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Tools that take one free text, as Codex has them, and calls that come in other shapes than OpenAI's. */
class CustomToolsTest {
    private static final String TOOL = "{'type':'custom','name':'patch','description':'Changes files','format':"
            + "{'type':'grammar','syntax':'lark','definition':'start: X'}}";
    private static final UpstreamAnswer ANSWER = new UpstreamAnswer(
            "",
            "",
            List.of(new UpstreamAnswer.Call("c1", "patch", "{\"input\":\"*** Begin\\nend\"}")),
            "tool_calls",
            10,
            4);

    private static ObjectNode json(String text) {
        return (ObjectNode) Json.parseOrNull(text.replace('\'', '"'));
    }

    private static JsonNode chat(String request) throws InvalidRequest {
        return ResponsesRequest.translate(json(request), Map.of()).chat().root();
    }

    private static ResponsesRendering rendering() {
        return new ResponsesRendering(
                json("{'input':'x','tools':[" + TOOL + "]}"),
                "abc",
                1,
                JsonNodeFactory.instance.arrayNode(),
                kept -> CompletableFuture.completedStage(Done.getInstance()));
    }

    @Test
    void aModelSeesAFunctionWithOneText() throws Exception {
        JsonNode chat = chat("{'input':'x','tools':[" + TOOL + "],'tool_choice':{'type':'custom','name':'patch'}}");
        JsonNode function = chat.at("/tools/0/function");
        assertThat(function.path("name").asText()).isEqualTo("patch");
        assertThat(function.path("description").asText())
                .startsWith("Changes files")
                .contains("lark")
                .endsWith("start: X");
        assertThat(function.at("/parameters/properties/input/type").asText()).isEqualTo("string");
        assertThat(chat.at("/tool_choice/function/name").asText()).isEqualTo("patch");
    }

    @Test
    void itsCallsAndResultsGoBack() throws Exception {
        JsonNode messages = chat("{'input':[{'role':'user','content':'x'},"
                        + "{'type':'custom_tool_call','call_id':'c1','name':'patch','input':'a\\nb'},"
                        + "{'type':'custom_tool_call_output','call_id':'c1','output':'done'}]}")
                .path("messages");
        assertThat(messages.at("/1/tool_calls/0/function/arguments").asText()).isEqualTo("{\"input\":\"a\\nb\"}");
        assertThat(messages.at("/2/content").asText()).isEqualTo("done");
    }

    @Test
    void aClientSeesItsTextWholeAndStreamed() throws Exception {
        String whole = rendering().answer(ANSWER.completion()).utf8String();
        JsonNode item = Json.parseOrNull(whole).at("/output/0");
        assertThat(item.path("type").asText()).isEqualTo("custom_tool_call");
        assertThat(item.path("input").asText()).isEqualTo("*** Begin\nend");
        Response response =
                ObjectMappers.jsonMapper().readValue(whole, Response.class).validate();
        assertThat(response.output().get(0).asCustomToolCall().input()).isEqualTo("*** Begin\nend");

        ResponsesRendering streaming = rendering();
        String text = Frames.text(streaming, ANSWER.events(new Random(3)));
        List<JsonNode> events =
                Frames.named(text + streaming.last().toCompletableFuture().get().utf8String());
        assertThat(Frames.types(events))
                .containsExactly(
                        "response.created",
                        "response.in_progress",
                        "response.output_item.added",
                        "response.custom_tool_call_input.delta",
                        "response.custom_tool_call_input.done",
                        "response.output_item.done",
                        "response.completed");
        assertThat(events.get(5).path("item")).isEqualTo(item);
    }

    @Test
    void argumentsThatAreAnObjectAndSoundsAreTaken() throws Exception {
        JsonNode messages = chat("{'input':[{'role':'user','content':[{'type':'input_audio','input_audio':"
                        + "{'data':'AAAA','format':'wav'}}]},{'type':'function_call','call_id':'c1','name':'f','arguments':{'a':1}},"
                        + "{'type':'function_call_output','call_id':'c1','output':'done'}]}")
                .path("messages");
        assertThat(messages.at("/0/content/0/input_audio/format").asText()).isEqualTo("wav");
        assertThat(messages.at("/1/tool_calls/0/function/arguments").asText()).isEqualTo("{\"a\":1}");
    }

    @Test
    void whatTheChatRefusesIsToldInTheCallersNames() {
        assertThatThrownBy(() -> chat("{'input':'x','tools':[{'type':'function','name':'a\\u0001b'}]}"))
                .isInstanceOfSatisfying(InvalidRequest.class, e -> {
                    assertThat(e.param()).isEqualTo("tools[0].name");
                    assertThat(e.text()).startsWith("'tools[0].name' ");
                });
    }
}
