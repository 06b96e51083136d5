package dev.switchboard.node.providers;

import static dev.switchboard.node.providers.BadInputCases.COMPLETIONS;
import static dev.switchboard.node.providers.BadInputCases.CYCLE;
import static dev.switchboard.node.providers.BadInputCases.HI;
import static dev.switchboard.node.providers.BadInputCases.MESSAGES;
import static dev.switchboard.node.providers.BadInputCases.MILLION;
import static dev.switchboard.node.providers.BadInputCases.NO_SCHEMA;
import static dev.switchboard.node.providers.BadInputCases.RESPONSES;
import static dev.switchboard.node.providers.BadInputCases.exploding;

import dev.switchboard.node.providers.BadInputCases.Case;
import java.util.ArrayList;
import java.util.List;

/** What {@link BadInputTest} sends in the dialects that become chats. */
final class BadDialectCases {
    private static final String MOST = "'max_tokens':9,";

    private BadDialectCases() {}

    static List<Case> responses() {
        List<Case> cases = new ArrayList<>();
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
        cases.add(new Case(
                "a schema that is none",
                RESPONSES,
                "'input':'hi','text':{'format':{'type':'json_schema','name':'r','schema':" + NO_SCHEMA + "}}",
                "text.format"));
        cases.add(new Case("a field of another dialect", RESPONSES, "'input':'hi','logprobs':true", "logprobs"));
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
                "tools[0].name"));
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
                        + MILLION + "\\'}'},{'type':'function_call_output','call_id':'c1','output':'x'}]",
                "ok"));
        cases.add(new Case(
                "1 MB of broken arguments",
                RESPONSES,
                "'input':[{'role':'user','content':'hi'},{'type':'function_call','call_id':'c1','name':'f','arguments':'{\\'a\\':\\'"
                        + MILLION + "'},{'type':'function_call_output','call_id':'c1','output':'x'}]",
                "ok",
                "google=input[1]"));
        cases.add(new Case(
                "a result of no call",
                RESPONSES,
                "'input':[{'role':'user','content':'hi'},{'type':'function_call_output','call_id':'c9','output':'x'}]",
                "input[1].call_id"));
        return cases;
    }

    static List<Case> messages() {
        List<Case> cases = new ArrayList<>();
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
        cases.add(new Case(
                "a schema with cycles",
                MESSAGES,
                MOST + HI + ",'tools':[{'name':'f','input_schema':" + CYCLE + "}]",
                "ok"));
        cases.add(new Case(
                "a schema that explodes",
                MESSAGES,
                MOST + HI + ",'tools':[{'name':'f','input_schema':" + exploding() + "}]",
                "ok",
                "google=tools[0].input_schema"));
        cases.add(new Case(
                "control characters in a name",
                MESSAGES,
                MOST + HI + ",'tools':[{'name':'f\\u0000','input_schema':{'type':'object'}}]",
                "tools[0].name"));
        cases.add(new Case(
                "an unknown role",
                MESSAGES,
                MOST + "'messages':[{'role':'wizard','content':'hi'}]",
                "messages[0].role"));
        cases.add(new Case(
                "a schema that is none",
                MESSAGES,
                MOST + HI + ",'output_config':{'format':{'type':'json_schema','schema':" + NO_SCHEMA + "}}",
                "output_config.format"));
        cases.add(new Case(
                "a schema that is none, in the field's earlier place",
                MESSAGES,
                MOST + HI + ",'output_format':{'type':'json_schema','schema':" + NO_SCHEMA + "}",
                "output_format"));
        cases.add(new Case("empty text", MESSAGES, MOST + "'messages':[{'role':'user','content':''}]", "ok"));
        cases.add(new Case("no blocks", MESSAGES, MOST + "'messages':[{'role':'user','content':[]}]", "messages"));
        cases.add(new Case(
                "an unknown block",
                MESSAGES,
                MOST + "'messages':[{'role':'user','content':[{'type':'spell'}]}]",
                "messages[0].content[0].type"));
        cases.add(new Case(
                "content that is a number",
                MESSAGES,
                MOST + "'messages':[{'role':'user','content':7}]",
                "messages[0].content"));
        cases.add(new Case(
                "an image at a private address",
                MESSAGES,
                MOST
                        + "'messages':[{'role':'user','content':[{'type':'image','source':{'type':'url','url':'http://127.0.0.1:9/a.png'}}]}]",
                "messages[0].content[0]",
                "openai=ok",
                "google=messages[0].content[0].image_url"));
        cases.add(new Case(
                "an image of odd data",
                MESSAGES,
                MOST
                        + "'messages':[{'role':'user','content':[{'type':'image','source':{'type':'base64','media_type':7,'data':{}}}]}]",
                "messages[0].content[0].source.media_type"));
        cases.add(new Case(
                "1 MB of arguments",
                MESSAGES,
                MOST
                        + "'messages':[{'role':'user','content':'hi'},{'role':'assistant','content':[{'type':'tool_use','id':'c1','name':'f','input':{'a':'"
                        + MILLION
                        + "'}}]},{'role':'user','content':[{'type':'tool_result','tool_use_id':'c1','content':'x'}]}]",
                "ok"));
        cases.add(new Case(
                "a result of no call",
                MESSAGES,
                MOST
                        + "'messages':[{'role':'user','content':[{'type':'tool_result','tool_use_id':'c9','content':'x'}]}]",
                "messages[0].content[0].tool_use_id"));
        return cases;
    }

    static List<Case> completions() {
        List<Case> cases = new ArrayList<>();
        cases.add(new Case("several prompts", COMPLETIONS, "'prompt':['a','b']", "prompt"));
        cases.add(new Case("a suffix", COMPLETIONS, "'prompt':'a','suffix':'b'", "suffix"));
        cases.add(new Case(
                "fields that are null",
                COMPLETIONS,
                "'prompt':'a','suffix':null,'logprobs':null,'stop':null,'echo':null",
                "ok"));
        cases.add(new Case("an empty prompt", COMPLETIONS, "'prompt':''", "ok"));
        cases.add(new Case("no prompt", COMPLETIONS, "'max_tokens':5", "prompt"));
        cases.add(new Case("a prompt of objects", COMPLETIONS, "'prompt':[{}]", "prompt"));
        cases.add(new Case("control characters", COMPLETIONS, "'prompt':'a\\u0000b'", "ok"));
        return cases;
    }
}
