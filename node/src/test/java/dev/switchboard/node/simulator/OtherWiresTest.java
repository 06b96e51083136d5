package dev.switchboard.node.simulator;

import static dev.switchboard.node.simulator.SimulatorHarness.chat;
import static dev.switchboard.node.simulator.SimulatorHarness.events;
import static dev.switchboard.node.simulator.SimulatorHarness.json;
import static dev.switchboard.node.simulator.SimulatorHarness.streamed;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Chat, model lists and key checks in the Gemini, Cohere and Cloudflare formats. */
class OtherWiresTest {
    private static final String GEMINI = "/google/v1beta/models/";
    private static final String ASK =
            "{\"systemInstruction\":{\"parts\":[{\"text\":\"Be kind.\"}]},\"contents\":[{\"role\":\"user\",\"parts\":"
                    + "[{\"text\":\"one two\"}]}]}";
    private static SimulatorHarness harness;

    @BeforeAll
    static void start() throws Exception {
        harness = new SimulatorHarness();
    }

    @AfterAll
    static void stop() {
        harness.close();
    }

    private static String gemini(String call, String body) throws Exception {
        return harness.post(GEMINI + call, body, "x-goog-api-key", "AIza").body();
    }

    @Test
    void geminiAnswersJson() throws Exception {
        JsonNode body = json(gemini("echo:generateContent", ASK));
        assertThat(body.at("/candidates/0/content/parts/0/text").asText()).isEqualTo("one two");
        assertThat(body.at("/candidates/0/content/role").asText()).isEqualTo("model");
        assertThat(body.at("/candidates/0/finishReason").asText()).isEqualTo("STOP");
        assertThat(body.at("/usageMetadata/promptTokenCount").asInt()).isEqualTo(4);
        assertThat(body.at("/usageMetadata/candidatesTokenCount").asInt()).isEqualTo(2);
        assertThat(body.path("modelVersion").asText()).isEqualTo("echo");
    }

    @Test
    void geminiStreamsEventsOrAnArray() throws Exception {
        String sse = gemini("echo:streamGenerateContent?alt=sse", ASK);
        assertThat(sse).contains("\r\n\r\n").doesNotContain("[DONE]");
        List<String> events = events(sse);
        assertThat(events.stream()
                        .map(each -> json(each)
                                .at("/candidates/0/content/parts/0/text")
                                .asText())
                        .collect(Collectors.joining()))
                .isEqualTo("one two");
        assertThat(json(events.get(2)).at("/candidates/0/finishReason").asText())
                .isEqualTo("STOP");
        assertThat(json(gemini("echo:streamGenerateContent", ASK))).hasSize(3);
    }

    @Test
    void geminiThinksInThoughtPartsAndObeysLimits() throws Exception {
        JsonNode body = json(gemini("reason-x:generateContent", ASK));
        assertThat(body.at("/candidates/0/content/parts/0/thought").asBoolean()).isTrue();
        assertThat(body.at("/usageMetadata/thoughtsTokenCount").asInt()).isPositive();
        String limited = ASK.replace(
                "{\"systemInstruction", "{\"generationConfig\":{\"maxOutputTokens\":1},\"systemInstruction");
        JsonNode cut = json(gemini("echo:generateContent", limited));
        assertThat(cut.at("/candidates/0/finishReason").asText()).isEqualTo("MAX_TOKENS");
    }

    @Test
    void geminiRefusesKeysSchemasAndLostSignatures() throws Exception {
        var bad = harness.post(GEMINI + "echo:generateContent", ASK, "x-goog-api-key", "bad");
        assertThat(bad.statusCode()).isEqualTo(400);
        assertThat(json(bad.body()).at("/error/details/0/reason").asText()).isEqualTo("API_KEY_INVALID");
        var none = harness.post(GEMINI + "echo:generateContent", ASK, "authorization", "Bearer AIza");
        assertThat(none.statusCode()).isEqualTo(400);
        var query = harness.post(GEMINI + "echo:generateContent?key=AIza", ASK, new String[0]);
        assertThat(query.statusCode()).isEqualTo(200);

        String schema = ASK.replace(
                "{\"systemInstruction",
                "{\"tools\":[{\"functionDeclarations\":[{\"name\":\"f\",\"parameters\":{\"type\":\"object\","
                        + "\"additionalProperties\":false}}]}],\"systemInstruction");
        assertThat(json(gemini("echo:generateContent", schema))
                        .at("/error/status")
                        .asText())
                .isEqualTo("INVALID_ARGUMENT");
        String lost =
                "{\"contents\":[{\"role\":\"model\",\"parts\":[{\"functionCall\":{\"name\":\"f\",\"args\":{}}}]}]}";
        assertThat(gemini("gemini-3-flash:generateContent", lost)).contains("thought_signature");
        assertThat(gemini("echo:generateContent", "{}")).contains("contents is not specified");
    }

    @Test
    void geminiListsModels() throws Exception {
        JsonNode list =
                json(harness.get("/google/v1beta/models", "x-goog-api-key", "k").body());
        assertThat(list.at("/models/0/name").asText()).isEqualTo("models/echo");
        assertThat(harness.get("/google/v1beta/models", "x-goog-api-key", "bad").statusCode())
                .isEqualTo(400);
    }

    @Test
    void cohereSpeaksOpenAiWithItsOwnErrorsAndStrictSchemas() throws Exception {
        String path = "/cohere/compatibility/v1/chat/completions";
        assertThat(json(harness.post(path, chat("command-echo", "hi", false)).body())
                        .at("/choices/0/message/content")
                        .asText())
                .isEqualTo("hi");
        assertThat(streamed(
                        harness.post(path, chat("command-echo", "a b", true)).body()))
                .isEqualTo("a b");
        var bad = harness.post(path, chat("echo", "hi", false), "authorization", "Bearer bad");
        assertThat(bad.statusCode()).isEqualTo(401);
        assertThat(json(bad.body()).path("message").asText()).isEqualTo("invalid api token");
        String strict = chat("echo", "hi", false)
                .replace(
                        "\"stream\":false",
                        "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"parameters\":{\"anyOf\":[{"
                                + "\"additionalProperties\":false}]}}}]");
        assertThat(harness.post(path, strict).statusCode()).isEqualTo(400);
        assertThat(json(harness.get("/cohere/compatibility/v1/models", "authorization", "Bearer k")
                                .body())
                        .at("/models/0/name")
                        .asText())
                .isEqualTo("echo");
        JsonNode vectors = json(harness.post("/cohere/v2/embed", "{\"model\":\"e\",\"texts\":[\"a\",\"b\"]}")
                .body());
        assertThat(vectors.at("/embeddings/float")).hasSize(2);
    }

    @Test
    void cloudflareSpeaksOpenAiUnderTheAccountAndVerifiesTokens() throws Exception {
        String path = "/cloudflare/client/v4/accounts/acc1/ai/v1/chat/completions";
        assertThat(json(harness.post(path, chat("@cf/x/echo", "hi", false)).body())
                        .at("/choices/0/message/content")
                        .asText())
                .isEqualTo("hi");
        assertThat(streamed(harness.post(path, chat("@cf/x/echo", "a b", true)).body()))
                .isEqualTo("a b");
        String nullContent = "{\"model\":\"echo\",\"messages\":[{\"role\":\"user\",\"content\":null}]}";
        var refused = harness.post(path, nullContent);
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(json(refused.body()).path("success").asBoolean(true)).isFalse();
        var bad = harness.post(path, chat("echo", "hi", false), "authorization", "Bearer bad");
        assertThat(bad.statusCode()).isEqualTo(401);
        assertThat(json(bad.body()).at("/errors/0/code").asInt()).isEqualTo(10000);

        for (String verify : List.of("user", "accounts/acc1")) {
            String at = "/cloudflare/client/v4/" + verify + "/tokens/verify";
            JsonNode good = json(harness.get(at, "authorization", "Bearer t").body());
            assertThat(good.at("/result/status").asText()).isEqualTo("active");
            assertThat(harness.get(at, "authorization", "Bearer bad").statusCode())
                    .isEqualTo(401);
        }
    }
}
