package dev.switchboard.node.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.anthropic.client.AnthropicClient;
import com.anthropic.client.okhttp.AnthropicOkHttpClient;
import com.anthropic.core.JsonValue;
import com.anthropic.core.http.StreamResponse;
import com.anthropic.errors.BadRequestException;
import com.anthropic.errors.NotFoundException;
import com.anthropic.errors.UnauthorizedException;
import com.anthropic.helpers.MessageAccumulator;
import com.anthropic.models.messages.Message;
import com.anthropic.models.messages.MessageCountTokensParams;
import com.anthropic.models.messages.MessageCreateParams;
import com.anthropic.models.messages.RawMessageStreamEvent;
import com.anthropic.models.messages.Tool;
import com.fasterxml.jackson.databind.JsonNode;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.helpers.ResponseAccumulator;
import com.openai.models.completions.CompletionCreateParams;
import com.openai.models.embeddings.EmbeddingCreateParams;
import com.openai.models.responses.Response;
import com.openai.models.responses.ResponseCreateParams;
import dev.switchboard.node.TestNode;
import dev.switchboard.node.TestNode.Reply;
import dev.switchboard.node.chat.Json;
import dev.switchboard.node.dialect.Frames;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every dialect over HTTP on a real node, mostly through the official clients; upstream is the node's own simulator. */
class DialectsApiTest {
    private static TestNode node;
    private static String simulator;
    private static AnthropicClient anthropic;
    private static OpenAIClient openai;

    @BeforeAll
    static void start() throws Exception {
        node = TestNode.start(
                "switchboard { cooldown { transient = 10ms, max = 10ms }, stream { keep-alive = 200ms, early-headers = 1s } }");
        String demo =
                node.get("/api/platforms").item("id", "demo").path("baseUrl").asText();
        simulator = demo.substring(0, demo.indexOf("/demo"));
        add(
                "/api/platforms",
                "{'id':'alpha','name':'Alpha','adapter':'openai','baseUrl':'" + simulator + "/alpha/v1'}");
        add("/api/keys", "{'platform':'alpha','key':'sk-alpha'}");
        for (String model : List.of("echo", "reason-echo", "cut-echo", "late-echo", "failing-echo")) {
            add("/api/models", "{'platform':'alpha','id':'" + model + "'}");
        }
        for (String platform : List.of("alpha", "beta")) {
            if (platform.equals("beta")) {
                add(
                        "/api/platforms",
                        "{'id':'beta','name':'Beta','adapter':'openai','baseUrl':'" + simulator + "/beta/v1'}");
                add("/api/keys", "{'platform':'beta','key':'sk-beta'}");
            }
            add("/api/models", "{'platform':'" + platform + "','id':'embed-small','embedding':true}");
        }
        anthropic = AnthropicOkHttpClient.builder()
                .baseUrl(node.baseUrl())
                .apiKey(node.apiKey())
                .maxRetries(0)
                .build();
        openai = OpenAIOkHttpClient.builder()
                .baseUrl(node.baseUrl() + "/v1")
                .apiKey(node.apiKey())
                .maxRetries(0)
                .build();
    }

    private static void add(String path, String json) throws Exception {
        Reply added = node.admin("POST", path, json.replace('\'', '"'));
        assertThat(added.status()).as(added.text()).isEqualTo(201);
    }

    @AfterAll
    static void stop() throws Exception {
        anthropic.close();
        openai.close();
        node.stop();
    }

    private static Reply post(String path, String json) throws Exception {
        return node.send("POST", path, json.replace('\'', '"'), node.apiKey());
    }

    private static MessageCreateParams.Builder message(String model, String text) {
        return MessageCreateParams.builder().model(model).maxTokens(500).addUserMessage(text);
    }

    private static Tool weather() {
        return Tool.builder()
                .name("get_weather")
                .description("The weather of a city")
                .inputSchema(Tool.InputSchema.builder()
                        .properties(JsonValue.from(Map.of("city", Map.of("type", "string"))))
                        .putAdditionalProperty("required", JsonValue.from(List.of("city")))
                        .build())
                .build();
    }

    private static Message streamed(MessageCreateParams params) {
        MessageAccumulator accumulator = MessageAccumulator.create();
        try (StreamResponse<RawMessageStreamEvent> events = anthropic.messages().createStreaming(params)) {
            events.stream().forEach(accumulator::accumulate);
        }
        return accumulator.message();
    }

    @ParameterizedTest
    @ValueSource(strings = {"echo", "reason-echo"})
    void anthropicsClientGetsTheSameMessageWholeAndStreamed(String model) {
        MessageCreateParams params = message("alpha/" + model, "two words").build();
        Message whole = anthropic.messages().create(params).validate();
        Message streamed = streamed(params);

        assertThat(whole.content().get(whole.content().size() - 1).asText().text())
                .isEqualTo("two words");
        assertThat(whole.content()).hasSize(model.equals("echo") ? 1 : 2);
        assertThat(streamed.content()).isEqualTo(whole.content());
        assertThat(streamed.stopReason()).isEqualTo(whole.stopReason());
        assertThat(streamed.usage().outputTokens()).isEqualTo(whole.usage().outputTokens());
        assertThat(streamed.usage().inputTokens()).isEqualTo(whole.usage().inputTokens());
    }

    @Test
    void anthropicsClientCallsToolsAndGivesTheirResultsBack() {
        MessageCreateParams asking =
                message("alpha/echo", "use the tool").addTool(weather()).build();
        Message whole = anthropic.messages().create(asking);
        var call = whole.content().get(0).asToolUse();
        assertThat(call.name()).isEqualTo("get_weather");
        assertThat(streamed(asking).content().get(0).asToolUse()._input()).isEqualTo(call._input());
        assertThat(whole.stopReason())
                .hasValueSatisfying(reason -> assertThat(reason.asString()).isEqualTo("tool_use"));

        Message after = anthropic
                .messages()
                .create(asking.toBuilder()
                        .addMessage(whole)
                        .addUserMessageOfBlockParams(
                                List.of(com.anthropic.models.messages.ContentBlockParam.ofToolResult(
                                        com.anthropic.models.messages.ToolResultBlockParam.builder()
                                                .toolUseId(call.id())
                                                .content("sunny")
                                                .build())))
                        .build());
        assertThat(after.content().get(0).asText().text()).isEqualTo("The tool said: sunny");
    }

    @Test
    void anthropicsClientCountsTokensAndListsModels() {
        long tokens = anthropic
                .messages()
                .countTokens(MessageCountTokensParams.builder()
                        .model("alpha/echo")
                        .addUserMessage("sixteen letters!")
                        .build())
                .inputTokens();
        assertThat(tokens).isEqualTo(4);
        assertThat(anthropic.models().list().data().stream()
                        .map(model -> model.validate().id()))
                .startsWith("auto")
                .contains("alpha/echo");
        assertThat(anthropic.models().retrieve("alpha/echo").displayName()).isNotBlank();
    }

    @Test
    void anthropicsClientKnowsTheErrors() {
        assertThatThrownBy(() -> anthropic
                        .messages()
                        .create(message("no-such-model", "x").build()))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining("no-such-model");
        assertThatThrownBy(() -> anthropic
                        .messages()
                        .create(message("auto", "x")
                                .temperature(1.0)
                                .putAdditionalBodyProperty("foo", JsonValue.from(1))
                                .build()))
                .isInstanceOf(BadRequestException.class)
                .hasMessageContaining("foo");
        AnthropicClient stranger = AnthropicOkHttpClient.builder()
                .baseUrl(node.baseUrl())
                .apiKey("wrong")
                .maxRetries(0)
                .build();
        assertThatThrownBy(() -> stranger.messages().create(message("auto", "x").build()))
                .isInstanceOf(UnauthorizedException.class);
        stranger.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "POST | /v1/messages | {'messages':[]} | 400 | invalid_request_error",
                "POST | /v1/messages | nonsense | 400 | invalid_request_error",
                "GET | /v1/messages |  | 405 | invalid_request_error",
                "POST | /v1/messages/nowhere | {} | 404 | not_found_error",
                "POST | /v1/messages | {'model':'alpha/failing-echo','max_tokens':9,'messages':[{'role':'user','content':'[[status=500]]'}]} | 502 | api_error",
                "POST | /v1/messages | {'model':'alpha/none','max_tokens':9,'messages':[{'role':'user','content':'x'}]} | 404 | not_found_error",
            })
    void errorsOfMessagesHaveAnthropicsShape(String method, String path, String body, int status, String type)
            throws Exception {
        Reply reply = node.send(method, path, body == null ? null : body.replace('\'', '"'), node.apiKey());
        assertThat(reply.status()).as(reply.text()).isEqualTo(status);
        assertThat(reply.body().path("type").asText()).isEqualTo("error");
        assertThat(reply.errorType()).isEqualTo(type);
        assertThat(reply.body().at("/error/message").asText()).isNotBlank();
        assertThat(node.send(method, path, body, "wrong").body().path("type").asText())
                .isEqualTo("error");
    }

    @Test
    void namesOfThatFamilyAreMapped() throws Exception {
        Reply reply = post(
                "/v1/messages",
                "{'model':'claude-sonnet-4-5','max_tokens':9,'messages':[{'role':'user','content':'x'}]}");
        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
        assertThat(reply.headers().firstValue("X-Routed-Via")).isPresent();
        assertThat(reply.headers().firstValue("X-Session-Status")).contains("miss");
    }

    @Test
    void aSlowStreamIsKeptAliveByPingsAndABrokenOneEndsWithAnErrorEvent() throws Exception {
        String slow = post(
                        "/v1/messages",
                        "{'model':'alpha/echo','stream':true,'max_tokens':99,'messages':[{'role':'user','content':'[[pace=600ms words=3]]'}]}")
                .text();
        assertThat(slow).contains("event: ping\ndata: {\"type\": \"ping\"}\n\n").contains("event: message_stop");
        String broken = post(
                        "/v1/messages",
                        "{'model':'alpha/cut-echo','stream':true,'max_tokens':99,'messages':[{'role':'user','content':'[[words=9 cut=3]]'}]}")
                .text();
        List<JsonNode> events = events(broken);
        assertThat(events.get(events.size() - 1).path("type").asText()).isEqualTo("error");
        assertThat(broken).doesNotContain("message_stop");
    }

    private static List<JsonNode> events(String stream) {
        return Frames.named(Arrays.stream(stream.split("\n\n"))
                .filter(event -> !event.startsWith(":") && !event.startsWith("event: ping"))
                .collect(Collectors.joining("\n\n")));
    }

    @Test
    void aRefusalAfterEarlyHeadersIsAnEventOfTheDialect() throws Exception {
        String fault = "[[slow-first=2s status=400]]";
        List<JsonNode> anthropics = events(post(
                        "/v1/messages",
                        "{'model':'alpha/late-echo','stream':true,'max_tokens':9,'messages':[{'role':'user','content':'"
                                + fault + "'}]}")
                .text());
        assertThat(Frames.types(anthropics)).containsExactly("error");
        List<JsonNode> responses =
                events(post("/v1/responses", "{'model':'alpha/late-echo','stream':true,'input':'" + fault + "'}")
                        .text());
        assertThat(Frames.types(responses)).endsWith("response.failed");
    }

    private static Response streamed(ResponseCreateParams params) {
        ResponseAccumulator accumulator = ResponseAccumulator.create();
        try (var events = openai.responses().createStreaming(params)) {
            events.stream().forEach(accumulator::accumulate);
        }
        return accumulator.response();
    }

    private static String text(Response response) {
        return response.output()
                .get(response.output().size() - 1)
                .asMessage()
                .content()
                .get(0)
                .asOutputText()
                .text();
    }

    @ParameterizedTest
    @ValueSource(strings = {"echo", "reason-echo"})
    void openAisClientGetsTheSameResponseWholeAndStreamed(String model) {
        ResponseCreateParams params = ResponseCreateParams.builder()
                .model("alpha/" + model)
                .input("two words")
                .build();
        Response whole = openai.responses().create(params).validate();
        Response streamed = streamed(params);

        assertThat(text(whole)).isEqualTo("two words");
        assertThat(text(streamed)).isEqualTo("two words");
        assertThat(streamed.output()).hasSameSizeAs(whole.output());
        assertThat(streamed.usage()).isEqualTo(whole.usage());
        assertThat(streamed.status()).isEqualTo(whole.status());
    }

    @Test
    void aResponseIsRememberedContinuedReadAndDeleted() throws Exception {
        Reply first = post(
                "/v1/responses",
                "{'model':'alpha/echo','input':'use the tool','tools':[{'type':'function','name':'f','parameters':{'type':'object','properties':{}}}]}");
        assertThat(first.status()).as(first.text()).isEqualTo(200);
        String id = first.body().path("id").asText();
        JsonNode call = first.body().at("/output/0");
        assertThat(call.path("type").asText()).isEqualTo("function_call");

        String next = "{'model':'alpha/echo','previous_response_id':'" + id
                + "','input':[{'type':'function_call_output','call_id':'"
                + call.path("call_id").asText() + "','output':'done'}]}";
        Reply second = post("/v1/responses", next);
        assertThat(second.body().at("/output/0/content/0/text").asText()).isEqualTo("The tool said: done");
        assertThat(second.body().path("previous_response_id").asText()).isEqualTo(id);

        Reply read = node.send("GET", "/v1/responses/" + id, null, node.apiKey());
        assertThat(read.body()).isEqualTo(first.body());
        assertThat(node.send("GET", "/v1/responses/" + id, null, "wrong").status())
                .isEqualTo(401);
        openai.responses().delete(id);
        assertThat(node.send("GET", "/v1/responses/" + id, null, node.apiKey()).status())
                .isEqualTo(404);
        Reply orphan = post("/v1/responses", next);
        assertThat(orphan.status()).isEqualTo(400);
        assertThat(orphan.param()).isEqualTo("previous_response_id");
    }

    @Test
    void aStreamedResponseCanBeContinuedAtOnceAndAnUnstoredOneCannot() throws Exception {
        Response first = streamed(
                ResponseCreateParams.builder().model("alpha/echo").input("one").build());
        Response second = openai.responses()
                .create(ResponseCreateParams.builder()
                        .model("alpha/echo")
                        .previousResponseId(first.id())
                        .input("two")
                        .build());
        assertThat(text(second)).isEqualTo("two");

        Reply unstored = post("/v1/responses", "{'model':'alpha/echo','input':'x','store':false}");
        String id = unstored.body().path("id").asText();
        assertThat(node.send("GET", "/v1/responses/" + id, null, node.apiKey()).status())
                .isEqualTo(404);
    }

    @Test
    void openAisClientGetsCompletions() {
        CompletionCreateParams params = CompletionCreateParams.builder()
                .model(CompletionCreateParams.Model.of("alpha/echo"))
                .prompt("once upon")
                .build();
        assertThat(openai.completions()
                        .create(params)
                        .validate()
                        .choices()
                        .get(0)
                        .text())
                .isEqualTo("once upon");
        try (var chunks = openai.completions().createStreaming(params)) {
            assertThat(chunks.stream()
                            .flatMap(chunk -> chunk.choices().stream())
                            .map(choice -> choice.text())
                            .collect(Collectors.joining()))
                    .isEqualTo("once upon");
        }
    }

    @Test
    void aBrokenStreamOfResponsesEndsAsFailed() throws Exception {
        List<JsonNode> events =
                events(post("/v1/responses", "{'model':'alpha/cut-echo','stream':true,'input':'[[words=9 cut=3]]'}")
                        .text());
        assertThat(Frames.types(events)).endsWith("response.failed").doesNotContain("response.completed");
    }

    @Test
    void anEventStreamHasTheHeadersOfTheContract() throws Exception {
        var answer = node.client()
                .send(
                        node.request(
                                "POST",
                                "/v1/responses",
                                Json.object()
                                        .put("model", "alpha/echo")
                                        .put("stream", true)
                                        .put("input", "x")
                                        .toString(),
                                node.apiKey()),
                        BodyHandlers.ofString());
        assertThat(answer.headers().firstValue("content-type")).contains("text/event-stream; charset=utf-8");
        assertThat(answer.headers().firstValue("x-routed-via")).contains("alpha/echo");
        assertThat(answer.headers().firstValue("cache-control")).contains("no-cache");
    }

    @Test
    void embeddingsAreTheSameInBothEncodings() throws Exception {
        EmbeddingCreateParams params = EmbeddingCreateParams.builder()
                .model("alpha/embed-small")
                .inputOfArrayOfStrings(List.of("one", "two"))
                .build();
        var packed = openai.embeddings().create(params);
        Reply plain = post("/v1/embeddings", "{'model':'embed-small','input':['one','two']}");

        assertThat(plain.status()).as(plain.text()).isEqualTo(200);
        assertThat(packed.data()).hasSize(2);
        List<Float> first = packed.data().get(0).embedding();
        for (int i = 0; i < first.size(); i++) {
            assertThat((float) plain.body().at("/data/0/embedding").get(i).asDouble())
                    .isEqualTo(first.get(i));
        }
        assertThat(plain.body().at("/usage/prompt_tokens").asInt()).isPositive();
        assertThat(plain.headers().firstValue("X-Session-Status")).contains("none");
    }

    @Test
    void embeddingsFailOverOnlyToTheSameModel() throws Exception {
        String platform = null;
        for (int i = 0; i < 20 && platform == null; i++) {
            Reply reply = post("/v1/embeddings", "{'model':'embed-small','input':'x'}");
            platform = reply.headers().firstValue("X-Routed-Via").orElse("");
        }
        assertThat(platform).isIn("alpha/embed-small", "beta/embed-small");
        String secret = platform.startsWith("alpha") ? "alpha" : "beta";
        assertThat(fault("{'rules':[{'platform':'" + secret
                        + "','on':'embeddings','fault':'status=503'}],'replace':true}"))
                .isEqualTo(200);
        try {
            for (int i = 0; i < 5; i++) {
                Reply reply = post("/v1/embeddings", "{'model':'embed-small','input':'x'}");
                assertThat(reply.status()).as(reply.text()).isEqualTo(200);
                assertThat(reply.headers().firstValue("X-Routed-Via").orElse(""))
                        .endsWith("/embed-small");
            }
            Reply alone = post("/v1/embeddings", "{'model':'" + secret + "/embed-small','input':'x'}");
            assertThat(alone.status()).isIn(502, 503);
        } finally {
            fault("{'rules':[],'replace':true}");
        }
    }

    private static int fault(String rules) throws Exception {
        return node.client()
                .send(
                        HttpRequest.newBuilder(URI.create(simulator + "/_control/faults"))
                                .POST(HttpRequest.BodyPublishers.ofString(rules.replace('\'', '"')))
                                .build(),
                        BodyHandlers.discarding())
                .statusCode();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'input':'x'} | 400 | model",
                "{'model':'auto','input':'x'} | 400 | model",
                "{'model':'alpha/echo','input':'x'} | 400 | model",
                "{'model':'alpha/none','input':'x'} | 404 | model",
                "{'model':'embed-small'} | 400 | input",
                "{'model':'embed-small','input':[]} | 400 | input",
                "{'model':'embed-small','input':['a','']} | 400 | input[1]",
                "{'model':'embed-small','input':'x','encoding_format':'hex'} | 400 | encoding_format",
                "{'model':'embed-small','input':'x','dimensions':0} | 400 | dimensions",
                "{'model':'embed-small','models':['a'],'input':'x'} | 400 | models",
            })
    void badEmbeddingsNameTheirField(String body, int status, String field) throws Exception {
        Reply reply = post("/v1/embeddings", body);
        assertThat(reply.status()).as(reply.text()).isEqualTo(status);
        assertThat(reply.param()).isEqualTo(field);
    }

    @Test
    void anEmbeddingModelAnswersNoChats() throws Exception {
        Reply named = node.chat("embed-small", "x");
        assertThat(named.status()).isEqualTo(400);
        assertThat(named.param()).isEqualTo("model");
        for (int i = 0; i < 10; i++) {
            assertThat(node.chat("auto", "x " + i)
                            .headers()
                            .firstValue("X-Routed-Via")
                            .orElse(""))
                    .isNotEmpty()
                    .doesNotEndWith("embed-small");
        }
    }

    @Test
    void everyRouteUnderV1IsDescribed() throws Exception {
        Reply reply = node.send("GET", "/v1/openapi.json", null, null);
        assertThat(reply.status()).isEqualTo(200);
        JsonNode document = reply.body();
        Set<String> described = new TreeSet<>();
        for (var path : document.path("paths").properties()) {
            for (var operation : path.getValue().properties()) {
                String name = operation.getKey().toUpperCase(Locale.ROOT) + " " + path.getKey();
                described.add(name);
                assertThat(operation.getValue().path("summary").asText())
                        .as(name)
                        .isNotBlank();
            }
        }
        assertThat(described)
                .contains("POST /v1/messages", "DELETE /v1/responses/{id}", "GET /v1/models/{id}")
                .allMatch(name -> name.contains(" /v1/"));
        for (JsonNode reference : document.findValues("$ref")) {
            assertThat(document.at(reference.asText().substring(1)).isMissingNode())
                    .as(reference.asText())
                    .isFalse();
        }
        Reply page = node.send("GET", "/docs/api", null, null);
        assertThat(page.text()).contains("POST /v1/messages/count_tokens").doesNotContain("<script");
    }
}
