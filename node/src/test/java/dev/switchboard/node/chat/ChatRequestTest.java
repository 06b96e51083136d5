package dev.switchboard.node.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import akka.util.ByteString;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChatRequestTest {
    private static final String USER = "{\"role\":\"user\",\"content\":\"hello\"}";

    private static ChatRequest parse(String json) throws InvalidRequest {
        return ChatRequest.parse(ByteString.fromString(json));
    }

    private static ChatRequest with(String fields) throws InvalidRequest {
        return parse("{" + fields + (fields.isEmpty() ? "" : ",") + "\"messages\":[" + USER + "]}");
    }

    private static InvalidRequest refused(String json) {
        InvalidRequest refusal = catchThrowableOfType(InvalidRequest.class, () -> parse(json));
        assertThat(refusal).as(json).isNotNull();
        return refusal;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "  ",
                "null",
                "[]",
                "\"x\"",
                "{",
                "{\"messages\":[",
                "{\"messages\":[]} trailing",
                "{'a':1}",
                "{\"messages\":[{\"role\":\"user\",\"content\":\"\u0001\"}]}"
            })
    void refusesWhatIsNoJsonObject(String body) {
        assertThat(refused(body).text()).isNotBlank();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{} | messages",
                "{\"messages\":null} | messages",
                "{\"messages\":[]} | messages",
                "{\"messages\":{}} | messages",
                "{\"messages\":[1]} | messages[0]",
                "{\"messages\":[{\"content\":\"x\"}]} | messages[0].role",
                "{\"messages\":[{\"role\":\"king\",\"content\":\"x\"}]} | messages[0].role",
                "{\"messages\":[{\"role\":\"user\"}]} | messages[0].content",
                "{\"messages\":[{\"role\":\"user\",\"content\":7}]} | messages[0].content",
                "{\"messages\":[{\"role\":\"user\",\"content\":[{\"text\":\"x\"}]}]} | messages[0].content[0]",
                "{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\"}]}]} | messages[0].content[0].image_url",
                "{\"messages\":[{\"role\":\"tool\",\"content\":\"x\"}]} | messages[0].tool_call_id",
                "{\"messages\":[{\"role\":\"assistant\",\"tool_calls\":[{\"function\":{\"name\":\"a\\u0007b\"}}]}]} | messages[0].tool_calls[0].function.name"
            })
    void namesTheMessageAtFault(String body, String param) {
        assertThat(refused(body).param()).isEqualTo(param);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"model\":7 | model",
                "\"models\":\"a\" | models",
                "\"models\":[1] | models",
                "\"stream\":\"yes\" | stream",
                "\"temperature\":3 | temperature",
                "\"temperature\":\"hot\" | temperature",
                "\"top_p\":-0.1 | top_p",
                "\"n\":0 | n",
                "\"max_tokens\":0 | max_tokens",
                "\"max_tokens\":1.5 | max_tokens",
                "\"max_completion_tokens\":99999999999 | max_completion_tokens",
                "\"stop\":[1] | stop",
                "\"stream_options\":[] | stream_options",
                "\"stream_options\":{\"include_usage\":1} | stream_options.include_usage",
                "\"tools\":{} | tools",
                "\"tools\":[{\"type\":\"function\"}] | tools[0].function",
                "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"a\\nb\"}}] | tools[0].function.name",
                "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"a\",\"parameters\":[]}}] | tools[0].function.parameters",
                "\"tool_choice\":1 | tool_choice",
                "\"response_format\":\"json\" | response_format"
            })
    void namesTheFieldAtFault(String field, String param) {
        assertThat(refused("{" + field + ",\"messages\":[" + USER + "]}").param())
                .isEqualTo(param);
    }

    @Test
    void nullIsAbsentAndRolesAndArgumentsAreTakenLiberally() throws Exception {
        ChatRequest request = parse("{\"model\":null,\"stream\":null,\"tools\":null,\"temperature\":null,\"messages\":["
                + "{\"role\":\"developer\",\"content\":\"be brief\"}," + USER
                + ",{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[{\"id\":\"1\",\"type\":\"function\","
                + "\"function\":{\"name\":\"f\",\"arguments\":{\"a\":1}}}]},"
                + "{\"role\":\"tool\",\"tool_call_id\":\"1\",\"content\":null}]}");
        assertThat(request.model()).isEmpty();
        assertThat(request.stream()).isFalse();
        assertThat(request.needsTools()).isFalse();
        assertThat(request.fingerprintText()).isEqualTo("be brief\u0000hello");
    }

    @Test
    void factsComeFromTheBody() throws Exception {
        ChatRequest request = parse(
                "{\"model\":\"x/y\",\"models\":[\"a\",\"b\"],\"stream\":true,"
                        + "\"stream_options\":{\"include_usage\":true},\"max_tokens\":100,"
                        + "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}],\"messages\":[{\"role\":\"user\","
                        + "\"content\":[{\"type\":\"text\",\"text\":\"what\"},{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:x\"}}]}]}");
        assertThat(request.model()).contains("x/y");
        assertThat(request.models()).isEqualTo(List.of("a", "b"));
        assertThat(request.stream()).isTrue();
        assertThat(request.includeUsage()).isTrue();
        assertThat(request.needsTools()).isTrue();
        assertThat(request.needsVision()).isTrue();
        // 4 characters of text, 46 of tools, an image.
        assertThat(request.promptTokens()).isEqualTo(13 + 765);
        assertThat(request.estimatedTokens()).isEqualTo(113 + 765);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"type\":\"image_url\",\"image_url\":{\"url\":\"https://x/y.png\"}} | 765",
                "{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:x\",\"detail\":\"high\"}} | 765",
                "{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:x\",\"detail\":\"low\"}} | 85",
                "{\"type\":\"image_url\",\"image_url\":\"data:x\"} | 765",
                "{\"type\":\"input_image\",\"image_url\":\"data:x\",\"detail\":\"low\"} | 85",
                "{\"type\":\"text\",\"text\":\"image_url\"},{\"type\":\"image_url\",\"image_url\":\"x\"},{\"type\":\"image_url\",\"image_url\":\"y\"} | 1533"
            })
    void imagesCountWhateverTheirSize(String parts, long tokens) throws Exception {
        ChatRequest request = parse("{\"messages\":[{\"role\":\"user\",\"content\":[" + parts + "]}]}");
        assertThat(request.promptTokens()).isEqualTo(tokens);
        assertThat(request.windowTokens()).isEqualTo(tokens);
        assertThat(request.estimatedTokens()).isEqualTo(tokens + 512);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"session_id\":\"s\",\"conversation\":\"c\" | s",
                "\"conversation\":\"c\",\"prompt_cache_key\":\"k\" | c",
                "\"conversation\":{\"id\":\"c\"} | c",
                "\"conversation_id\":\"c\" | c",
                "\"metadata\":{\"session_id\":\"m\",\"user_id\":\"u\"} | m",
                "\"metadata\":{\"user_id\":\"u\"},\"prompt_cache_key\":\"k\" | u",
                "\"prompt_cache_key\":\"k\" | k",
                "\"session_id\":\"  \",\"prompt_cache_key\":\"k\" | k"
            })
    void theFirstSessionHintWins(String fields, String hint) throws Exception {
        assertThat(with(fields).sessionHint()).contains(hint);
    }

    @Test
    void noHintNoSession() throws Exception {
        assertThat(with("\"session_id\":null,\"metadata\":{}").sessionHint()).isEmpty();
    }

    @Test
    void unchangedFieldsKeepTheirBytes() throws Exception {
        String body = " {\n \"messages\" : [ " + USER
                + " ] ,\t\"temperature\":0.10, \"x\" : { \"z\":1E+2 }\r\n,\"gone\":null , \"model\":\"a,b\" } ";
        Map<String, JsonNode> changes = new LinkedHashMap<>();
        changes.put("model", TextNode.valueOf("new"));
        changes.put("absent", null);
        assertThat(parse(body).with(changes).utf8String())
                .isEqualTo("{\"messages\" : [ " + USER
                        + " ],\"temperature\":0.10,\"x\" : { \"z\":1E+2 },\"model\":\"new\"}");
    }

    @Test
    void whateverIsSetReadsBackTheSame() throws Exception {
        String odd = "a\"\\\u0001\u00e9\u2028\uD83D\uDE00/";
        Map<String, JsonNode> changes = new LinkedHashMap<>();
        changes.put("model", TextNode.valueOf(odd));
        changes.put(odd, BooleanNode.FALSE);
        ObjectNode read =
                (ObjectNode) Json.parse(parse("{\"messages\":[" + USER + "]}").with(changes));
        assertThat(read.path("model").textValue()).isEqualTo(odd);
        assertThat(read.path(odd)).isEqualTo(BooleanNode.FALSE);

        changes.replaceAll((name, value) -> null);
        changes.put("messages", null);
        assertThat(parse("{\"messages\":[" + USER + "]}").with(changes).utf8String())
                .isEqualTo("{}");
    }

    @Test
    void aByteOrderMarkIsForgiven() throws Exception {
        assertThat(parse("\uFEFF{\"messages\":[" + USER + "]}").bytes().utf8String())
                .startsWith("{\"messages\"");
    }

    @Test
    void whereJsonBreaksIsToldWithoutTheReadersOwnWords() {
        assertThat(refused("{\"messages\":[").text())
                .contains("line: 1, column: 13")
                .doesNotContain("Source");
    }

    @Test
    void depthIsBounded() {
        String deep = "[".repeat(300) + "]".repeat(300);
        InvalidRequest refused = refused("{\"messages\":[" + USER + "],\"x\":" + deep + "}");
        assertThat(refused.code()).isEqualTo("invalid_json");
        assertThat(refused.text()).contains("depth (201)").endsWith("the maximum allowed (200)");
    }

    @Property(tries = 500)
    void anyBytesAreARequestOrARefusal(@ForAll byte[] noise) {
        try {
            assertThat(ChatRequest.parse(ByteString.fromArray(noise)).messages())
                    .isNotEmpty();
        } catch (InvalidRequest e) {
            assertThat(e.text()).isNotBlank();
        }
    }
}
