package dev.switchboard.node.providers;

import java.util.ArrayList;
import java.util.List;

/** What {@link BadInputTest} sends: chats here, the other dialects in {@link BadDialectCases}. */
final class BadInputCases {
    private BadInputCases() {}

    /** A request without its model, in single quotes, and what each wire format makes of it. */
    record Case(String name, String path, String body, String... outcomes) {
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

    static final String CHAT = "/v1/chat/completions";
    static final String RESPONSES = "/v1/responses";
    static final String MESSAGES = "/v1/messages";
    static final String COMPLETIONS = "/v1/completions";
    static final String HI = "'messages':[{'role':'user','content':'hi'}]";
    static final String NO_SCHEMA = "{'type':'object','properties':{'a':{'type':5}}}";
    static final String CYCLE = "{'type':'object','properties':{'me':{'$ref':'#'},'next':{'$ref':'#/$defs/n'}},"
            + "'$defs':{'n':{'type':'object','properties':{'n':{'$ref':'#/$defs/n'},'m':{'anyOf':[{'$ref':'#/$defs/n'},{'type':'null'}]}}}}}";

    static String tool(String name, String schema) {
        return "'tools':[{'type':'function','function':{'name':'" + name + "','parameters':" + schema + "}}]";
    }

    static String called(String arguments, String id) {
        return "'messages':[{'role':'user','content':'hi'},{'role':'assistant','content':null,'tool_calls':[{'id':'c1',"
                + "'type':'function','function':{'name':'f','arguments':" + arguments + "}}]},"
                + "{'role':'tool','tool_call_id':'" + id + "','content':'done'}]";
    }

    static String exploding() {
        StringBuilder defs = new StringBuilder("'d0':{'type':'string'}");
        for (int i = 1; i < 40; i++) {
            String ref = "{'$ref':'#/$defs/d" + (i - 1) + "'}";
            defs.append(",'d" + i + "':{'type':'object','properties':{'a':" + ref + ",'b':" + ref + "}}");
        }
        return "{'type':'object','properties':{'x':{'$ref':'#/$defs/d39'}},'$defs':{" + defs + "}}";
    }

    static String nested(int depth) {
        return "{'type':'object','properties':{'x':" + "{'type':'array','items':".repeat(depth) + "{'type':'string'}"
                + "}".repeat(depth) + "}}";
    }

    static final String MILLION = "x".repeat(1 << 20);

    /** All of them. */
    static List<Case> all() {
        List<Case> cases = new ArrayList<>(chats());
        cases.addAll(BadDialectCases.responses());
        cases.addAll(BadDialectCases.messages());
        cases.addAll(BadDialectCases.completions());
        return cases;
    }

    private static List<Case> chats() {
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
        cases.add(new Case("1 MB of arguments", CHAT, called("'{\\'a\\':\\'" + MILLION + "\\'}'", "c1"), "ok"));
        cases.add(new Case(
                "1 MB of broken arguments",
                CHAT,
                called("'{\\'a\\':\\'" + MILLION + "'", "c1"),
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
                "a response schema that is none",
                CHAT,
                HI + ",'response_format':{'type':'json_schema','json_schema':{'name':'r','schema':" + NO_SCHEMA + "}}",
                "response_format"));
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
                "logprobs", CHAT, HI + ",'logprobs':true,'top_logprobs':2", "ok", "google,cohere,cloudflare=logprobs"));
        cases.add(new Case(
                "no parallel calls",
                CHAT,
                HI + ",'parallel_tool_calls':false," + tool("f", "{'type':'object'}"),
                "ok"));
        cases.add(new Case("a limit of the newer name", CHAT, HI + ",'max_completion_tokens':9", "ok"));
        cases.add(new Case(
                "an effort", CHAT, HI + ",'reasoning_effort':'low'", "ok", "cohere,cloudflare=reasoning_effort"));
        cases.add(new Case("metadata that is text", CHAT, HI + ",'metadata':'x'", "metadata"));
        return cases;
    }
}
