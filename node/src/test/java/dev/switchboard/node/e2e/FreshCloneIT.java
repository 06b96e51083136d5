package dev.switchboard.node.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.StreamResponse;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.models.Model;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's promises on a fresh data folder, without any provider key. */
class FreshCloneIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String HELLO =
            "{\"model\":\"auto\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello!\"}]}";

    @TempDir
    Path folder;

    @Test
    void aConversationStaysOnItsModelOverARestartAndTheDashboardShowsIt() throws Exception {
        Path data = folder.resolve("data");
        String session;
        String apiKey;
        try (NodeUnderTest node = NodeUnderTest.start(data, Map.of())) {
            apiKey = node.apiKey();
            assertThat(apiKey).matches("sb-[0-9a-f]{48}");
            assertThat(node.adminKey()).matches("sb-admin-[0-9a-f]{64}");
            HttpResponse<String> first =
                    node.post("/v1/chat/completions", apiKey, HELLO, "X-Session-Id", "conversation");
            assertThat(first.statusCode()).as(first.body()).isEqualTo(200);
            assertThat(JSON.readTree(first.body())
                            .at("/choices/0/message/content")
                            .asText())
                    .isNotBlank();
            assertThat(first.headers().firstValue("X-Session-Status")).contains("miss");
            HttpResponse<String> second =
                    node.post("/v1/chat/completions", apiKey, HELLO, "X-Session-Id", "conversation");
            assertThat(second.headers().firstValue("X-Session-Status")).contains("hit");
            assertThat(second.headers().firstValue("X-Routed-Via"))
                    .isEqualTo(first.headers().firstValue("X-Routed-Via"));
            session = second.headers().firstValue("X-Session-Key").orElseThrow();

            assertThat(node.terminate()).isZero();
        }
        try (NodeUnderTest again = NodeUnderTest.start(data, Map.of())) {
            assertThat(again.apiKey()).isEqualTo(apiKey);
            JsonNode before =
                    JSON.readTree(again.get("/api/sessions", again.adminKey()).body());
            assertThat(before.at("/0/key").asText()).isEqualTo(session);
            assertThat(before.at("/0/node").isNull()).isTrue();
            HttpResponse<String> third =
                    again.post("/v1/chat/completions", apiKey, HELLO, "X-Session-Id", "conversation");
            assertThat(third.headers().firstValue("X-Session-Status")).contains("hit");
            // The owner is asked for the list, but not for longer than a list may take: then its stored row is shown.
            await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
                JsonNode shown = JSON.readTree(again.get("/api/sessions?query=" + session, again.adminKey())
                        .body());
                assertThat(shown).hasSize(1);
                assertThat(shown.at("/0/turns").asInt()).isEqualTo(3);
            });
            assertThat(again.get("/", "").body()).contains("<div id=\"root\"");
        }
    }

    @Test
    void theOfficialSdkChatsStreamsAndListsModels() throws Exception {
        try (NodeUnderTest node = NodeUnderTest.start(folder.resolve("data"), Map.of())) {
            OpenAIClient client = OpenAIOkHttpClient.builder()
                    .baseUrl(node.url() + "/v1")
                    .apiKey(node.apiKey())
                    .build();
            ChatCompletionCreateParams question = ChatCompletionCreateParams.builder()
                    .model("demo/echo")
                    .addUserMessage("Say it again")
                    .build();

            ChatCompletion answer = client.chat().completions().create(question);
            assertThat(answer.choices().get(0).message().content()).contains("Say it again");
            assertThat(answer.usage().orElseThrow().completionTokens()).isPositive();

            try (StreamResponse<ChatCompletionChunk> stream =
                    client.chat().completions().createStreaming(question)) {
                String text = stream.stream()
                        .flatMap(chunk -> chunk.choices().stream())
                        .flatMap(choice -> choice.delta().content().stream())
                        .collect(Collectors.joining());
                assertThat(text).isEqualTo("Say it again");
            }

            List<String> models =
                    client.models().list().autoPager().stream().map(Model::id).toList();
            assertThat(models).startsWith("auto", "auto-smart", "auto-fast").contains("demo/echo", "demo/lorem");
            client.close();
        }
    }

    @Test
    void aConfiguredPlatformThatSpeaksOpenAiAnswers() throws Exception {
        Path simulated = folder.resolve("simulator");
        java.nio.file.Files.createDirectories(simulated);
        int port = freePort();
        try (NodeUnderTest simulator =
                NodeUnderTest.run(simulated, Map.of(), "simulate", "--port", Integer.toString(port))) {
            awaitPort(port);
            Path config = java.nio.file.Files.writeString(
                    folder.resolve("alpha.conf"),
                    """
                    switchboard.catalog = none
                    switchboard.bootstrap {
                      platforms = [ { id = alpha, name = "Alpha", adapter = openai, base-url = "http://127.0.0.1:%d/alpha/v1" } ]
                      models = [ { platform = alpha, id = a-large, name = "A Large", intelligence-rank = 1, context-window = 128000 } ]
                      keys = [ { platform = alpha, key = "sk-one", label = "one" } ]
                    }
                    """
                            .formatted(port));
            try (NodeUnderTest node =
                    NodeUnderTest.start(folder.resolve("data"), Map.of(), "--config", config.toString())) {
                HttpResponse<String> answer = node.post("/v1/chat/completions", node.apiKey(), HELLO);
                assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
                assertThat(answer.headers().firstValue("X-Routed-Via")).contains("alpha/a-large");
            }
        }
    }

    @Test
    void badInputIsAnsweredWithTheErrorObject() throws Exception {
        try (NodeUnderTest node = NodeUnderTest.start(folder.resolve("data"), Map.of("SWITCHBOARD_MAX_BODY", "4096"))) {
            String key = node.apiKey();
            String chat = "/v1/chat/completions";
            assertError(node.post(chat, key, "{\"model\":"), 400, "invalid_request_error", null, null);
            assertError(node.post(chat, key, "{\"model\":\"auto\"}"), 400, "invalid_request_error", null, "messages");
            assertError(node.post(chat, key, "{\"messages\":\"hi\"}"), 400, "invalid_request_error", null, "messages");
            assertError(
                    node.post(chat, key, HELLO.replace("}]}", "}],\"temperature\":\"hot\"}")),
                    400,
                    "invalid_request_error",
                    null,
                    "temperature");
            assertError(
                    node.post(chat, key, HELLO.replace("auto", "demo/ecko")),
                    404,
                    "invalid_request_error",
                    "model_not_found",
                    "model");
            assertError(
                    node.post(chat, key, HELLO.replace("Hello!", "x".repeat(5000))),
                    413,
                    "invalid_request_error",
                    "request_too_large",
                    null);
            assertError(node.post(chat, "sb-wrong", HELLO), 401, "authentication_error", "invalid_api_key", null);
            assertError(node.post(chat, node.adminKey(), HELLO), 401, "authentication_error", "invalid_api_key", null);
            assertError(node.get("/api/cluster", key), 401, "authentication_error", "invalid_api_key", null);
            assertError(node.get(chat, key), 405, "invalid_request_error", "method_not_allowed", null);
            assertError(node.get("/v1/nothing", key), 404, "invalid_request_error", "not_found", null);
            assertError(node.get("/api/nothing", key), 404, "invalid_request_error", "not_found", null);
            assertError(node.get("/v1/models/nothing", key), 404, "invalid_request_error", "model_not_found", null);
            assertError(node.get("/nothing", key), 404, "invalid_request_error", "not_found", null);
            HttpResponse<String> page = node.send(
                    HttpRequest.newBuilder(URI.create(node.url() + "/sessions")).header("Accept", "text/html"));
            assertThat(page.statusCode()).isEqualTo(200);
            assertThat(page.body()).contains("<div id=\"root\"");
        }
    }

    private static void assertError(HttpResponse<String> response, int status, String type, String code, String param)
            throws Exception {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(response.headers().firstValue("Content-Type")).contains("application/json");
        assertThat(response.headers().firstValue("X-Request-Id")).isPresent();
        JsonNode error = JSON.readTree(response.body()).path("error");
        assertThat(error.fieldNames()).toIterable().containsExactlyInAnyOrder("message", "type", "code", "param");
        assertThat(error.path("message").asText()).isNotBlank();
        assertThat(error.path("type").asText()).isEqualTo(type);
        if (code != null) {
            assertThat(error.path("code").asText()).isEqualTo(code);
        }
        if (param != null) {
            assertThat(error.path("param").asText()).isEqualTo(param);
        }
    }

    private static int freePort() throws Exception {
        try (java.net.ServerSocket socket = new java.net.ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static void awaitPort(int port) {
        await().atMost(NodeUnderTest.PATIENCE).ignoreExceptions().until(() -> {
            try (java.net.Socket socket = new java.net.Socket("127.0.0.1", port)) {
                return socket.isConnected();
            }
        });
    }
}
