package dev.switchboard.node.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import akka.util.ByteString;
import com.fasterxml.jackson.databind.JsonNode;
import dev.switchboard.node.chat.Json;
import dev.switchboard.node.relay.RelayEvent;
import dev.switchboard.node.relay.sse.SseEvent;
import dev.switchboard.protocol.directory.AdapterKind;
import dev.switchboard.protocol.directory.Quirks;
import dev.switchboard.protocol.domain.FailureKind;
import dev.switchboard.protocol.domain.Usage;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GoogleAdapterTest {
    private static final Adapter ADAPTER = Adapter.of(AdapterKind.GOOGLE);
    private static final String USER = "{\"role\":\"user\",\"content\":\"hello\"}";

    private static ChatCall call(String model, String json) {
        return new ChatCall(
                Calls.request(json),
                Calls.platform(AdapterKind.GOOGLE, "https://g.test/v1beta", Quirks.NONE, null),
                Calls.model(model),
                "AIza-secret");
    }

    private static JsonNode out(String model, String json) throws Inexpressible {
        ByteString body = ADAPTER.chat(call(model, json)).body();
        assertThat(body).isNotNull();
        JsonNode node = Json.parseOrNull(body);
        assertThat(node).isNotNull();
        return node;
    }

    private static JsonNode out(String json) throws Inexpressible {
        return out("gemini-3-pro", json);
    }

    private static String ask(String fields) {
        return "{" + fields + ",\"messages\":[" + USER + "]}";
    }

    private static JsonNode json(String text) {
        JsonNode node = Json.parseOrNull(text.replace('\'', '"'));
        assertThat(node).as(text).isNotNull();
        return node;
    }

    private static String refused(String json) {
        Inexpressible refusal = catchThrowableOfType(Inexpressible.class, () -> out(json));
        assertThat(refusal).as(json).isNotNull();
        return refusal.field().field();
    }

    @Test
    void theRequestGoesToTheModelWithTheKeyInAHeader() throws Exception {
        WireRequest plain = ADAPTER.chat(call("gemini-2.5-flash", ask("\"model\":\"auto\"")));
        assertThat(plain.url()).isEqualTo("https://g.test/v1beta/models/gemini-2.5-flash:generateContent");
        assertThat(plain.headers()).containsExactly(java.util.Map.entry("x-goog-api-key", "AIza-secret"));
        assertThat(ADAPTER.chat(call("a b?c", ask("\"stream\":true"))).url())
                .isEqualTo("https://g.test/v1beta/models/a%20b%3Fc:streamGenerateContent?alt=sse");
    }

    @Test
    void aConversationWithToolsAndImages() throws Exception {
        assertThat(out("{\"messages\":[{\"role\":\"system\",\"content\":\"be brief\"},"
                        + "{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"see\"},"
                        + "{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:image/png;base64,QUJD\"}}]},"
                        + "{\"role\":\"assistant\",\"content\":null,\"tool_calls\":["
                        + "{\"id\":\"1\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"{\\\"a\\\":1}\"},"
                        + "\"extra_content\":{\"google\":{\"thought_signature\":\"c2ln\"}}},"
                        + "{\"id\":\"2\",\"type\":\"function\",\"function\":{\"name\":\"g\",\"arguments\":\"\"}}]},"
                        + "{\"role\":\"tool\",\"tool_call_id\":\"2\",\"content\":\"sunny\"},"
                        + "{\"role\":\"tool\",\"tool_call_id\":\"1\",\"content\":\"{\\\"b\\\":2}\"},"
                        + "{\"role\":\"assistant\",\"content\":\"so\"},{\"role\":\"user\",\"content\":\"and?\"}]}"))
                .isEqualTo(json("{'systemInstruction':{'parts':[{'text':'be brief'}]},'contents':["
                        + "{'role':'user','parts':[{'text':'see'},{'inlineData':{'mimeType':'image/png','data':'QUJD'}}]},"
                        + "{'role':'model','parts':[{'functionCall':{'name':'f','args':{'a':1}},'thoughtSignature':'c2ln'},"
                        + "{'functionCall':{'name':'g','args':{}}}]},"
                        + "{'role':'user','parts':[{'functionResponse':{'name':'g','response':{'result':'sunny'}}},"
                        + "{'functionResponse':{'name':'f','response':{'b':2}}}]},"
                        + "{'role':'model','parts':[{'text':'so'}]},{'role':'user','parts':[{'text':'and?'}]}]}"));
    }

    @Test
    void aCallMadeElsewhereSaysThatItHasNoSignature() throws Exception {
        assertThat(out("{\"messages\":[" + USER + ",{\"role\":\"assistant\",\"tool_calls\":["
                                + "{\"id\":\"1\",\"function\":{\"name\":\"f\",\"arguments\":{}}},{\"id\":\"2\",\"function\":{\"name\":\"g\"}}]}]}")
                        .path("contents")
                        .path(1)
                        .path("parts"))
                .isEqualTo(json("[{'functionCall':{'name':'f','args':{}},'thoughtSignature':'"
                        + GoogleMessages.NO_SIGNATURE + "'},{'functionCall':{'name':'g','args':{}}}]"));
    }

    @Test
    void aModelWithoutSystemInstructionGetsItInTheFirstTurn() throws Exception {
        assertThat(out(
                        "gemma-3-27b-it",
                        "{\"messages\":[{\"role\":\"system\",\"content\":\"be brief\"}," + USER + "]}"))
                .isEqualTo(json("{'contents':[{'role':'user','parts':[{'text':'be brief'},{'text':'hello'}]}]}"));
    }

    @Test
    void settingsHaveTheirCounterparts() throws Exception {
        assertThat(out(ask(
                                "\"temperature\":0.5,\"top_p\":0.9,\"top_k\":40,\"max_completion_tokens\":100,\"stop\":\"END\",\"seed\":7,"
                                        + "\"presence_penalty\":1,\"reasoning_effort\":\"low\",\"user\":\"u\",\"parallel_tool_calls\":true,"
                                        + "\"response_format\":{\"type\":\"json_object\"}"))
                        .path("generationConfig"))
                .isEqualTo(json(
                        "{'temperature':0.5,'topP':0.9,'topK':40,'seed':7,'presencePenalty':1,'maxOutputTokens':100,"
                                + "'stopSequences':['END'],'responseMimeType':'application/json',"
                                + "'thinkingConfig':{'thinkingBudget':1024,'includeThoughts':true}}"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"auto\" | {'mode':'AUTO'}",
                "\"none\" | {'mode':'NONE'}",
                "\"required\" | {'mode':'ANY'}",
                "{\"type\":\"function\",\"function\":{\"name\":\"f\"}} | {'mode':'ANY','allowedFunctionNames':['f']}"
            })
    void toolChoices(String choice, String config) throws Exception {
        assertThat(out(ask("\"tool_choice\":" + choice
                                + ",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}]"))
                        .path("toolConfig")
                        .path("functionCallingConfig"))
                .isEqualTo(json(config));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"logit_bias\":{\"1\":1} | logit_bias",
                "\"logprobs\":true | logprobs",
                "\"some_new_field\":1 | some_new_field",
                "\"reasoning_effort\":\"extreme\" | reasoning_effort",
                "\"response_format\":{\"type\":\"grammar\"} | response_format",
                "\"response_format\":{\"type\":\"json_object\"},\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}] | response_format",
                "\"tools\":[{\"type\":\"web_search\"}] | tools[0].type"
            })
    void whatCannotBeSaidIsNamed(String field, String name) {
        assertThat(refused(ask(field))).isEqualTo(name);
    }

    @Test
    void messagesThatCannotBeSaidAreNamed() {
        assertThat(
                        refused(
                                "{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\",\"image_url\":{\"url\":\"https://x/y.png\"}}]}]}"))
                .isEqualTo("messages[0].content[0].image_url");
        assertThat(refused(
                        "{\"messages\":[" + USER + ",{\"role\":\"tool\",\"tool_call_id\":\"9\",\"content\":\"x\"}]}"))
                .isEqualTo("messages[1].tool_call_id");
        assertThat(
                        refused(
                                "{\"messages\":[{\"role\":\"assistant\",\"tool_calls\":[{\"id\":\"1\",\"function\":{\"name\":\"f\",\"arguments\":\"{broken\"}}]}]}"))
                .isEqualTo("messages[0].tool_calls[0].function.arguments");
    }

    private static JsonNode answered(String body) {
        JsonAnswer answer = ADAPTER.answer(
                call("gemini-3-pro", ask("\"model\":\"m\"")), ByteString.fromString(body.replace('\'', '"')));
        assertThat(answer).isInstanceOf(JsonAnswer.Complete.class);
        JsonNode node = Json.parseOrNull(((JsonAnswer.Complete) answer).body());
        assertThat(node).isNotNull();
        return node;
    }

    @Test
    void anAnswerWithEverything() {
        JsonNode node = answered(
                "{'responseId':'r1','candidates':[{'content':{'role':'model','parts':[{'text':'hm','thought':true},{'text':'A'},{'text':'B'},"
                        + "{'functionCall':{'name':'f','args':{'a':1},'id':'c1'},'thoughtSignature':'c2ln'},{'functionCall':{'name':'g'}},"
                        + "{'inlineData':{'mimeType':'image/png','data':'QUJD'}}]},'finishReason':'STOP'}],"
                        + "'usageMetadata':{'promptTokenCount':10,'candidatesTokenCount':5,'thoughtsTokenCount':3,'cachedContentTokenCount':4,'totalTokenCount':18}}");
        JsonNode message = node.path("choices").path(0).path("message");
        assertThat(message.path("content").asText()).isEqualTo("AB");
        assertThat(message.path("reasoning_content").asText()).isEqualTo("hm");
        assertThat(message.path("tool_calls").path(0))
                .isEqualTo(json(
                        "{'id':'c1__sig__YzJsbg','type':'function','function':{'name':'f','arguments':'{\\'a\\':1}'},"
                                + "'extra_content':{'google':{'thought_signature':'c2ln'}}}"));
        assertThat(message.path("tool_calls").path(1).path("function"))
                .isEqualTo(json("{'name':'g','arguments':'{}'}"));
        assertThat(message.path("tool_calls").path(1).path("id").asText()).startsWith("call_");
        assertThat(message.path("images"))
                .isEqualTo(json("[{'type':'image_url','image_url':{'url':'data:image/png;base64,QUJD'}}]"));
        assertThat(node.path("choices").path(0).path("finish_reason").asText()).isEqualTo("tool_calls");
        assertThat(node.path("id").asText()).isEqualTo("r1");
        assertThat(node.path("usage"))
                .isEqualTo(json(
                        "{'prompt_tokens':10,'completion_tokens':8,'total_tokens':18,'prompt_tokens_details':{'cached_tokens':4},"
                                + "'completion_tokens_details':{'reasoning_tokens':3}}"));
    }

    @ParameterizedTest
    @CsvSource({
        "STOP, stop",
        "MAX_TOKENS, length",
        "SAFETY, content_filter",
        "RECITATION, content_filter",
        "BLOCKLIST, content_filter",
        "PROHIBITED_CONTENT, content_filter",
        "SPII, content_filter",
        "OTHER, stop"
    })
    void finishReasons(String theirs, String ours) {
        assertThat(answered("{'candidates':[{'content':{'parts':[{'text':'x'}]},'finishReason':'" + theirs + "'}]}")
                        .path("choices")
                        .path(0)
                        .path("finish_reason")
                        .asText())
                .isEqualTo(ours);
    }

    @Test
    void thoughtsAloneBecomeTheContent() {
        assertThat(answered(
                                "{'candidates':[{'content':{'parts':[{'text':'hm','thought':true}]},'finishReason':'STOP'}]}")
                        .path("choices")
                        .path(0)
                        .path("message")
                        .path("content")
                        .asText())
                .isEqualTo("hm");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{} | MALFORMED",
                "<html> | MALFORMED",
                "[] | MALFORMED",
                "{\"promptFeedback\":{\"blockReason\":\"SAFETY\"}} | EMPTY",
                "{\"candidates\":[]} | EMPTY",
                "{\"candidates\":[{\"finishReason\":\"SAFETY\"}]} | EMPTY",
                "{\"error\":{\"code\":429,\"status\":\"RESOURCE_EXHAUSTED\"}} | RATE_LIMITED",
                "[{\"error\":{\"code\":503,\"message\":\"overloaded\"}}] | SERVER_ERROR"
            })
    void whatIsNoAnswerIsClassified(String body, FailureKind kind) {
        assertThat(ADAPTER.answer(call("g", ask("\"model\":\"m\"")), ByteString.fromString(body)))
                .isInstanceOfSatisfying(
                        JsonAnswer.Unusable.class,
                        unusable -> assertThat(unusable.failure().kind()).isEqualTo(kind));
    }

    @Test
    void aStreamWithThoughtsParallelCallsAndUsage() {
        Adapter.Translator translator = ADAPTER.translator(call("gemini-3-pro", ask("\"stream\":true")));
        List<JsonNode> chunks = new ArrayList<>();
        List<RelayEvent.Chunk> events = new ArrayList<>();
        for (String event : List.of(
                "{'responseId':'r','candidates':[{'content':{'parts':[{'text':'hm','thought':true}],'role':'model'},'index':0}],'usageMetadata':{'promptTokenCount':4}}",
                "{'candidates':[{'content':{'parts':[{'text':'Hi'},{'functionCall':{'name':'f','args':{'a':1}},'thoughtSignature':'c2ln'}]}}]}",
                "{'candidates':[{'content':{'parts':[{'functionCall':{'name':'g','args':{}}}]},'finishReason':'STOP'}],'usageMetadata':{'promptTokenCount':4,'candidatesTokenCount':6}}")) {
            for (RelayEvent out :
                    translator.translate(new SseEvent("message", ByteString.fromString(event.replace('\'', '"'))))) {
                assertThat(out).isInstanceOf(RelayEvent.Chunk.class);
                events.add((RelayEvent.Chunk) out);
                chunks.add(Json.parseOrNull(((RelayEvent.Chunk) out).json()));
            }
        }
        assertThat(chunks).hasSize(4).allSatisfy(chunk -> {
            assertThat(chunk.path("id").asText()).isEqualTo("r");
            assertThat(chunk.path("object").asText()).isEqualTo("chat.completion.chunk");
        });
        assertThat(chunks.get(0).path("choices").path(0).path("delta"))
                .isEqualTo(json("{'role':'assistant','reasoning_content':'hm'}"));
        JsonNode second = chunks.get(1).path("choices").path(0).path("delta");
        assertThat(second.path("content").asText()).isEqualTo("Hi");
        assertThat(second.path("tool_calls").path(0).path("index").asInt()).isZero();
        assertThat(second.path("tool_calls").path(0).path("extra_content"))
                .isEqualTo(json("{'google':{'thought_signature':'c2ln'}}"));
        JsonNode third = chunks.get(2).path("choices").path(0);
        assertThat(third.path("delta").path("tool_calls").path(0).path("index").asInt())
                .isEqualTo(1);
        assertThat(third.path("finish_reason").asText()).isEqualTo("tool_calls");
        assertThat(events.get(3).facts().usage()).isEqualTo(new Usage(4, 6, false));
    }

    @Test
    void keysAndModels() {
        var platform = Calls.platform(AdapterKind.GOOGLE, "https://g.test/v1beta", Quirks.NONE, null);
        assertThat(ADAPTER.keyChecks(platform, "k")).singleElement().satisfies(request -> {
            assertThat(request.url()).isEqualTo("https://g.test/v1beta/models?pageSize=1");
            assertThat(request.body()).isNull();
        });
        ByteString bad = ByteString.fromString(
                "{\"error\":{\"code\":400,\"message\":\"API key not valid\",\"status\":\"INVALID_ARGUMENT\",\"details\":[{\"reason\":\"API_KEY_INVALID\"}]}}");
        assertThat(ADAPTER.judge(400, bad, "k")).isEqualTo(new KeyCheck.Bad("API key not valid"));
        assertThat(ADAPTER.judge(403, ByteString.fromString("{}"), "k")).isInstanceOf(KeyCheck.CannotTell.class);
        assertThat(ADAPTER.judge(200, ByteString.fromString("{}"), "k")).isEqualTo(new KeyCheck.Good());
        assertThat(ADAPTER.modelIds(
                        json("{'models':[{'name':'models/a','supportedGenerationMethods':['generateContent']},"
                                + "{'name':'models/b','supportedGenerationMethods':['embedContent']}]}")))
                .containsExactly("a");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[DONE]", "null", "7", "{\"candidates\":7}"})
    void oddEventsAreSkippedOrDone(String data) {
        Adapter.Translator translator = ADAPTER.translator(call("g", ask("\"stream\":true")));
        assertThat(translator.translate(new SseEvent("message", ByteString.fromString(data))))
                .singleElement()
                .isNotInstanceOf(RelayEvent.Chunk.class);
    }

    @Property(tries = 1000)
    void anyAnswerIsCompleteOrClassified(@ForAll("json") String json, @ForAll byte[] noise) {
        ChatCall call = call("g", ask("\"stream\":true"));
        Adapter.Translator translator = ADAPTER.translator(call);
        for (ByteString body : List.of(ByteString.fromString(json), ByteString.fromArray(noise))) {
            assertThat(ADAPTER.answer(call, body)).isNotNull();
            assertThat(translator.translate(new SseEvent("message", body))).isNotNull();
        }
    }

    @Provide
    Arbitrary<String> json() {
        return JsonNoise.documents();
    }
}
