package dev.switchboard.node.providers;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.switchboard.node.TestNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A provider simulator that nobody here wrote, as the upstream of a node: OpenAI's, Gemini's and Cohere's formats. */
class AimockTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String GREETING =
            "Good day, ünïcode 🌦 and \"quotes\", said in a dozen words that travel in pieces.";
    private static Aimock aimock;
    private static TestNode node;

    enum Format {
        OPENAI("/v1"),
        GOOGLE("/v1beta"),
        COHERE("/compatibility/v1");

        final String path;

        Format(String path) {
            this.path = path;
        }

        String model() {
            return "mock-" + adapter() + "/model-1";
        }

        String adapter() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @BeforeAll
    static void start() throws Exception {
        aimock = Aimock.start();
        node = TestNode.start("switchboard.cooldown { transient = 10ms, max = 10ms }");
        for (Format format : Format.values()) {
            String id = "mock-" + format.adapter();
            add(
                    "/api/platforms",
                    "{'id':'" + id + "','name':'" + id + "','adapter':'" + format.adapter() + "','baseUrl':'"
                            + aimock.url() + format.path + "'}");
            add("/api/keys", "{'platform':'" + id + "','key':'" + Aimock.KEY + "'}");
            add("/api/models", "{'platform':'" + id + "','id':'model-1'}");
            add("/api/models", "{'platform':'" + id + "','id':'vectors','embedding':true}");
        }
    }

    @AfterAll
    static void stop() throws Exception {
        node.stop();
        aimock.close();
    }

    private static JsonNode add(String path, String json) throws Exception {
        TestNode.Reply added = node.admin("POST", path, json.replace('\'', '"'));
        assertThat(added.status()).as(added.text()).isEqualTo(201);
        return added.body();
    }

    private static ObjectNode ask(Format format, String text) {
        ObjectNode body = JSON.createObjectNode().put("model", format.model());
        body.putArray("messages").addObject().put("role", "user").put("content", text);
        return body;
    }

    private static ObjectNode withTool(ObjectNode body) {
        ObjectNode function =
                body.putArray("tools").addObject().put("type", "function").putObject("function");
        function.put("name", "get_weather").put("description", "Weather of a city");
        ObjectNode schema =
                function.putObject("parameters").put("type", "object").put("additionalProperties", false);
        schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.putObject("properties").putObject("city").put("type", "string");
        schema.putArray("required").add("city");
        return body;
    }

    private static TestNode.Reply send(ObjectNode body) throws Exception {
        return node.send("POST", "/v1/chat/completions", body.toString(), node.apiKey());
    }

    private static JsonNode whole(ObjectNode body) throws Exception {
        TestNode.Reply reply = send(body);
        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
        assertThat(reply.body().path("usage").path("total_tokens").asInt()).isPositive();
        return reply.body().path("choices").path(0);
    }

    /** The deltas of a stream put together as a message, with the last finish reason beside it. */
    private static JsonNode streamed(ObjectNode body) throws Exception {
        body.put("stream", true).putObject("stream_options").put("include_usage", true);
        TestNode.Reply reply = send(body);
        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
        ObjectNode choice = JSON.createObjectNode();
        StringBuilder content = new StringBuilder();
        StringBuilder reasoning = new StringBuilder();
        List<StringBuilder> arguments = new ArrayList<>();
        ArrayNode calls = JSON.createArrayNode();
        List<String> lines =
                reply.text().lines().filter(line -> line.startsWith("data: ")).toList();
        assertThat(lines.get(lines.size() - 1)).isEqualTo("data: [DONE]");
        JsonNode last = JSON.createObjectNode();
        for (String line : lines.subList(0, lines.size() - 1)) {
            last = JSON.readTree(line.substring("data: ".length()));
            JsonNode delta = last.at("/choices/0/delta");
            content.append(delta.path("content").asText(""));
            reasoning.append(delta.path("reasoning_content").asText(""));
            for (JsonNode part : delta.path("tool_calls")) {
                int index = part.path("index").asInt(-1);
                if (index == calls.size()) {
                    calls.add(part.deepCopy());
                    arguments.add(new StringBuilder());
                }
                arguments.get(index).append(part.at("/function/arguments").asText(""));
            }
            String finish = last.at("/choices/0/finish_reason").textValue();
            if (finish != null) {
                choice.put("finish_reason", finish);
            }
        }
        assertThat(last.at("/usage/total_tokens").asInt()).isPositive();
        for (int i = 0; i < calls.size(); i++) {
            ((ObjectNode) calls.get(i).path("function"))
                    .put("arguments", arguments.get(i).toString());
        }
        ObjectNode message = choice.putObject("message").put("content", content.toString());
        message.put("reasoning_content", reasoning.toString());
        message.set("tool_calls", calls);
        return choice;
    }

    private static List<JsonNode> calls(JsonNode choice) {
        return StreamSupport.stream(choice.at("/message/tool_calls").spliterator(), false)
                .toList();
    }

    private static JsonNode arguments(JsonNode toolCall) throws Exception {
        return JSON.readTree(toolCall.at("/function/arguments").asText());
    }

    @ParameterizedTest
    @EnumSource(Format.class)
    void aChatIsTheSameWholeAndStreamed(Format format) throws Exception {
        for (JsonNode choice : List.of(whole(ask(format, "greet me")), streamed(ask(format, "greet me")))) {
            assertThat(choice.at("/message/content").asText()).isEqualTo(GREETING);
            assertThat(choice.path("finish_reason").asText()).isEqualTo("stop");
        }
    }

    @ParameterizedTest
    @EnumSource(Format.class)
    void reasoningStaysApartFromText(Format format) throws Exception {
        for (JsonNode choice : List.of(whole(ask(format, "think hard")), streamed(ask(format, "think hard")))) {
            assertThat(choice.at("/message/content").asText()).isEqualTo("Four.");
            assertThat(choice.at("/message/reasoning_content").asText()).isEqualTo("Two and two are four.");
        }
    }

    @ParameterizedTest
    @EnumSource(Format.class)
    void aToolIsCalledAndItsResultCarriedBack(Format format) throws Exception {
        for (boolean stream : new boolean[] {false, true}) {
            ObjectNode body = withTool(ask(format, "weather in Oslo, please"));
            JsonNode choice = stream ? streamed(body) : whole(body);
            assertThat(choice.path("finish_reason").asText()).isEqualTo("tool_calls");
            JsonNode toolCall = calls(choice).get(0);
            assertThat(toolCall.at("/function/name").asText()).isEqualTo("get_weather");
            assertThat(arguments(toolCall)).isEqualTo(JSON.readTree("{\"city\":\"Oslo\"}"));
            assertThat(toolCall.path("id").asText()).isNotEmpty();

            ObjectNode next = withTool(ask(format, "weather in Oslo, please"));
            ArrayNode messages = (ArrayNode) next.path("messages");
            ObjectNode assistant = messages.addObject().put("role", "assistant").putNull("content");
            assistant.putArray("tool_calls").add(withoutIndex(toolCall));
            messages.addObject()
                    .put("role", "tool")
                    .put("tool_call_id", toolCall.path("id").asText())
                    .put("content", "21 degrees");
            JsonNode answer = stream ? streamed(next) : whole(next);
            assertThat(answer.at("/message/content").asText()).isEqualTo("It has 21 degrees in Oslo.");
            assertThat(answer.path("finish_reason").asText()).isEqualTo("stop");
        }
    }

    private static JsonNode withoutIndex(JsonNode toolCall) {
        ObjectNode copy = toolCall.deepCopy();
        copy.remove("index");
        return copy;
    }

    @ParameterizedTest
    @EnumSource(Format.class)
    void parallelCallsKeepTheirOrderAndBytes(Format format) throws Exception {
        ObjectNode body = withTool(ask(format, "weather in Oslo and Rome"));
        for (JsonNode choice : List.of(whole(body.deepCopy()), streamed(body.deepCopy()))) {
            assertThat(calls(choice)).hasSize(2);
            assertThat(arguments(calls(choice).get(0)).path("city").asText()).isEqualTo("Oslo");
            assertThat(arguments(calls(choice).get(1)).path("note").asText()).isEqualTo("\"quoted\" – ünïcode 🌦");
            assertThat(calls(choice).get(0).path("id").asText())
                    .isNotEqualTo(calls(choice).get(1).path("id").asText());
        }
    }

    @ParameterizedTest
    @EnumSource(Format.class)
    void aCutAnswerSaysSo(Format format) throws Exception {
        for (JsonNode choice : List.of(whole(ask(format, "go on")), streamed(ask(format, "go on")))) {
            assertThat(choice.path("finish_reason").asText()).isEqualTo("length");
        }
    }

    @ParameterizedTest
    @EnumSource(Format.class)
    void aStreamThatBreaksEndsWithAnError(Format format) throws Exception {
        ObjectNode body = ask(format, "break off");
        body.put("stream", true);
        TestNode.Reply reply = send(body);
        List<String> frames =
                reply.text().lines().filter(line -> line.startsWith("data: ")).toList();
        assertThat(reply.text()).contains("This ");
        assertThat(frames.get(frames.size() - 2)).contains("\"type\":\"stream_error\"");
        assertThat(frames.get(frames.size() - 1)).isEqualTo("data: [DONE]");
    }

    @ParameterizedTest
    @EnumSource(Format.class)
    void vectorsComeInTheOrderOfTheirTexts(Format format) throws Exception {
        String model = "mock-" + format.adapter() + "/vectors";
        TestNode.Reply reply = node.send(
                "POST",
                "/v1/embeddings",
                "{\"model\":\"" + model + "\",\"input\":[\"a vector\",\"a vector too\"]}",
                node.apiKey());
        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
        assertThat(reply.body().path("data")).hasSize(2);
        assertThat(reply.body().at("/data/1/index").asInt()).isEqualTo(1);
        assertThat(reply.body().at("/data/0/embedding").size()).isGreaterThan(1);
        assertThat(reply.body().at("/data/0/embedding/0").isNumber()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(Format.class)
    void aKeyIsCheckedForGoodAndForBad(Format format) throws Exception {
        String platform = "mock-" + format.adapter();
        String good =
                node.get("/api/keys").item("platform", platform).path("id").asText();
        assertThat(checked(good)).isEqualTo("healthy");
        String bad = add("/api/keys", "{'platform':'" + platform + "','key':'sk-wrong-0123456789','enabled':false}")
                .path("id")
                .asText();
        assertThat(checked(bad)).isEqualTo("invalid");
        assertThat(node.admin("DELETE", "/api/keys/" + bad, null).status()).isEqualTo(204);
    }

    private static String checked(String key) throws Exception {
        TestNode.Reply checked = node.admin("POST", "/api/keys/" + key + "/check", "{}");
        assertThat(checked.status()).as(checked.text()).isEqualTo(200);
        return checked.body().path("status").asText();
    }

    @ParameterizedTest
    @EnumSource(Format.class)
    void whatTheProviderRefusesIsToldInItsWords(Format format) throws Exception {
        TestNode.Reply reply = send(ask(format, "far too long"));
        assertThat(reply.status()).as(reply.text()).isEqualTo(400);
        assertThat(reply.text()).contains("No such thing");
    }

    @Test
    void whatReachesTheProviderIsTheFormatItKnows() throws Exception {
        whole(withTool(ask(Format.COHERE, "weather")));
        assertThat(aimock.lastRequest().path("body").toString())
                .contains("get_weather")
                .doesNotContain("additionalProperties")
                .doesNotContain("$schema");
    }
}
