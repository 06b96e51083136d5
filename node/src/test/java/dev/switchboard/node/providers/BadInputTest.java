package dev.switchboard.node.providers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.node.TestNode;
import dev.switchboard.node.chat.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
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
        add("/api/models", "{'platform':'blind','id':'m','vision':false}");
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

    /** A request without its model, in single quotes, and what each wire format makes of it. */
    private record Case(String name, String path, String body, String... outcomes) {
        String outcome(String adapter) {
            String general = "";
            for (String outcome : outcomes) {
                int equals = outcome.indexOf('=');
                if (equals < 0) {
                    general = outcome;
                } else if (List.of(outcome.substring(0, equals).split(",")).contains(adapter)) {
                    return outcome.substring(equals + 1);
                }
            }
            return general;
        }
    }

    private static final String CHAT = "/v1/chat/completions";
    private static final String RESPONSES = "/v1/responses";
    private static final String MESSAGES = "/v1/messages";
    private static final String COMPLETIONS = "/v1/completions";
    private static final String HI = "'messages':[{'role':'user','content':'hi'}]";
    private static final String CYCLE = "{'type':'object','properties':{'me':{'$ref':'#'},'next':{'$ref':'#/$defs/n'}},"
            + "'$defs':{'n':{'type':'object','properties':{'n':{'$ref':'#/$defs/n'},'m':{'anyOf':[{'$ref':'#/$defs/n'},{'type':'null'}]}}}}}";

    private static String tool(String name, String schema) {
        return "'tools':[{'type':'function','function':{'name':'" + name + "','parameters':" + schema + "}}]";
    }

    private static String called(String arguments, String id) {
        return "'messages':[{'role':'user','content':'hi'},{'role':'assistant','content':null,'tool_calls':[{'id':'c1',"
                + "'type':'function','function':{'name':'f','arguments':" + arguments + "}}]},"
                + "{'role':'tool','tool_call_id':'" + id + "','content':'done'}]";
    }

    private static String exploding() {
        StringBuilder defs = new StringBuilder("'d0':{'type':'string'}");
        for (int i = 1; i < 40; i++) {
            String ref = "{'$ref':'#/$defs/d" + (i - 1) + "'}";
            defs.append(",'d" + i + "':{'type':'object','properties':{'a':" + ref + ",'b':" + ref + "}}");
        }
        return "{'type':'object','properties':{'x':{'$ref':'#/$defs/d39'}},'$defs':{" + defs + "}}";
    }

    private static String nested(int depth) {
        return "{'type':'object','properties':{'x':" + "{'type':'array','items':".repeat(depth) + "{'type':'string'}"
                + "}".repeat(depth) + "}}";
    }

    private static List<Case> cases() {
        String million = "x".repeat(1 << 20);
        List<Case> cases = new ArrayList<>();
        cases.add(new Case("a schema with cycles", CHAT, HI + "," + tool("f", CYCLE), "ok"));
        cases.add(new Case(
                "a schema that explodes",
                CHAT,
                HI + "," + tool("f", exploding()),
                "ok",
                "google=tools[0].function.parameters"));
        cases.add(new Case("a deep schema", CHAT, HI + "," + tool("f", nested(60)), "ok"));
        cases.add(new Case("a bottomless schema", CHAT, HI + "," + tool("f", nested(1000)), "tools"));
        cases.add(new Case(
                "a reference to nowhere",
                CHAT,
                HI + "," + tool("f", "{'type':'object','properties':{'a':{'$ref':'http://x/y.json'}}}"),
                "ok"));
        cases.add(new Case(
                "a schema of odd types",
                CHAT,
                HI + ","
                        + tool(
                                "f",
                                "{'type':7,'properties':{'a':true,'b':[],'c':{'enum':{},'items':7,'anyOf':'x','required':9}}}"),
                "ok"));
        cases.add(
                new Case("a schema that is a list", CHAT, HI + "," + tool("f", "[]"), "tools[0].function.parameters"));
        cases.add(new Case("1 MB of arguments", CHAT, called("'{\\'a\\':\\'" + million + "\\'}'", "c1"), "ok"));
        cases.add(new Case(
                "1 MB of broken arguments",
                CHAT,
                called("'{\\'a\\':\\'" + million + "'", "c1"),
                "ok",
                "google=messages[1].tool_calls[0].function.arguments"));
        cases.add(new Case(
                "arguments that are a number",
                CHAT,
                called("7", "c1"),
                "messages[1].tool_calls[0].function.arguments"));
        cases.add(new Case("a result of no call", CHAT, called("'{}'", "c9"), "ok", "google=messages[2].tool_call_id"));
        cases.add(
                new Case("an unknown role", CHAT, "'messages':[{'role':'wizard','content':'hi'}]", "messages[0].role"));
        cases.add(new Case(
                "a role with control characters",
                CHAT,
                "'messages':[{'role':'us\\u0000er','content':'hi'}]",
                "messages[0].role"));
        cases.add(new Case("no role", CHAT, "'messages':[{'content':'hi'}]", "messages[0].role"));
        cases.add(new Case(
                "the function role",
                CHAT,
                "'messages':[{'role':'user','content':'hi'},{'role':'function','name':'f','content':'x'}]",
                "ok",
                "google=messages[1].role"));
        cases.add(new Case("empty text", CHAT, "'messages':[{'role':'user','content':''}]", "ok"));
        cases.add(new Case("null content", CHAT, "'messages':[{'role':'user','content':null}]", "messages[0].content"));
        cases.add(new Case("no parts", CHAT, "'messages':[{'role':'user','content':[]}]", "ok"));
        cases.add(new Case(
                "content that is a number", CHAT, "'messages':[{'role':'user','content':7}]", "messages[0].content"));
        cases.add(new Case(
                "a part without a type",
                CHAT,
                "'messages':[{'role':'user','content':[{'text':'x'}]}]",
                "messages[0].content[0]"));
        cases.add(new Case(
                "a part of tomorrow",
                CHAT,
                "'messages':[{'role':'user','content':[{'type':'hologram','hologram':{}}]}]",
                "messages[0].content[0]",
                "openai=ok",
                "google=messages[0].content[0].type"));
        cases.add(new Case(
                "a silent assistant",
                CHAT,
                "'messages':[{'role':'assistant','content':null},{'role':'user','content':'hi'}]",
                "ok"));
        cases.add(new Case("no messages", CHAT, "'messages':[]", "messages"));
        cases.add(new Case(
                "an image at a private address",
                CHAT,
                "'messages':[{'role':'user','content':[{'type':'image_url','image_url':{'url':'http://127.0.0.1:9/a.png'}}]}]",
                "messages[0].content[0]",
                "openai=ok",
                "google=messages[0].content[0].image_url"));
        cases.add(new Case(
                "an image at a metadata address",
                CHAT,
                "'messages':[{'role':'user','content':[{'type':'image_url','image_url':'http://169.254.169.254/latest'}]}]",
                "messages[0].content[0]",
                "openai=ok",
                "google=messages[0].content[0].image_url"));
        cases.add(new Case(
                "an image that is no URL",
                CHAT,
                "'messages':[{'role':'user','content':[{'type':'image_url','image_url':{'url':'data:image/png,plain'}}]}]",
                "messages[0].content[0]",
                "openai=ok",
                "google=messages[0].content[0].image_url"));
        cases.add(new Case(
                "an image that is empty",
                CHAT,
                "'messages':[{'role':'user','content':[{'type':'image_url','image_url':{}}]}]",
                "messages[0].content[0].image_url"));
        cases.add(new Case(
                "control characters in a function's name",
                CHAT,
                HI + "," + tool("f\\u0007\\n", "{}"),
                "tools[0].function.name"));
        cases.add(new Case(
                "control characters in a call's name",
                CHAT,
                called("'{}'", "c1").replace("'f'", "'f\\u0000'"),
                "messages[1].tool_calls[0].function.name"));
        cases.add(new Case(
                "control characters in a person's name",
                CHAT,
                "'messages':[{'role':'user','name':'a\\u0000b\\r\\nX: y','content':'hi'}]",
                "ok"));
        cases.add(new Case(
                "control characters in text",
                CHAT,
                "'messages':[{'role':'user','content':'a\\u0000\\u001b[0m\\ud83d'}]",
                "ok"));
        cases.add(new Case("control characters in the session", CHAT, HI + ",'session_id':'a\\u0000\\n'", "ok"));
        cases.add(new Case("tools that are an object", CHAT, HI + ",'tools':{}", "tools"));
        cases.add(new Case("a tool that is text", CHAT, HI + ",'tools':['f']", "tools[0]"));
        cases.add(new Case(
                "a tool choice of nothing",
                CHAT,
                HI + ",'tool_choice':{'type':'function','function':{'name':'gone'}}," + tool("f", "{}"),
                "ok"));
        cases.add(new Case(
                "a tool choice of odd words",
                CHAT,
                HI + ",'tool_choice':'perhaps'," + tool("f", "{}"),
                "ok",
                "google=tool_choice"));
        cases.add(new Case("numbers beyond any", CHAT, HI + ",'max_tokens':1e400", "max_tokens"));
        cases.add(new Case("a stop of a thousand", CHAT, HI + ",'stop':[" + "'x',".repeat(999) + "'x']", "ok"));
        cases.add(new Case("stop of objects", CHAT, HI + ",'stop':[{}]", "stop"));
        cases.add(new Case(
                "a response format of odd words",
                CHAT,
                HI + ",'response_format':{'type':'poem'}",
                "ok",
                "google=response_format"));
        cases.add(new Case(
                "a response schema with cycles",
                CHAT,
                HI + ",'response_format':{'type':'json_schema','json_schema':{'name':'r','schema':" + CYCLE + "}}",
                "ok"));
        cases.add(new Case(
                "fields that are null",
                CHAT,
                HI
                        + ",'stop':null,'seed':null,'n':null,'tools':null,'tool_choice':null,'response_format':null,'logprobs':null,"
                        + "'reasoning_effort':null,'max_completion_tokens':null,'stream_options':null,'metadata':null",
                "ok"));
        cases.add(new Case("arguments that are an object", CHAT, called("{'a':{'b':[1]}}", "c1"), "ok"));
        cases.add(new Case(
                "the developer role",
                CHAT,
                "'messages':[{'role':'developer','content':'be brief'},{'role':'user','content':'hi'}]",
                "ok"));
        cases.add(new Case("a stop and a seed", CHAT, HI + ",'stop':['a','b'],'seed':7", "ok"));
        cases.add(new Case("two choices", CHAT, HI + ",'n':2", "ok", "cohere,cloudflare=n"));
        cases.add(new Case(
                "logprobs",
                CHAT,
                HI + ",'logprobs':true,'top_logprobs':2",
                "ok",
                "google=logprobs",
                "cohere,cloudflare=top_logprobs"));
        cases.add(new Case(
                "no parallel calls",
                CHAT,
                HI + ",'parallel_tool_calls':false," + tool("f", "{'type':'object'}"),
                "ok",
                "google,cohere=parallel_tool_calls"));
        cases.add(new Case("a limit of the newer name", CHAT, HI + ",'max_completion_tokens':9", "ok"));
        cases.add(new Case(
                "an effort", CHAT, HI + ",'reasoning_effort':'low'", "ok", "cohere,cloudflare=reasoning_effort"));
        cases.add(new Case(
                "an orphaned response",
                RESPONSES,
                "'input':'hi','previous_response_id':'resp_gone'",
                "previous_response_id"));
        cases.add(new Case(
                "a reference to nothing",
                RESPONSES,
                "'input':[{'type':'item_reference','id':'msg_gone'}]",
                "input[0].id"));
        cases.add(new Case(
                "fields that are null",
                RESPONSES,
                "'input':'hi','instructions':null,'tools':null,'previous_response_id':null,'reasoning':null,'text':null,'store':null",
                "ok"));
        cases.add(new Case(
                "a built-in tool", RESPONSES, "'input':'hi','tools':[{'type':'web_search'}]", "tools[0].type"));
        cases.add(new Case("a field of another dialect", RESPONSES, "'input':'hi','logprobs':true", "logprobs"));
        cases.add(new Case("a field of another dialect", MESSAGES, "'max_tokens':9," + HI + ",'seed':7", "seed"));
        cases.add(new Case(
                "fields that are null",
                MESSAGES,
                "'max_tokens':9," + HI
                        + ",'system':null,'tools':null,'thinking':null,'stop_sequences':null,'metadata':null",
                "ok"));
        cases.add(new Case(
                "a built-in tool",
                MESSAGES,
                "'max_tokens':9," + HI + ",'tools':[{'type':'web_search_20250305','name':'s'}]",
                "tools[0].type"));
        cases.add(new Case("several prompts", COMPLETIONS, "'prompt':['a','b']", "prompt"));
        cases.add(new Case("a suffix", COMPLETIONS, "'prompt':'a','suffix':'b'", "suffix"));
        cases.add(new Case(
                "fields that are null",
                COMPLETIONS,
                "'prompt':'a','suffix':null,'logprobs':null,'stop':null,'echo':null",
                "ok"));
        cases.add(new Case("metadata that is text", CHAT, HI + ",'metadata':'x'", "metadata"));

        cases.add(new Case(
                "a schema with cycles",
                RESPONSES,
                "'input':'hi','tools':[{'type':'function','name':'f','parameters':" + CYCLE + "}]",
                "ok"));
        cases.add(new Case(
                "a schema that explodes",
                RESPONSES,
                "'input':'hi','tools':[{'type':'function','name':'f','parameters':" + exploding() + "}]",
                "ok",
                "google=tools[0].parameters"));
        cases.add(new Case(
                "control characters in a name",
                RESPONSES,
                "'input':'hi','tools':[{'type':'function','name':'f\\u0000','parameters':{}}]",
                "tools[0].function.name"));
        cases.add(
                new Case("an unknown role", RESPONSES, "'input':[{'role':'wizard','content':'hi'}]", "input[0].role"));
        cases.add(new Case("an unknown item", RESPONSES, "'input':[{'type':'spell'}]", "input[0].type"));
        cases.add(new Case("empty input", RESPONSES, "'input':''", "ok"));
        cases.add(new Case("no input", RESPONSES, "'input':[]", "input"));
        cases.add(new Case("empty content", RESPONSES, "'input':[{'role':'user','content':[]}]", "ok"));
        cases.add(new Case(
                "content that is a number", RESPONSES, "'input':[{'role':'user','content':7}]", "input[0].content"));
        cases.add(new Case(
                "an image at a private address",
                RESPONSES,
                "'input':[{'role':'user','content':[{'type':'input_image','image_url':'http://127.0.0.1:9/a.png'}]}]",
                "input[0].content[0]",
                "openai=ok",
                "google=input[0].content[0].image_url"));
        cases.add(new Case(
                "1 MB of arguments",
                RESPONSES,
                "'input':[{'role':'user','content':'hi'},{'type':'function_call','call_id':'c1','name':'f','arguments':'{\\'a\\':\\'"
                        + million + "\\'}'},{'type':'function_call_output','call_id':'c1','output':'x'}]",
                "ok"));
        cases.add(new Case(
                "1 MB of broken arguments",
                RESPONSES,
                "'input':[{'role':'user','content':'hi'},{'type':'function_call','call_id':'c1','name':'f','arguments':'{\\'a\\':\\'"
                        + million + "'},{'type':'function_call_output','call_id':'c1','output':'x'}]",
                "ok",
                "google=input[1]"));
        cases.add(new Case(
                "a result of no call",
                RESPONSES,
                "'input':[{'role':'user','content':'hi'},{'type':'function_call_output','call_id':'c9','output':'x'}]",
                "input[1].call_id"));

        String most = "'max_tokens':9,";
        cases.add(new Case(
                "a schema with cycles",
                MESSAGES,
                most + HI + ",'tools':[{'name':'f','input_schema':" + CYCLE + "}]",
                "ok"));
        cases.add(new Case(
                "a schema that explodes",
                MESSAGES,
                most + HI + ",'tools':[{'name':'f','input_schema':" + exploding() + "}]",
                "ok",
                "google=tools[0].input_schema"));
        cases.add(new Case(
                "control characters in a name",
                MESSAGES,
                most + HI + ",'tools':[{'name':'f\\u0000','input_schema':{'type':'object'}}]",
                "tools[0].function.name"));
        cases.add(new Case(
                "an unknown role",
                MESSAGES,
                most + "'messages':[{'role':'wizard','content':'hi'}]",
                "messages[0].role"));
        cases.add(new Case("empty text", MESSAGES, most + "'messages':[{'role':'user','content':''}]", "ok"));
        cases.add(new Case("no blocks", MESSAGES, most + "'messages':[{'role':'user','content':[]}]", "messages"));
        cases.add(new Case(
                "an unknown block",
                MESSAGES,
                most + "'messages':[{'role':'user','content':[{'type':'spell'}]}]",
                "messages[0].content[0].type"));
        cases.add(new Case(
                "content that is a number",
                MESSAGES,
                most + "'messages':[{'role':'user','content':7}]",
                "messages[0].content"));
        cases.add(new Case(
                "an image at a private address",
                MESSAGES,
                most
                        + "'messages':[{'role':'user','content':[{'type':'image','source':{'type':'url','url':'http://127.0.0.1:9/a.png'}}]}]",
                "messages[0].content[0]",
                "openai=ok",
                "google=messages[0].content[0].image_url"));
        cases.add(new Case(
                "an image of odd data",
                MESSAGES,
                most
                        + "'messages':[{'role':'user','content':[{'type':'image','source':{'type':'base64','media_type':7,'data':{}}}]}]",
                "messages[0].content[0].source.media_type"));
        cases.add(new Case(
                "1 MB of arguments",
                MESSAGES,
                most
                        + "'messages':[{'role':'user','content':'hi'},{'role':'assistant','content':[{'type':'tool_use','id':'c1','name':'f','input':{'a':'"
                        + million
                        + "'}}]},{'role':'user','content':[{'type':'tool_result','tool_use_id':'c1','content':'x'}]}]",
                "ok"));
        cases.add(new Case(
                "a result of no call",
                MESSAGES,
                most
                        + "'messages':[{'role':'user','content':[{'type':'tool_result','tool_use_id':'c9','content':'x'}]}]",
                "messages[0].content[0].tool_use_id"));

        cases.add(new Case("an empty prompt", COMPLETIONS, "'prompt':''", "ok"));
        cases.add(new Case("no prompt", COMPLETIONS, "'max_tokens':5", "prompt"));
        cases.add(new Case("a prompt of objects", COMPLETIONS, "'prompt':[{}]", "prompt"));
        cases.add(new Case("control characters", COMPLETIONS, "'prompt':'a\\u0000b'", "ok"));
        return cases;
    }

    /** In the error shape of each dialect, with the field. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                CHAT + " | 'messages':[{'role':'user','content':[{'type':'image_url','image_url':{'url':'DATA'}}]}]",
                RESPONSES + " | 'input':[{'role':'user','content':[{'type':'input_image','image_url':'DATA'}]}]",
                MESSAGES
                        + " | 'max_tokens':9,'messages':[{'role':'user','content':[{'type':'image','source':{'type':'base64','media_type':'image/png','data':'AAAA'}}]}]"
            })
    void anImageWhereTheModelSeesNone(String path, String body) throws Exception {
        String json = ("{'model':'blind/m'," + body + "}").replace("DATA", "data:image/png;base64,AAAA");
        TestNode.Reply reply = node.send("POST", path, json.replace('\'', '"'), node.apiKey());
        assertThat(reply.status()).as(reply.text()).isEqualTo(400);
        assertThat(reply.body().at("/error/type").asText()).isEqualTo("invalid_request_error");
    }

    @TestFactory
    Stream<DynamicTest> neverMoreThanABadRequest() {
        return cases().stream()
                .map(one -> DynamicTest.dynamicTest(one.path() + ": " + one.name(), () -> {
                    for (String adapter : ADAPTERS.keySet()) {
                        assertThat(outcome(one, adapter)).as(adapter).isEqualTo(one.outcome(adapter));
                    }
                }));
    }

    /** {@code ok}, or the field that a 400 names. */
    private static String outcome(Case one, String adapter) throws Exception {
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
        String field = reply.param();
        return field == null ? reply.body().at("/error/details/param").asText() : field;
    }
}
