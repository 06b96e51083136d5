package dev.switchboard.node.providers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.node.TestNode;
import dev.switchboard.node.chat.Json;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What no provider can be sent as it is, in every dialect and for every wire format: translated, or 400 with the field. */
class BadInputTest {
    private static final Map<String, String> ADAPTERS = new LinkedHashMap<>(Map.of(
            "openai", "/v1",
            "google", "/v1beta",
            "cohere", "/compatibility/v1",
            "cloudflare", "/accounts/{account}/ai/v1"));
    private static EveryFormat provider;
    private static TestNode node;

    @BeforeAll
    static void start() throws Exception {
        provider = new EveryFormat();
        node = TestNode.start("switchboard.cooldown { transient = 10ms, max = 10ms }");
        for (Map.Entry<String, String> adapter : ADAPTERS.entrySet()) {
            String id = "my-" + adapter.getKey();
            add(
                    "/api/platforms",
                    "{'id':'" + id + "','name':'" + id + "','adapter':'" + adapter.getKey() + "','baseUrl':'"
                            + provider.url() + adapter.getValue() + "'}");
            add("/api/keys", "{'platform':'" + id + "','key':'account:sk-0123456789'}");
            add("/api/models", "{'platform':'" + id + "','id':'m','tools':true,'vision':true,'contextWindow':2000000}");
        }
        addBlind();
    }

    private static void addBlind() throws Exception {
        add("/api/platforms", "{'id':'blind','name':'Blind','adapter':'openai','baseUrl':'" + provider.url() + "/v1'}");
        add("/api/keys", "{'platform':'blind','key':'sk-0123456789'}");
        add("/api/models", "{'platform':'blind','id':'m','vision':false,'tools':false}");
    }

    private static void add(String path, String json) throws Exception {
        TestNode.Reply added = node.admin("POST", path, json.replace('\'', '"'));
        assertThat(added.status()).as(added.text()).isEqualTo(201);
    }

    @AfterAll
    static void stop() throws Exception {
        node.stop();
        provider.close();
    }

    /** In the error shape of each dialect, with the field. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                BadInputCases.CHAT
                        + " | messages[0].content[1] | 'messages':[{'role':'user','content':[{'type':'text','text':'x'},{'type':'image_url','image_url':{'url':'DATA'}}]}]",
                BadInputCases.RESPONSES
                        + " | input[0].content[0] | 'input':[{'role':'user','content':[{'type':'input_image','image_url':'DATA'}]}]",
                BadInputCases.MESSAGES
                        + " | messages[0].content[0] | 'max_tokens':9,'messages':[{'role':'user','content':[{'type':'image','source':{'type':'base64','media_type':'image/png','data':'AAAA'}}]}]"
            })
    void anImageWhereTheModelSeesNone(String path, String field, String body) throws Exception {
        String json = ("{'model':'blind/m'," + body + "}").replace("DATA", "data:image/png;base64,AAAA");
        TestNode.Reply reply = node.send("POST", path, json.replace('\'', '"'), node.apiKey());
        assertThat(reply.status()).as(reply.text()).isEqualTo(400);
        assertThat(reply.body().at("/error/type").asText()).isEqualTo("invalid_request_error");
        assertThat(field(reply)).isEqualTo(field);
    }

    @ParameterizedTest
    @CsvSource({
        "700, 9000, auto, 400",
        "700, 9000, low, 200",
        "800, 9000, high, 200",
        "800, 700, high, 429",
        "800, 700, low, 200"
    })
    void anImageCountsForTheWindowAndTheTokensOfAMinute(int window, int tpm, String detail, int status)
            throws Exception {
        String id = "w" + window + "-" + tpm + detail;
        add(
                "/api/models",
                "{'platform':'my-openai','id':'" + id + "','contextWindow':" + window + ",'tpm':" + tpm + "}");
        String json = "{'model':'my-openai/" + id + "','max_tokens':9,'messages':[{'role':'user','content':[{'type':"
                + "'image_url','image_url':{'url':'data:image/png;base64,AAAA','detail':'" + detail + "'}}]}]}";
        TestNode.Reply reply = node.send("POST", BadInputCases.CHAT, json.replace('\'', '"'), node.apiKey());
        assertThat(reply.status()).as(reply.text()).isEqualTo(status);
        if (status == 400) {
            assertThat(reply.body().at("/error/code").asText()).isEqualTo("context_length_exceeded");
        }
    }

    @Test
    void toolsWhereTheModelCallsNone() throws Exception {
        String json = "{'model':'blind/m','messages':[{'role':'user','content':'x'}],'tools':[{'type':'function',"
                + "'function':{'name':'f','parameters':{'type':'object'}}}]}";
        TestNode.Reply reply = node.send("POST", BadInputCases.CHAT, json.replace('\'', '"'), node.apiKey());
        assertThat(reply.status()).as(reply.text()).isEqualTo(400);
        assertThat(reply.body().at("/error/code").asText()).isEqualTo("unsupported_capability");
        assertThat(reply.param()).isEqualTo("tools");
    }

    @Test
    void aCompressedBodyIsRefusedForWhatItIs() throws Exception {
        var request = node.request("POST", BadInputCases.CHAT, "{}", node.apiKey());
        var answer = node.client()
                .send(
                        HttpRequest.newBuilder(request, (name, value) -> true)
                                .header("Content-Encoding", "gzip")
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("unsupported_content_encoding").contains("gzip");
    }

    @TestFactory
    Stream<DynamicTest> neverMoreThanABadRequest() {
        return BadInputCases.all().stream()
                .map(one -> DynamicTest.dynamicTest(one.path() + ": " + one.name(), () -> {
                    for (String adapter : ADAPTERS.keySet()) {
                        assertThat(outcome(one, adapter)).as(adapter).isEqualTo(one.outcome(adapter));
                    }
                }));
    }

    /** {@code ok}, or the field that a 400 names. */
    private static String outcome(BadInputCases.Case one, String adapter) throws Exception {
        provider.lastChat = "";
        String json = one.body().replace("\\'", "@@").replace('\'', '"').replace("@@", "\\\"");
        TestNode.Reply reply =
                node.send("POST", one.path(), "{\"model\":\"my-" + adapter + "/m\"," + json + "}", node.apiKey());
        if (reply.status() == 200) {
            assertThat(Json.parseOrNull(provider.lastChat))
                    .as(provider.lastChat)
                    .isNotNull();
            return "ok";
        }
        assertThat(reply.status()).as(reply.text()).isEqualTo(400);
        return field(reply);
    }

    /** The field that an error names, in either shape. */
    private static String field(TestNode.Reply reply) {
        String field = reply.param();
        return field == null ? reply.body().at("/error/details/param").asText() : field;
    }
}
