package dev.switchboard.node.dialect.completions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.openai.core.ObjectMappers;
import com.openai.models.completions.Completion;
import dev.switchboard.node.chat.InvalidRequest;
import dev.switchboard.node.chat.Json;
import dev.switchboard.node.dialect.Frames;
import dev.switchboard.node.dialect.Rendering;
import dev.switchboard.node.dialect.UpstreamAnswer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CompletionsTest {
    private static ObjectNode json(String text) {
        JsonNode node = Json.parseOrNull(text.replace('\'', '"'));
        assertThat(node).as(text).isNotNull();
        return (ObjectNode) node;
    }

    @Test
    void thePromptIsTheOneUserMessage() throws Exception {
        var request = CompletionsRequest.translate(
                json("{'model':'m','prompt':['once'],'max_tokens':7,'stop':'.','n':2,'echo':true,'suffix':null}"));
        assertThat(request.chat().root())
                .isEqualTo(json(
                        "{'model':'m','max_tokens':7,'n':2,'stop':'.','messages':[{'role':'user','content':'once'}]}"));
        assertThat(request.echo()).isEqualTo("once");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{} | prompt",
                "{'prompt':[1,2]} | prompt",
                "{'prompt':['a','b']} | prompt",
                "{'prompt':'a','suffix':'b'} | suffix",
                "{'prompt':'a','best_of':2} | best_of",
                "{'prompt':'a','logprobs':1} | logprobs",
                "{'prompt':'a','max_tokens':0} | max_tokens",
                "{'prompt':'a','echo':'x'} | echo",
                "{'prompt':'a','messages':[]} | messages",
            })
    void badInputNamesItsField(String body, String field) {
        InvalidRequest refused =
                catchThrowableOfType(InvalidRequest.class, () -> CompletionsRequest.translate(json(body)));
        assertThat(refused).as(body).isNotNull();
        assertThat(refused.param()).isEqualTo(field);
    }

    @Test
    void theOfficialClientReadsAnAnswer() throws Exception {
        UpstreamAnswer answer = new UpstreamAnswer("", " upon a time", List.of(), "length", 3, 4);
        Completion completion = ObjectMappers.jsonMapper()
                .readValue(
                        new CompletionsRendering("once")
                                .answer(answer.completion())
                                .utf8String(),
                        Completion.class)
                .validate();
        assertThat(completion.choices().get(0).text()).isEqualTo("once upon a time");
        assertThat(completion.choices().get(0).finishReason().asString()).isEqualTo("length");
        assertThat(completion.id()).isEqualTo("cmpl-abc-1");
    }

    @Provide
    Arbitrary<UpstreamAnswer> texts() {
        return UpstreamAnswer.any().filter(answer -> answer.calls().isEmpty());
    }

    @Property(tries = 100)
    void aStreamSaysWhatTheWholeAnswerSays(@ForAll("texts") UpstreamAnswer answer, @ForAll long seed) {
        JsonNode whole = Json.parseOrNull(new CompletionsRendering("e: ").answer(answer.completion()));
        Rendering rendering = new CompletionsRendering("e: ");
        List<JsonNode> chunks = new ArrayList<>();
        String[] frames =
                Frames.text(rendering, answer.events(new Random(seed))).split("\n\n");
        for (String frame : frames) {
            assertThat(frame).startsWith("data: ");
            if (!frame.equals("data: [DONE]")) {
                chunks.add(Json.parseOrNull(frame.substring(6)));
            }
        }
        assertThat(frames[frames.length - 1]).isEqualTo("data: [DONE]");
        StringBuilder text = new StringBuilder();
        String finish = "";
        JsonNode usage = Json.object();
        for (JsonNode chunk : chunks) {
            assertThat(chunk.path("object").asText()).isEqualTo("text_completion");
            for (JsonNode choice : chunk.path("choices")) {
                text.append(choice.path("text").asText());
                finish = choice.path("finish_reason").asText(finish);
            }
            usage = chunk.has("usage") ? chunk.path("usage") : usage;
        }
        assertThat(text.toString())
                .isEqualTo(whole.path("choices").get(0).path("text").asText());
        assertThat(finish)
                .isEqualTo(whole.path("choices").get(0).path("finish_reason").asText());
        assertThat(usage).isEqualTo(whole.path("usage"));
    }
}
