package dev.switchboard.node.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.switchboard.node.chat.Json;
import dev.switchboard.node.dialect.anthropic.MessagesRequest;
import dev.switchboard.node.dialect.completions.CompletionsRequest;
import dev.switchboard.node.dialect.responses.ResponsesRequest;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FieldNamesTest {
    private static ObjectNode json(String text) {
        return (ObjectNode) Json.parseOrNull(text.replace('\'', '"'));
    }

    @ParameterizedTest
    @CsvSource({
        "messages[0].content, instructions",
        "messages[1].content[1].image_url, input[0].content[1].image_url",
        "messages[2].tool_calls[1].function.arguments, input[1]",
        "messages[3].tool_call_id, input[3]",
        "messages[9].role, messages[9].role",
        "messages, input",
        "tools[2].function.parameters, tools[2].parameters",
        "max_tokens, max_output_tokens",
        "response_format.json_schema.schema, text.format.schema",
        "reasoning_effort, reasoning.effort",
        "top_p, top_p"
    })
    void fieldsOfResponses(String field, String name) throws Exception {
        FieldNames names = ResponsesRequest.translate(
                        json(
                                "{'instructions':'brief','input':[{'role':'user','content':[{'type':'input_text','text':'a'},{'type':'input_image','image_url':'http://x/y'}]},"
                                        + "{'type':'function_call','call_id':'1','name':'f','arguments':'{}'},{'type':'function_call','call_id':'2','name':'f','arguments':'{}'},"
                                        + "{'type':'function_call_output','call_id':'1','output':'x'}]}"),
                        Map.of())
                .names();
        assertThat(names.of(field)).isEqualTo(name);
    }

    @ParameterizedTest
    @CsvSource({
        "messages[0].content, system",
        "messages[1].content[0].image_url, messages[0].content[0].image_url",
        "messages[3].content, messages[2]",
        "messages[4].content[0], messages[2]",
        "tools[0].function.parameters, tools[0].input_schema",
        "tools[0].function.name, tools[0].name",
        "stop, stop_sequences",
        "reasoning_effort, thinking",
        "parallel_tool_calls, tool_choice.disable_parallel_tool_use"
    })
    void fieldsOfMessages(String field, String name) throws Exception {
        FieldNames names = MessagesRequest.translated(
                        json(
                                "{'max_tokens':9,'system':'brief','messages':[{'role':'user','content':[{'type':'image','source':{'type':'url','url':'http://x/y'}},{'type':'text','text':'a'}]},"
                                        + "{'role':'assistant','content':[{'type':'tool_use','id':'1','name':'f','input':{}}]},"
                                        + "{'role':'user','content':[{'type':'tool_result','tool_use_id':'1','content':'x'},{'type':'text','text':'and'}]}]}"),
                        new MessagesRequest.Naming("auto", false))
                .names();
        assertThat(names.of(field)).isEqualTo(name);
    }

    @Test
    void theMessageOfCompletionsIsThePromptAndChatsKeepTheirNames() {
        assertThat(CompletionsRequest.NAMES.of("messages[0].content")).isEqualTo("prompt");
        assertThat(CompletionsRequest.NAMES.of("logit_bias")).isEqualTo("logit_bias");
        assertThat(FieldNames.SAME.of("messages[0].content")).isEqualTo("messages[0].content");
    }
}
