package dev.switchboard.node.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import akka.util.ByteString;
import com.fasterxml.jackson.databind.JsonNode;
import dev.switchboard.node.chat.ChatRequest;
import dev.switchboard.node.chat.Json;
import dev.switchboard.node.directory.CatalogReader;
import dev.switchboard.protocol.directory.AdapterKind;
import dev.switchboard.protocol.directory.KeyCheckRule;
import dev.switchboard.protocol.directory.Platform;
import dev.switchboard.protocol.directory.Quirks;
import dev.switchboard.protocol.domain.FailureKind;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the catalogue says of platforms, as it reaches the wire. */
class CatalogQuirksTest extends UpstreamHarness {
    private static final String MESSAGES =
            "[{'role':'user','content':'hi','odd':1},{'role':'assistant','content':'ho'},{'role':'user','content':'go'}]";
    private static List<Platform> platforms = List.of();

    @BeforeAll
    static void readCatalogue() throws Exception {
        platforms = CatalogReader.builtin().platforms();
    }

    private static Platform platform(String id) {
        return platforms.stream()
                .filter(row -> row.id().value().equals(id))
                .findFirst()
                .orElseThrow();
    }

    private static ChatCall call(String platform, String model, String fields) {
        return call(platform, model, fields, MESSAGES);
    }

    private static ChatCall call(String platform, String model, String fields, String messages) {
        String json = "{" + fields + (fields.isEmpty() ? "" : ",") + "'messages':" + messages + "}";
        return new ChatCall(
                Calls.request(json.replace('\'', '"')),
                platform(platform),
                Calls.model(model),
                "account:" + Calls.SECRET);
    }

    private static JsonNode sent(ChatCall call) throws Inexpressible {
        WireRequest wire = Adapter.of(call.platform().adapter()).chat(call);
        return Objects.requireNonNull(Json.parseOrNull(Objects.requireNonNull(wire.body())));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "mistral; m; 'seed':7; /random_seed; 7",
                "mistral; m; 'max_completion_tokens':9; /max_tokens; 9",
                "mistral; m; ''; /messages/0/odd; ''",
                "mistral; m; 'stream':true; /stream_options; ''",
                "mistral; m; 'store':false; /store; ''",
                "github; gpt-4o; 'max_tokens':5000; /max_tokens; 400",
                "github; gpt-4o; 'reasoning_effort':'low'; /reasoning_effort; low",
                "nvidia; m; 'tools':[{'type':'function','function':{'name':'f'}}]; /parallel_tool_calls; false",
                "cloudflare; m; ''; /max_tokens; 8192",
                "opencode; deepseek-v4-flash-free; ''; /messages/1/reasoning_content; ''",
                "opencode; other; ''; /messages/1/reasoning_content; ''",
                "reka; reka-edge; 'response_format':{'type':'json_object'}; /response_format/type; json_schema",
                "reka; reka-edge; 'response_format':{'type':'text'}; /response_format/type; text",
                "requesty; mistral/leanstral-1-5; 'temperature':0.0; /top_p; 1",
                "requesty; mistral/leanstral-1-5; 'temperature':0; /temperature; ''",
                "requesty; mistral/leanstral-1-5; 'temperature':1; /temperature; 1",
                "requesty; mistral/other; 'temperature':0; /temperature; 0",
                "aihorde; m; 'stop':'x'; /stop/0; x",
                "aihorde; m; 'stream':true; /stream; false",
                "aihorde; m; 'max_tokens':3; /max_tokens; 16",
                "aihorde; m; ''; /max_tokens; 512",
            })
    void fieldsAreSentAsTheRowSays(String platform, String model, String fields, String pointer, String value)
            throws Exception {
        JsonNode field = sent(call(platform, model, fields)).at(pointer);
        assertThat(field.asText()).isEqualTo(value);
    }

    /** Both answer 400 to thoughts that clients send back, after a failover those of another provider's model. */
    @ParameterizedTest
    @CsvSource({"groq, false", "cerebras, true"})
    void thoughtsOfEarlierAnswersStayBehindWhereTheyAreRefused(String platform, boolean takesReasoning)
            throws Exception {
        String thought = "'reasoning_content':'hm','reasoning':'hm','annotations':[]";
        String answer = "{'role':'assistant','content':null,'name':'n','tool_calls':[{'id':'c','type':'function',"
                + "'function':{'name':'f','arguments':'{}'}}]," + thought + "}";
        String result = "{'role':'tool','tool_call_id':'c','content':'r'}";
        JsonNode messages =
                sent(call(platform, "m", "", "[" + answer + "," + result + "]")).path("messages");
        String kept = takesReasoning ? ",'reasoning':'hm'" : "";
        String expected = "[" + answer.replace("," + thought, kept) + "," + result + "]";
        assertThat(messages).isEqualTo(Json.parseOrNull(ByteString.fromString(expected.replace('\'', '"'))));
    }

    @Test
    void onlyTheModelsThatTheRuleNamesGetWhatTheyLack() throws Exception {
        assertThat(sent(call("opencode", "deepseek-v4-flash-free", ""))
                        .at("/messages/1")
                        .has("reasoning_content"))
                .isTrue();
        assertThat(sent(call("opencode", "other", "")).at("/messages/1").has("reasoning_content"))
                .isFalse();
        assertThat(sent(call("opencode", "deepseek-v4-flash-free", ""))
                        .at("/messages/0")
                        .has("reasoning_content"))
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "groq; 'logit_bias':{'1':2}; logit_bias",
                "groq; 'top_logprobs':2; top_logprobs",
                "mistral; 'top_k':2; top_k",
                "mistral; 'reasoning_effort':'low'; reasoning_effort",
                "github; 'min_p':0.1; min_p",
                "github; 'reasoning_effort':'minimal'; reasoning_effort",
                "cohere; 'top_k':2; top_k",
                "cloudflare; 'min_p':0.1; min_p",
                "google; 'repetition_penalty':1.2; repetition_penalty",
                "kilo; 'response_format':{'type':'json_object'}; response_format",
                "aihorde; 'tools':[{'type':'function','function':{'name':'f'}}]; tools",
            })
    void fieldsThatARowRefusesAreNamed(String platform, String fields, String field) {
        ChatCall call = call(platform, "m", fields);
        Inexpressible refusal = catchThrowableOfType(Inexpressible.class, () -> sent(call));
        assertThat(refusal).isNotNull();
        assertThat(refusal.field().field()).isEqualTo(field);
    }

    @Test
    void embeddingsOfNvidiaAreAskedAsQueries() throws Exception {
        ChatCall call = new ChatCall(
                ChatRequest.embeddings(ByteString.fromString("{\"model\":\"m\",\"input\":\"x\"}")),
                platform("nvidia"),
                Calls.model("m"),
                Calls.SECRET);
        assertThat(sent(call).path("input_type").asText()).isEqualTo("query");
        assertThat(sent(call("nvidia", "m", "")).has("input_type")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "ollama, 403, '', MODEL_UNAVAILABLE",
        "ollama, 401, '', AUTH",
        "zhipu, 400, 1261, TOO_LARGE",
        "zai, 400, 1261, TOO_LARGE",
        "zhipu, 400, 1210, CLIENT_FAULT",
        "groq, 403, '', AUTH",
    })
    void errorsMeanWhatTheRowSays(String platform, int status, String code, FailureKind kind) {
        ByteString body = ByteString.fromString("{\"error\":{\"code\":\"" + code + "\",\"message\":\"no\"}}");
        assertThat(FailureClassifier.response(status, null, body, call(platform, "m", ""))
                        .kind())
                .isEqualTo(kind);
    }

    @Test
    void aModelMayHaveATimeOfItsOwn() {
        assertThat(EntryRules.responseTimeout(call("cloudflare", "@cf/zai-org/glm-4.7-flash", "")))
                .isEqualTo(Duration.ofSeconds(200));
        assertThat(EntryRules.responseTimeout(call("cloudflare", "@cf/other", "")))
                .isNull();
    }

    @Test
    void theListOfModelsAndTheKeyCheckMayBeElsewhere() {
        assertThat(OpenAiAdapter.INSTANCE.models(platform("kilo"), "s").url())
                .isEqualTo("https://api.kilo.ai/api/gateway/models");
        assertThat(OpenAiAdapter.INSTANCE.models(platform("groq"), "s").url())
                .isEqualTo("https://api.groq.com/openai/v1/models");
        KeyCheckRule rule =
                Objects.requireNonNull(platform("pollinations").quirks().keyCheck());
        assertThat(KeyChecking.request(rule, platform("pollinations"), "s", null)
                        .url())
                .isEqualTo("https://gen.pollinations.ai/account/key");
    }

    @ParameterizedTest
    @CsvSource({
        "pollinations, 200, Good",
        "pollinations, 402, Good",
        "pollinations, 401, Bad",
        "pollinations, 403, CannotTell",
        "pollinations, 500, CannotTell",
        "modelscope, 200, Good",
        "modelscope, 401, Bad",
        "modelscope, 429, CannotTell",
    })
    void theAnswerToAKeyCheckMeansWhatTheRowSays(String platform, int status, String verdict) throws Exception {
        try (RawServer server = RawServer.saying(RawServer.json(status, "", "{\"error\":{\"message\":\"no\"}}"))) {
            Platform row = Calls.platform(
                    AdapterKind.OPENAI, server.url() + "/v1", platform(platform).quirks(), null);
            assertThat(get(upstream.checkKey(row, "sk-1", "a \"model\""))
                            .getClass()
                            .getSimpleName())
                    .isEqualTo(verdict);
            String asked = server.requests.get(0);
            if (platform.equals("modelscope")) {
                assertThat(asked).startsWith("POST /v1/chat/completions ").contains("\"model\":\"a \\\"model\\\"\"");
            } else {
                assertThat(asked).startsWith("GET /account/key ");
            }
            assertThat(asked).containsIgnoringCase("Authorization: Bearer sk-1");
        }
    }

    @Test
    void aCheckThatNeedsAModelCannotTellWithoutOne() throws Exception {
        Quirks quirks = platform("modelscope").quirks();
        Platform row = Calls.platform(AdapterKind.OPENAI, "http://127.0.0.1:1", quirks, null);
        assertThat(get(upstream.checkKey(row, "sk-1", null))).isInstanceOf(KeyCheck.CannotTell.class);
        assertThat(Map.of("modelscope", quirks.keyCheck().every())).containsValue(Duration.ofHours(24));
    }
}
