package dev.switchboard.node.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import dev.switchboard.node.chat.Json;
import dev.switchboard.protocol.directory.AdapterKind;
import dev.switchboard.protocol.directory.Quirks;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Fields that clients send without asking for anything reach no provider that would refuse them; others are named. */
class AsksNothingTest {
    private static final String TOOLS = "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}]";

    /** Field, a value that asks for nothing, one that asks for something (none where every value is a mark). */
    private static final List<List<String>> FIELDS = List.of(
            List.of("user", "\"u-1\"", ""),
            List.of("metadata", "{\"a\":\"b\"}", ""),
            List.of("metadata", "{}", ""),
            List.of("store", "true", ""),
            List.of("store", "false", ""),
            List.of("prompt_cache_key", "\"k\"", ""),
            List.of("prompt_cache_retention", "\"24h\"", ""),
            List.of("safety_identifier", "\"s\"", ""),
            List.of("n", "1", "2"),
            List.of("presence_penalty", "0", "0.5"),
            List.of("frequency_penalty", "0.0", "-1"),
            List.of("repetition_penalty", "1.0", "1.1"),
            List.of("min_p", "0", "0.1"),
            List.of("top_k", "-1", "40"),
            List.of("logprobs", "false", "true"),
            List.of("top_logprobs", "0", "2"),
            List.of("logit_bias", "{}", "{\"1\":5}"),
            List.of("stop", "[]", "[\"x\"]"),
            List.of("functions", "[]", "[{\"name\":\"f\"}]"),
            List.of("tools", "[]", TOOLS.substring("\"tools\":".length())),
            List.of("tool_choice", "\"auto\"", "\"required\""),
            List.of("tool_choice", "\"none\"", "{\"type\":\"function\",\"function\":{\"name\":\"f\"}}"),
            List.of("function_call", "\"none\"", "{\"name\":\"f\"}"),
            List.of("parallel_tool_calls", "false", ""),
            List.of("parallel_tool_calls", "true", ""),
            List.of("modalities", "[\"text\"]", "[\"text\",\"audio\"]"),
            List.of("service_tier", "\"auto\"", "\"flex\""),
            List.of("service_tier", "\"default\"", "\"priority\""),
            List.of("verbosity", "\"medium\"", "\"low\""),
            List.of("response_format", "{\"type\":\"text\"}", "{\"type\":\"json_object\"}"));

    private static Stream<Arguments> everywhere() {
        List<Arguments> all = new ArrayList<>();
        for (List<String> row : FIELDS) {
            for (AdapterKind format : AdapterKind.values()) {
                all.add(Arguments.of(format, row.get(0), row.get(1), row.get(2)));
            }
        }
        return all.stream();
    }

    /** A platform whose entry refuses the field, whatever its format. */
    private static ChatCall call(AdapterKind format, String field, String fields) {
        Quirks quirks = new Quirks(Map.of(), List.of(field), Map.of(), null, null, null);
        return new ChatCall(
                Calls.request("{" + fields + ",\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]}"),
                Calls.platform(format, "https://alpha.test/v1", quirks, null),
                Calls.model("m"),
                "account:token");
    }

    private static JsonNode sent(ChatCall call) throws Inexpressible {
        return Objects.requireNonNull(Json.parseOrNull(Objects.requireNonNull(
                Adapter.of(call.platform().adapter()).chat(call).body())));
    }

    @ParameterizedTest
    @MethodSource("everywhere")
    void aValueThatAsksForNothingIsLeftOut(AdapterKind format, String field, String idle, String asking)
            throws Inexpressible {
        ChatCall call = call(format, field, "\"" + field + "\":" + idle);
        JsonNode without = sent(call(format, field, "\"seed\":null"));

        assertThat(sent(call)).isEqualTo(without);
    }

    @ParameterizedTest
    @MethodSource("everywhere")
    void aValueThatAsksForSomethingIsNamed(AdapterKind format, String field, String idle, String asking) {
        if (asking.isEmpty()) {
            assertThat(AsksNothing.field(
                            field,
                            call(format, field, "\"" + field + "\":" + idle).request()))
                    .isTrue();
            return;
        }
        Inexpressible refusal = catchThrowableOfType(
                Inexpressible.class, () -> sent(call(format, field, "\"" + field + "\":" + asking)));
        assertThat(refusal.field().field()).isEqualTo(field);
    }

    private static Stream<Arguments> foreign() {
        return Stream.of(
                Arguments.of(AdapterKind.GOOGLE, "logprobs"),
                Arguments.of(AdapterKind.GOOGLE, "top_logprobs"),
                Arguments.of(AdapterKind.GOOGLE, "logit_bias"),
                Arguments.of(AdapterKind.GOOGLE, "functions"),
                Arguments.of(AdapterKind.GOOGLE, "modalities"),
                Arguments.of(AdapterKind.GOOGLE, "service_tier"),
                Arguments.of(AdapterKind.GOOGLE, "verbosity"),
                Arguments.of(AdapterKind.COHERE, "n"),
                Arguments.of(AdapterKind.COHERE, "logprobs"),
                Arguments.of(AdapterKind.COHERE, "top_logprobs"),
                Arguments.of(AdapterKind.COHERE, "logit_bias"),
                Arguments.of(AdapterKind.COHERE, "functions"),
                Arguments.of(AdapterKind.COHERE, "modalities"),
                Arguments.of(AdapterKind.COHERE, "service_tier"),
                Arguments.of(AdapterKind.COHERE, "verbosity"),
                Arguments.of(AdapterKind.CLOUDFLARE, "n"),
                Arguments.of(AdapterKind.CLOUDFLARE, "logprobs"),
                Arguments.of(AdapterKind.CLOUDFLARE, "top_logprobs"),
                Arguments.of(AdapterKind.CLOUDFLARE, "logit_bias"),
                Arguments.of(AdapterKind.CLOUDFLARE, "modalities"),
                Arguments.of(AdapterKind.CLOUDFLARE, "service_tier"),
                Arguments.of(AdapterKind.CLOUDFLARE, "verbosity"));
    }

    /** The formats' own lists, without help of an entry. */
    @ParameterizedTest
    @MethodSource("foreign")
    void aFormatLeavesOutWhatItCannotSayUnlessItIsAskedFor(AdapterKind format, String field) throws Inexpressible {
        List<String> row = FIELDS.stream()
                .filter(one -> one.get(0).equals(field))
                .findFirst()
                .orElseThrow();

        assertThat(sent(call(format, "none", "\"" + field + "\":" + row.get(1))).has(field))
                .isFalse();
        Inexpressible refusal = catchThrowableOfType(
                Inexpressible.class, () -> sent(call(format, "none", "\"" + field + "\":" + row.get(2))));
        assertThat(refusal.field().field()).isEqualTo(field);
    }

    /** OpenAI itself refuses an empty list of tools, and words about tools where there are none. */
    @ParameterizedTest
    @EnumSource(AdapterKind.class)
    void nobodySeesWordsAboutToolsWithoutTools(AdapterKind format) throws Inexpressible {
        JsonNode body = sent(
                call(
                        format,
                        "none",
                        "\"tools\":[],\"functions\":[],\"tool_choice\":\"none\",\"function_call\":\"auto\",\"parallel_tool_calls\":false"));

        for (String name : List.of("tools", "functions", "tool_choice", "function_call", "parallel_tool_calls")) {
            assertThat(body.has(name)).as(name).isFalse();
        }
    }
}
