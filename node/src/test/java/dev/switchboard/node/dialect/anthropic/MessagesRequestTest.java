package dev.switchboard.node.dialect.anthropic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import akka.util.ByteString;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.switchboard.node.chat.ChatRequest;
import dev.switchboard.node.chat.InvalidRequest;
import dev.switchboard.node.chat.Json;
import dev.switchboard.node.dialect.Fields;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MessagesRequestTest {
    private static final MessagesRequest.Naming AUTO = new MessagesRequest.Naming("auto", false);
    private static final String TOOL =
            "{'name':'get_weather','description':'d','input_schema':{'type':'object','properties':{'city':{'type':'string'}}}}";

    private static JsonNode json(String text) {
        JsonNode node = Json.parseOrNull(text.replace('\'', '"').replace("^", "\\\""));
        assertThat(node).as(text).isNotNull();
        return node;
    }

    private static ChatRequest translate(String text, MessagesRequest.Naming naming) throws InvalidRequest {
        return MessagesRequest.chat((ObjectNode) json(text), naming);
    }

    @Test
    void aConversationWithToolsAndImagesBecomesChatMessages() throws Exception {
        ChatRequest chat = translate(
                """
                {'model':'claude-sonnet-4-5','max_tokens':100,'stream':true,'temperature':0.5,'top_k':3,'top_p':0.9,
                 'stop_sequences':['END'],'metadata':{'user_id':'u-1'},
                 'system':[{'type':'text','text':'be kind','cache_control':{'type':'ephemeral'}},{'type':'text','text':'be short'}],
                 'messages':[
                  {'role':'user','content':[{'type':'text','text':'what is it?'},
                    {'type':'image','source':{'type':'base64','media_type':'image/png','data':'AAAA'}},
                    {'type':'image','source':{'type':'url','url':'https://x.test/a.png'}}]},
                  {'role':'assistant','content':[{'type':'thinking','thinking':'hm','signature':'s'},{'type':'text','text':'I look'},
                    {'type':'tool_use','id':'t1','name':'get_weather','input':{'city':'Rome'}},
                    {'type':'tool_use','id':'t2','name':'get_weather','input':{}}]},
                  {'role':'user','content':[
                    {'type':'tool_result','tool_use_id':'t1','content':'sunny'},
                    {'type':'tool_result','tool_use_id':'t2','is_error':true,'content':[{'type':'text','text':'no city'},
                       {'type':'image','source':{'type':'url','url':'https://x.test/b.png'}}]},
                    {'type':'text','text':'so?'}]}],
                 'tools':[%s],'tool_choice':{'type':'tool','name':'get_weather','disable_parallel_tool_use':true}}
                """
                        .formatted(TOOL),
                AUTO);

        assertThat(chat.root())
                .isEqualTo(
                        json(
                                """
                                {'model':'auto','messages':[
                                  {'role':'system','content':'be kind\\n\\nbe short'},
                                  {'role':'user','content':[{'type':'text','text':'what is it?'},
                                    {'type':'image_url','image_url':{'url':'data:image/png;base64,AAAA'}},
                                    {'type':'image_url','image_url':{'url':'https://x.test/a.png'}}]},
                                  {'role':'assistant','content':'I look','tool_calls':[
                                    {'id':'t1','type':'function','function':{'name':'get_weather','arguments':'{^city^:^Rome^}'}},
                                    {'id':'t2','type':'function','function':{'name':'get_weather','arguments':'{}'}}]},
                                  {'role':'tool','tool_call_id':'t1','content':'sunny'},
                                  {'role':'tool','tool_call_id':'t2','content':'Error: no city'},
                                  {'role':'user','content':[{'type':'image_url','image_url':{'url':'https://x.test/b.png'}},
                                    {'type':'text','text':'so?'}]}],
                                 'max_tokens':100,'temperature':0.5,'stop':['END'],'top_p':0.9,'top_k':3,
                                 'stream':true,'stream_options':{'include_usage':true},
                                 'tools':[{'type':'function','function':{'name':'get_weather','description':'d',
                                   'parameters':{'type':'object','properties':{'city':{'type':'string'}}}}}],
                                 'tool_choice':{'type':'function','function':{'name':'get_weather'}},
                                 'parallel_tool_calls':false,'session_id':'u-1'}
                                """));
        assertThat(chat.needsVision()).isTrue();
        assertThat(chat.sessionHint()).contains("u-1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"auto|\"auto\"", "any|\"required\"", "none|\"none\""})
    void toolChoicesHaveTheirWords(String type, String expected) throws Exception {
        ChatRequest chat = translate(
                "{'max_tokens':1,'messages':[{'role':'user','content':'x'}],'tools':[" + TOOL
                        + "],'tool_choice':{'type':'" + type + "'}}",
                AUTO);
        assertThat(chat.root().path("tool_choice").toString()).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"1024, low", "8000, medium", "32000, high"})
    void aThinkingBudgetIsAHintForOneChosenModelOnly(int budget, String effort) throws Exception {
        String body = "{'max_tokens':1,'thinking':{'type':'enabled','budget_tokens':" + budget
                + "},'messages':[{'role':'user','content':'x'}]}";
        assertThat(translate(body, new MessagesRequest.Naming("alpha/a", true))
                        .root()
                        .path("reasoning_effort")
                        .asText())
                .isEqualTo(effort);
        assertThat(translate(body, AUTO).root().has("reasoning_effort")).isFalse();
    }

    @Test
    void countingNeedsNoMaxTokens() throws Exception {
        ObjectNode body = (ObjectNode) json("{'messages':[{'role':'user','content':'twelve chars'}],'system':'four'}");
        assertThat(MessagesRequest.counted(body, AUTO).promptTokens()).isEqualTo(4);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'messages':[{'role':'user','content':'x'}]} | max_tokens",
                "{'max_tokens':0,'messages':[{'role':'user','content':'x'}]} | max_tokens",
                "{'max_tokens':'9','messages':[{'role':'user','content':'x'}]} | max_tokens",
                "{'max_tokens':9} | messages",
                "{'max_tokens':9,'messages':[]} | messages",
                "{'max_tokens':9,'messages':'x'} | messages",
                "{'max_tokens':9,'messages':[{'content':'x'}]} | messages[0].role",
                "{'max_tokens':9,'messages':[{'role':'robot','content':'x'}]} | messages[0].role",
                "{'max_tokens':9,'messages':[{'role':'user'}]} | messages[0].content",
                "{'max_tokens':9,'messages':[{'role':'user','content':7}]} | messages[0].content",
                "{'max_tokens':9,'messages':[{'role':'user','content':[{'type':'video'}]}]} | messages[0].content[0].type",
                "{'max_tokens':9,'messages':[{'role':'user','content':[{'text':'x'}]}]} | messages[0].content[0].type",
                "{'max_tokens':9,'messages':[{'role':'user','content':[{'type':'image'}]}]} | messages[0].content[0].source",
                "{'max_tokens':9,'messages':[{'role':'user','content':[{'type':'image','source':{'type':'file','file_id':'f'}}]}]} | messages[0].content[0].source.type",
                "{'max_tokens':9,'messages':[{'role':'user','content':[{'type':'tool_result','tool_use_id':'t'}]}]} | messages[0].content[0].tool_use_id",
                "{'max_tokens':9,'messages':[{'role':'user','content':'x'}],'tools':[{'type':'web_search_20250305','name':'web_search'}]} | tools[0].type",
                "{'max_tokens':9,'messages':[{'role':'user','content':'x'}],'tools':[{'name':'a'}]} | tools[0].input_schema",
                "{'max_tokens':9,'messages':[{'role':'user','content':'x'}],'tool_choice':{'type':'any'}} | tool_choice",
                "{'max_tokens':9,'messages':[{'role':'user','content':'x'}],'thinking':{'type':'enabled'}} | thinking.budget_tokens",
                "{'max_tokens':9,'messages':[{'role':'user','content':'x'}],'temperature':1.5} | temperature",
                "{'max_tokens':9,'messages':[{'role':'user','content':'x'}],'stream':'yes'} | stream",
                "{'max_tokens':9,'messages':[{'role':'user','content':'x'}],'mcp_servers':[{}]} | mcp_servers",
                "{'max_tokens':9,'messages':[{'role':'user','content':'x'}],'system':5} | system",
                "{'max_tokens':9,'messages':[{'role':'user','content':'x'}],'stop_sequences':[1]} | stop_sequences",
            })
    void badInputNamesItsField(String body, String field) {
        InvalidRequest refused = catchThrowableOfType(InvalidRequest.class, () -> translate(body, AUTO));
        assertThat(refused).as(body).isNotNull();
        assertThat(refused.param()).isEqualTo(field);
        assertThat(refused.text()).contains(field);
    }

    @Test
    void aBodyThatIsNoObjectIsRefused() {
        assertThat(catchThrowableOfType(InvalidRequest.class, () -> Fields.body(ByteString.fromString("[1]"))))
                .isNotNull();
        assertThat(catchThrowableOfType(InvalidRequest.class, () -> Fields.body(ByteString.fromString("{"))))
                .isNotNull();
    }
}
