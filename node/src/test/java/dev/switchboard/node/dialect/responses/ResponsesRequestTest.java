package dev.switchboard.node.dialect.responses;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.switchboard.node.chat.InvalidRequest;
import dev.switchboard.node.chat.Json;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResponsesRequestTest {
    private static final String TOOL =
            "{'type':'function','name':'f','description':'d','strict':true,'parameters':{'type':'object'}}";

    private static JsonNode json(String text) {
        JsonNode node = Json.parseOrNull(text.replace('\'', '"').replace("^", "\\\""));
        assertThat(node).as(text).isNotNull();
        return node;
    }

    private static ResponsesRequest.Translated translate(String text) throws InvalidRequest {
        return ResponsesRequest.translate((ObjectNode) json(text), Map.of());
    }

    @Test
    void aTextIsOneUserMessage() throws Exception {
        ResponsesRequest.Translated request = translate("{'model':'auto','input':'hi','instructions':'be kind'}");
        assertThat(request.chat().root())
                .isEqualTo(
                        json(
                                "{'model':'auto','messages':[{'role':'system','content':'be kind'},{'role':'user','content':'hi'}]}"));
        assertThat(request.store()).isTrue();
        assertThat(request.messages()).isEqualTo(json("[{'role':'user','content':'hi'}]"));
    }

    @Test
    void whatCodexSendsBecomesChatMessages() throws Exception {
        ResponsesRequest.Translated request = translate(
                """
                {'model':'auto','instructions':'You are a coding agent','store':false,'stream':true,
                 'include':['reasoning.encrypted_content'],'prompt_cache_key':'conv-1','parallel_tool_calls':false,
                 'reasoning':{'effort':'high','summary':'auto'},'tool_choice':'auto','max_output_tokens':50,
                 'text':{'verbosity':'low','format':{'type':'json_schema','name':'n','strict':true,'schema':{'type':'object'}}},
                 'input':[
                  {'type':'message','role':'developer','content':[{'type':'input_text','text':'rules'}]},
                  {'type':'message','role':'user','content':[{'type':'input_text','text':'look'},
                    {'type':'input_image','image_url':'data:image/png;base64,AA','detail':'low'}]},
                  {'type':'reasoning','id':'rs_1','summary':[],'encrypted_content':'zzz'},
                  {'type':'message','id':'m','role':'assistant','status':'completed','content':[{'type':'output_text','text':'I run','annotations':[]}]},
                  {'type':'function_call','id':'fc','call_id':'c1','name':'f','arguments':'{^a^:1}','status':'completed'},
                  {'type':'function_call','call_id':'c2','name':'f','arguments':''},
                  {'type':'function_call_output','call_id':'c1','output':'one'},
                  {'type':'function_call_output','call_id':'c2','output':[{'type':'input_text','text':'two'},
                    {'type':'input_image','image_url':'https://x.test/a.png'}]},
                  {'role':'user','content':'go on'}],
                 'tools':[%s]}
                """
                        .formatted(TOOL));

        assertThat(request.chat().root())
                .isEqualTo(
                        json(
                                """
                                {'model':'auto','messages':[
                                  {'role':'system','content':'You are a coding agent'},
                                  {'role':'developer','content':'rules'},
                                  {'role':'user','content':[{'type':'text','text':'look'},
                                    {'type':'image_url','image_url':{'url':'data:image/png;base64,AA','detail':'low'}}]},
                                  {'role':'assistant','content':'I run','tool_calls':[
                                    {'id':'c1','type':'function','function':{'name':'f','arguments':'{^a^:1}'}},
                                    {'id':'c2','type':'function','function':{'name':'f','arguments':'{}'}}]},
                                  {'role':'tool','tool_call_id':'c1','content':'one'},
                                  {'role':'tool','tool_call_id':'c2','content':'two'},
                                  {'role':'user','content':[{'type':'image_url','image_url':{'url':'https://x.test/a.png'}}]},
                                  {'role':'user','content':'go on'}],
                                 'max_tokens':50,'stream':true,'stream_options':{'include_usage':true},
                                 'tools':[{'type':'function','function':{'name':'f','description':'d','parameters':{'type':'object'},'strict':true}}],
                                 'tool_choice':'auto','parallel_tool_calls':false,'reasoning_effort':'high','verbosity':'low',
                                 'response_format':{'type':'json_schema','json_schema':{'name':'n','schema':{'type':'object'},'strict':true}},
                                 'session_id':'conv-1'}
                                """));
        assertThat(request.store()).isFalse();
    }

    @Test
    void aPreviousResponseIsPutBeforeTheInput() throws Exception {
        ArrayNode earlier = (ArrayNode)
                json(
                        "[{'role':'user','content':'a'},{'role':'assistant','content':null,'tool_calls':[{'id':'c1','type':'function','function':{'name':'f','arguments':'{}'}}]}]");
        ObjectNode source = (ObjectNode)
                json(
                        "{'previous_response_id':'resp_x','instructions':'new','input':[{'type':'function_call_output','call_id':'c1','output':'o'}]}");
        assertThat(ResponsesRequest.needs(source)).containsExactly("resp_x");

        ResponsesRequest.Translated request =
                ResponsesRequest.translate(source, Map.of("resp_x", new Kept(Json.object(), earlier)));

        assertThat(request.chat().messages())
                .isEqualTo(
                        json(
                                "[{'role':'system','content':'new'},{'role':'user','content':'a'},{'role':'assistant','content':null,'tool_calls':[{'id':'c1','type':'function','function':{'name':'f','arguments':'{}'}}]},{'role':'tool','tool_call_id':'c1','content':'o'}]"));
        assertThat(earlier).hasSize(2);
    }

    @Test
    void aReferenceIsTheItemItNames() throws Exception {
        ObjectNode response = (ObjectNode)
                json(
                        "{'output':[{'id':'msg_abc_0','type':'message','role':'assistant','content':[{'type':'output_text','text':'said'}]}]}");
        ObjectNode source = (ObjectNode)
                json(
                        "{'input':[{'role':'user','content':'a'},{'type':'item_reference','id':'msg_abc_0'},{'role':'user','content':'b'}]}");
        assertThat(ResponsesRequest.needs(source)).containsExactly("resp_abc");

        var request =
                ResponsesRequest.translate(source, Map.of("resp_abc", new Kept(response, (ArrayNode) json("[]"))));

        assertThat(request.messages())
                .isEqualTo(
                        json(
                                "[{'role':'user','content':'a'},{'role':'assistant','content':'said'},{'role':'user','content':'b'}]"));
    }

    @Test
    void aChoiceAmongAllowedToolsLeavesTheOthersOut() throws Exception {
        var request = translate(
                "{'input':'x','tools':[" + TOOL
                        + ",{'type':'function','name':'g'}],'tool_choice':{'type':'allowed_tools','mode':'required','tools':[{'type':'function','name':'g'}]}}");
        assertThat(request.chat().root().path("tools"))
                .isEqualTo(json("[{'type':'function','function':{'name':'g'}}]"));
        assertThat(request.chat().root().path("tool_choice").asText()).isEqualTo("required");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{} | input",
                "{'input':5} | input",
                "{'input':[]} | input",
                "{'input':[5]} | input[0]",
                "{'input':[{'content':'x'}]} | input[0].type",
                "{'input':[{'role':'robot','content':'x'}]} | input[0].role",
                "{'input':[{'role':'user'}]} | input[0].content",
                "{'input':[{'role':'user','content':[{'type':'input_video'}]}]} | input[0].content[0].type",
                "{'input':[{'role':'user','content':[{'type':'input_image','file_id':'f'}]}]} | input[0].content[0].file_id",
                "{'input':[{'role':'user','content':[{'type':'input_image'}]}]} | input[0].content[0].image_url",
                "{'input':[{'type':'web_search_call','id':'w'}]} | input[0].type",
                "{'input':[{'type':'function_call','name':'f','arguments':'{}'}]} | input[0].call_id",
                "{'input':[{'type':'function_call_output','call_id':'c','output':'o'}]} | input[0].call_id",
                "{'input':[{'type':'item_reference','id':'msg_zzz_0'}]} | input[0].id",
                "{'input':'x','previous_response_id':'resp_none'} | previous_response_id",
                "{'input':'x','tools':[{'type':'web_search'}]} | tools[0].type",
                "{'input':'x','tools':[{'type':'custom'}]} | tools[0].name",
                "{'input':'x','tools':[{'type':'function'}]} | tools[0].name",
                "{'input':'x','tool_choice':'required'} | tool_choice",
                "{'input':'x','tool_choice':{'type':'file_search'}} | tool_choice.type",
                "{'input':'x','tool_choice':{'type':'function','name':'f'}} | tool_choice.name",
                "{'input':'x','background':true} | background",
                "{'input':'x','truncation':'auto'} | truncation",
                "{'input':'x','top_logprobs':2} | top_logprobs",
                "{'input':'x','max_output_tokens':0} | max_output_tokens",
                "{'input':'x','temperature':3} | temperature",
                "{'input':'x','text':{'format':{'type':'yaml'}}} | text.format.type",
                "{'input':'x','text':{'format':{'type':'json_schema'}}} | text.format.name",
                "{'input':'x','prompt':{'id':'p'}} | prompt",
                "{'input':'x','store':'no'} | store",
            })
    void badInputNamesItsField(String body, String field) {
        InvalidRequest refused = catchThrowableOfType(InvalidRequest.class, () -> translate(body));
        assertThat(refused).as(body).isNotNull();
        assertThat(refused.param()).isEqualTo(field);
    }
}
