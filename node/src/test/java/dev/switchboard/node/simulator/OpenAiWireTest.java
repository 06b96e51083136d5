package dev.switchboard.node.simulator;

import static dev.switchboard.node.simulator.SimulatorHarness.chat;
import static dev.switchboard.node.simulator.SimulatorHarness.events;
import static dev.switchboard.node.simulator.SimulatorHarness.json;
import static dev.switchboard.node.simulator.SimulatorHarness.streamed;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Chat, text and embeddings in the OpenAI format. */
class OpenAiWireTest {
    private static final String PATH = "/alpha/v1/chat/completions";
    private static SimulatorHarness harness;

    @BeforeAll
    static void start() throws Exception {
        harness = new SimulatorHarness();
    }

    @AfterAll
    static void stop() {
        harness.close();
    }

    @Test
    void answersJsonWithUsage() throws Exception {
        var response = harness.openAi("Grüße \"an\" alle\n");
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("content-type")).hasValue("application/json");
        JsonNode body = json(response.body());
        assertThat(body.at("/choices/0/message/content").asText()).isEqualTo("Grüße \"an\" alle\n");
        assertThat(body.at("/choices/0/finish_reason").asText()).isEqualTo("stop");
        assertThat(body.path("object").asText()).isEqualTo("chat.completion");
        assertThat(body.path("system_fingerprint").asText()).isNotEmpty();
        int prompt = body.at("/usage/prompt_tokens").asInt();
        int completion = body.at("/usage/completion_tokens").asInt();
        assertThat(List.of(prompt, completion)).containsExactly(6, 4);
        assertThat(body.at("/usage/total_tokens").asInt()).isEqualTo(10);
    }

    @Test
    void streamsRoleThenWordsThenFinishThenDone() throws Exception {
        var response = harness.openAiStream("one two three");
        assertThat(response.headers().firstValue("content-type").orElse("")).startsWith("text/event-stream");
        List<String> events = events(response.body());
        assertThat(events).hasSize(6);
        assertThat(json(events.get(0)).at("/choices/0/delta/role").asText()).isEqualTo("assistant");
        assertThat(json(events.get(2)).at("/choices/0/delta/content").asText()).isEqualTo(" two");
        assertThat(json(events.get(4)).at("/choices/0/finish_reason").asText()).isEqualTo("stop");
        assertThat(events.get(5)).isEqualTo("[DONE]");
        assertThat(streamed(response.body())).isEqualTo("one two three");
        assertThat(response.body()).doesNotContain("usage");
    }

    @Test
    void sendsUsageInStreamsOnlyWhenAsked() throws Exception {
        String body = chat("echo", "one two", true)
                .replace("\"stream\":true", "\"stream\":true,\"stream_options\":{\"include_usage\":true}");
        List<String> events = events(harness.post(PATH, body).body());
        JsonNode usage = json(events.get(events.size() - 2));
        assertThat(usage.path("choices")).isEmpty();
        assertThat(usage.at("/usage/completion_tokens").asInt()).isEqualTo(2);
        assertThat(json(events.get(0)).get("usage").isNull()).isTrue();
    }

    @Test
    void otherModelsNameThemselvesAndLoremStreamsWords() throws Exception {
        var named = harness.post(PATH, chat("big/model", "hi", false));
        assertThat(json(named.body()).at("/choices/0/message/content").asText()).isEqualTo("Hello from big/model.");
        var lorem = harness.post(PATH, chat("lorem", "hi", true));
        assertThat(streamed(lorem.body())).startsWith("Lorem ipsum dolor").hasSizeGreaterThan(300);
    }

    @Test
    void reasoningComesFirst() throws Exception {
        var whole = harness.post(PATH, chat("reason-echo", "hi", false));
        assertThat(json(whole.body()).at("/choices/0/message/reasoning_content").asText())
                .contains("I think");
        assertThat(json(whole.body())
                        .at("/usage/completion_tokens_details/reasoning_tokens")
                        .asInt())
                .isPositive();
        List<String> events =
                events(harness.post(PATH, chat("reason-echo", "hi", true)).body());
        assertThat(json(events.get(1)).at("/choices/0/delta/reasoning_content").asText())
                .isEqualTo("The");
        assertThat(json(events.get(events.size() - 3))
                        .at("/choices/0/delta/content")
                        .asText())
                .isEqualTo("hi");
    }

    @Test
    void respectsTokenLimits() throws Exception {
        String body = chat("lorem", "hi", false).replace("\"stream\":false", "\"max_completion_tokens\":2");
        JsonNode answer = json(harness.post(PATH, body).body());
        assertThat(answer.at("/choices/0/message/content").asText()).isEqualTo("Lorem ip");
        assertThat(answer.at("/choices/0/finish_reason").asText()).isEqualTo("length");
        assertThat(answer.at("/usage/completion_tokens").asInt()).isEqualTo(2);
    }

    @Test
    void answersSeveralChoicesAndJsonSchemas() throws Exception {
        String two = chat("echo", "hi", false).replace("\"stream\":false", "\"n\":2");
        assertThat(json(harness.post(PATH, two).body())
                        .at("/choices/1/message/content")
                        .asText())
                .isEqualTo("hi");
        String shaped = chat("any", "hi", false)
                .replace(
                        "\"stream\":false",
                        "\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"x\",\"schema\":"
                                + "{\"type\":\"object\",\"properties\":{\"age\":{\"type\":\"integer\",\"minimum\":7}}}}}");
        String content = json(harness.post(PATH, shaped).body())
                .at("/choices/0/message/content")
                .asText();
        assertThat(json(content).path("age").asInt()).isEqualTo(7);
    }

    @Test
    void joinsContentParts() throws Exception {
        String body =
                "{\"model\":\"echo\",\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"a\"},"
                        + "{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:image/png;base64,AA==\"}},"
                        + "{\"type\":\"text\",\"text\":\"b\"}]}]}";
        assertThat(json(harness.post(PATH, body).body())
                        .at("/choices/0/message/content")
                        .asText())
                .isEqualTo("ab");
    }

    @Test
    void refusesWhatIsNoRequest() throws Exception {
        assertThat(harness.post(PATH, "{nope").statusCode()).isEqualTo(400);
        assertThat(harness.post(PATH, "[]").statusCode()).isEqualTo(400);
        var missing = harness.post(PATH, "{\"model\":\"echo\"}");
        assertThat(missing.statusCode()).isEqualTo(400);
        assertThat(json(missing.body()).at("/error/message").asText()).contains("messages");
        assertThat(harness.post(PATH, "{\"model\":\"echo\",\"messages\":[]}").statusCode())
                .isEqualTo(400);
        assertThat(harness.post(PATH, "{\"model\":\"echo\",\"messages\":{}}").statusCode())
                .isEqualTo(400);
        assertThat(harness.post("/alpha/v1/nothing", "{}").statusCode()).isEqualTo(404);
        assertThat(harness.get(PATH, "authorization", "Bearer k").statusCode()).isEqualTo(405);
    }

    @Test
    void wantsAKey() throws Exception {
        var none = harness.post(PATH, chat("echo", "hi", false), new String[0]);
        assertThat(none.statusCode()).isEqualTo(401);
        assertThat(json(none.body()).at("/error/code").asText()).isEqualTo("invalid_api_key");
        var bad = harness.post(PATH, chat("echo", "hi", false), "authorization", "Bearer bad-key");
        assertThat(bad.statusCode()).isEqualTo(401);
        var keyless = harness.post("/demo/v1/chat/completions", chat("echo", "hi", false), new String[0]);
        assertThat(keyless.statusCode()).isEqualTo(200);
    }

    @Test
    void listsModelsAndChecksKeysThere() throws Exception {
        JsonNode list = json(
                harness.get("/alpha/v1/models", "authorization", "Bearer k").body());
        assertThat(list.path("object").asText()).isEqualTo("list");
        assertThat(list.at("/data/0/id").asText()).isEqualTo("echo");
        assertThat(list.at("/data/0/owned_by").asText()).isEqualTo("alpha");
        assertThat(harness.get("/alpha/v1/models", "authorization", "Bearer bad")
                        .statusCode())
                .isEqualTo(401);
        JsonNode one = json(harness.get("/alpha/v1/models/a%2Fb", "authorization", "Bearer k")
                .body());
        assertThat(one.path("id").asText()).isEqualTo("a/b");
    }

    @Test
    void completesTextAndEmbeds() throws Exception {
        String prompt = "{\"model\":\"echo\",\"prompt\":\"say it\"}";
        JsonNode text = json(harness.post("/alpha/v1/completions", prompt).body());
        assertThat(text.path("object").asText()).isEqualTo("text_completion");
        assertThat(text.at("/choices/0/text").asText()).isEqualTo("say it");
        String stream = harness.post("/alpha/v1/completions", prompt.replace("}", ",\"stream\":true}"))
                .body();
        assertThat(json(events(stream).get(1)).at("/choices/0/text").asText()).isEqualTo(" it");
        assertThat(stream).endsWith("data: [DONE]\n\n");

        String input = "{\"model\":\"e\",\"input\":[\"a\",\"b\",\"a\"],\"dimensions\":3}";
        JsonNode vectors =
                json(harness.post("/alpha/v1/embeddings", input).body()).path("data");
        assertThat(vectors).hasSize(3);
        assertThat(vectors.get(0).get("embedding"))
                .hasSize(3)
                .isEqualTo(vectors.get(2).get("embedding"));
        assertThat(vectors.get(0).get("embedding")).isNotEqualTo(vectors.get(1).get("embedding"));
        JsonNode packed = json(harness.post(
                        "/alpha/v1/embeddings",
                        input.replace("\"dimensions\"", "\"encoding_format\":\"base64\",\"dimensions\""))
                .body());
        assertThat(packed.at("/data/0/embedding").asText()).hasSize(16);
    }
}
