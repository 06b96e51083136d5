package dev.switchboard.node.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.helpers.ResponseAccumulator;
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
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every dialect over HTTP on a real node, with {@code ClientsTest} for the official clients; upstream is the node's own simulator. */
class DialectsApiTest {
    private static TestNode node;
    private static String simulator;
    private static OpenAIClient openai;
    private static Described described;

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
        described = Described.by(node);
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
        openai.close();
        node.stop();
    }

    private static Reply post(String path, String json) throws Exception {
        return ask("POST", path, json);
    }

    /** Whatever is asked, the answer is as the node describes it. */
    private static Reply ask(String method, String path, @Nullable String json) throws Exception {
        Reply reply = node.send(method, path, json == null ? null : json.replace('\'', '"'), node.apiKey());
        described.check(method, path, reply);
        return reply;
    }

    @Test
    void everyAnswerAndEveryEventIsAsTheNodeDescribesIt() throws Exception {
        DescribedAnswers.ask(node, described);
        assertThat(described.seen()).containsAll(described.all());
    }

    @Test
    void anAnswerThatIsNotAsDescribedIsFound() {
        for (String wrong :
                List.of("{}", "{'id':'x','object':'chat.completion','created':1,'model':'m','choices':[]}")) {
            assertThatThrownBy(() -> described.fits("ChatEvent", Json.parseOrNull(wrong.replace('\'', '"'))))
                    .isInstanceOf(AssertionError.class);
        }
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
}
