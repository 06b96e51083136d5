package dev.switchboard.node.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import akka.util.ByteString;
import dev.switchboard.node.relay.RelayEvent;
import dev.switchboard.node.relay.sse.SseEvent;
import dev.switchboard.protocol.directory.AdapterKind;
import dev.switchboard.protocol.directory.Quirks;
import dev.switchboard.protocol.domain.Failure;
import dev.switchboard.protocol.domain.FailureKind;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OpenAiAdapterTest {
    private static final Adapter ADAPTER = Adapter.of(AdapterKind.OPENAI);
    private static final String USER = "{\"role\":\"user\",\"content\":\"hello\"}";

    private static String out(Quirks quirks, String json) throws Inexpressible {
        ByteString body =
                ADAPTER.chat(Calls.call(AdapterKind.OPENAI, quirks, json)).body();
        assertThat(body).isNotNull();
        return body.utf8String();
    }

    private static String ask(String fields) {
        return "{" + fields + ",\"messages\":[" + USER + "]}";
    }

    private static JsonAnswer back(String json) {
        return ADAPTER.answer(Calls.call(AdapterKind.OPENAI, ask("\"model\":\"m\"")), ByteString.fromString(json));
    }

    private static String complete(String json) {
        assertThat(back(json)).isInstanceOf(JsonAnswer.Complete.class);
        return ((JsonAnswer.Complete) back(json)).body().utf8String();
    }

    private static FailureKind unusable(String json) {
        assertThat(back(json)).isInstanceOf(JsonAnswer.Unusable.class);
        return ((JsonAnswer.Unusable) back(json)).failure().kind();
    }

    private static String answer(String message) {
        return "{\"id\":\"1\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"m\",\"choices\":[{\"index\":0,\"message\":"
                + message + ",\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":1}}";
    }

    @Test
    void unknownFieldsTravelAndOursDoNot() throws Exception {
        assertThat(out(
                        Quirks.NONE,
                        ask(
                                "\"model\":\"auto\",\"models\":[\"a\"],\"session_id\":\"s\",\"conversation\":\"c\",\"new_field\":{\"x\":[1.50]},"
                                        + "\"seed\":7,\"stop\":null,\"prompt_cache_key\":\"k\"")))
                .isEqualTo("{\"new_field\":{\"x\":[1.50]},\"seed\":7,\"prompt_cache_key\":\"k\",\"messages\":[" + USER
                        + "],\"model\":\"a-large\"}");
    }

    @Test
    void usageIsAlwaysAskedOfAStream() throws Exception {
        assertThat(out(Quirks.NONE, ask("\"stream\":true,\"stream_options\":{\"include_obfuscation\":false}")))
                .contains("\"stream\":true")
                .contains("\"stream_options\":{\"include_obfuscation\":false,\"include_usage\":true}");
        assertThat(out(Quirks.NONE, ask("\"stream_options\":{\"include_usage\":true}")))
                .doesNotContain("stream_options");
    }

    @Test
    void messagesAreMadeStrictOnlyWhereTheyAreNot() throws Exception {
        String loose = "{\"messages\":[{\"role\":\"developer\",\"content\":\"be brief\"},"
                + "{\"role\":\"user\",\"content\":[\"look\",{\"type\":\"image_url\",\"image_url\":\"https://x/y.png\"}]},"
                + "{\"role\":\"assistant\",\"tool_calls\":[{\"id\":\"1\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":{\"a\":1}}}]},"
                + "{\"role\":\"tool\",\"tool_call_id\":\"1\",\"content\":\"ok\"}]}";
        assertThat(out(Quirks.NONE, loose))
                .contains("{\"role\":\"system\",\"content\":\"be brief\"}")
                .contains(
                        "[{\"type\":\"text\",\"text\":\"look\"},{\"type\":\"image_url\",\"image_url\":{\"url\":\"https://x/y.png\"}}]")
                .contains("\"arguments\":\"{\\\"a\\\":1}\"");
    }

    @Test
    void aSignatureGoesToGeminiAloneWhoeverServesIt() throws Exception {
        String call = "{\"id\":\"c1\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}";
        String said = "{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[" + call;
        String signed = said + ",\"extra_content\":{\"google\":{\"thought_signature\":\"s\"}}}]}";
        String json = "{\"messages\":[" + USER + "," + signed + "]}";

        assertThat(sent(json, "google/gemini-3-flash")).contains(signed);
        assertThat(sent(json, "gpt-5")).contains(said + "}]}").doesNotContain("extra_content");
    }

    private static String sent(String json, String model) throws Inexpressible {
        ChatCall call = Calls.call(AdapterKind.OPENAI, json);
        ByteString body = ADAPTER.chat(new ChatCall(call.request(), call.platform(), Calls.model(model), call.secret()))
                .body();
        assertThat(body).isNotNull();
        return body.utf8String();
    }

    @Test
    void quirksRenameForceAndBoundFields() throws Exception {
        Quirks quirks = new Quirks(
                Map.of("seed", "random_seed", "max_completion_tokens", "max_tokens"),
                List.of(),
                Map.of("parallel_tool_calls", "false", "safe_mode", "strict"),
                400,
                16,
                null);
        assertThat(out(quirks, ask("\"seed\":7,\"max_completion_tokens\":5000")))
                .contains("\"random_seed\":7")
                .contains("\"max_tokens\":400")
                .contains("\"safe_mode\":\"strict\"")
                .doesNotContain("max_completion_tokens")
                .doesNotContain("parallel_tool_calls")
                .doesNotContain("\"seed\"");
        assertThat(out(
                        quirks,
                        ask("\"max_tokens\":1,\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}]")))
                .contains("\"max_tokens\":16")
                .contains("\"parallel_tool_calls\":false");
        Quirks generous = new Quirks(Map.of(), List.of(), Map.of(), null, null, 8192);
        assertThat(out(generous, ask("\"model\":\"m\""))).contains("\"max_tokens\":8192");
    }

    @Test
    void aRefusedFieldIsNamed() {
        Quirks quirks = new Quirks(Map.of(), List.of("logit_bias"), Map.of(), null, null, null);
        Inexpressible refusal =
                catchThrowableOfType(Inexpressible.class, () -> out(quirks, ask("\"logit_bias\":{\"1\":2}")));
        assertThat(refusal.field().field()).isEqualTo("logit_bias");
        assertThat(catchThrowableOfType(Inexpressible.class, () -> out(quirks, ask("\"logit_bias\":null"))))
                .isNull();
    }

    @Test
    void listContentIsJoinedAndReasoningAloneIsContent() {
        assertThat(complete(answer(
                        "{\"role\":\"assistant\",\"content\":[{\"type\":\"thinking\",\"thinking\":[{\"type\":\"text\",\"text\":\"hm\"}]},"
                                + "{\"type\":\"text\",\"text\":\"a\"},{\"type\":\"text\",\"text\":\"b\"}]}")))
                .contains("\"content\":\"ab\"")
                .contains("\"reasoning_content\":\"hm\"");
        assertThat(complete(answer("{\"role\":\"assistant\",\"content\":\"\",\"reasoning\":\"so\"}")))
                .contains("\"content\":\"so\"");
        assertThat(complete(answer("{\"role\":\"assistant\",\"content\":null,\"reasoning_content\":\"so\"}")))
                .contains("\"content\":\"so\"");
    }

    @Test
    void numbersThatUsageLacksAreFilledIn() {
        String body = "{\"choices\":[{\"message\":{\"content\":\"12345\"}}],\"usage\":{";
        assertThat(complete(body + "\"prompt_tokens\":7}}"))
                .contains("{\"prompt_tokens\":7,\"completion_tokens\":2,\"total_tokens\":9,\"estimated\":true}");
        assertThat(complete(body + "\"prompt_tokens\":7,\"completion_tokens\":3}}"))
                .contains("{\"prompt_tokens\":7,\"completion_tokens\":3,\"total_tokens\":10}");
    }

    @Test
    void missingUsageIsEstimatedAndMarked() {
        assertThat(complete("{\"choices\":[{\"message\":{\"content\":\"12345\"}}]}"))
                .contains(
                        "\"usage\":{\"prompt_tokens\":2,\"completion_tokens\":2,\"total_tokens\":4,\"estimated\":true}")
                .contains("\"object\":\"chat.completion\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                "[]",
                "{}",
                "{\"choices\":{}}",
                "{\"choices\":[{}]}",
                "{\"choices\":[{\"message\":7}]}",
                "<html>"
            })
    void anythingElseIsMalformed(String body) {
        assertThat(unusable(body)).isEqualTo(FailureKind.MALFORMED);
    }

    @Test
    void nothingSaidIsEmpty() {
        assertThat(unusable("{\"choices\":[]}")).isEqualTo(FailureKind.EMPTY);
        assertThat(unusable(answer("{\"role\":\"assistant\",\"content\":\"\",\"tool_calls\":[]}")))
                .isEqualTo(FailureKind.EMPTY);
        assertThat(unusable(answer("{\"role\":\"assistant\",\"content\":null}")))
                .isEqualTo(FailureKind.EMPTY);
    }

    @Test
    void aToolCallAloneIsAnAnswer() {
        assertThat(
                        complete(
                                answer(
                                        "{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[{\"id\":\"1\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":{\"a\":1}}}]}")))
                .contains("\"arguments\":\"{\\\"a\\\":1}\"");
    }

    @Test
    void eventsPassAsTheyCame() {
        Adapter.Translator translator = ADAPTER.translator(Calls.call(AdapterKind.OPENAI, ask("\"stream\":true")));
        ByteString odd = ByteString.fromString("{ \"choices\":[ {\"delta\":{\"content\":\"x\"}} ] , \"x_new\":1.0}");
        assertThat(translator.translate(new SseEvent("message", odd)))
                .singleElement()
                .isInstanceOfSatisfying(RelayEvent.Chunk.class, chunk -> assertThat(chunk.json())
                        .isSameAs(odd));
        assertThat(translator.translate(new SseEvent("message", ByteString.fromString(" [DONE] "))))
                .containsExactly(RelayEvent.Done.DONE);
        assertThat(translator.translate(new SseEvent("message", ByteString.fromString("{\"choices\":[{"))))
                .containsExactly(RelayEvent.Skipped.SKIPPED);
        assertThat(translator.translate(new SseEvent(
                        "error",
                        ByteString.fromString(
                                "{\"success\":false,\"errors\":[{\"code\":429},{\"x\":[{}]}],\"result\":{}}"))))
                .singleElement()
                .isInstanceOfSatisfying(RelayEvent.Failed.class, failed -> assertThat(failed.failure())
                        .extracting(Failure::kind)
                        .isEqualTo(FailureKind.RATE_LIMITED));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"type\":\"ping\"}", "[]", "7", "{\"choices\":7}"})
    void eventsThatAreNoChunksAreSkipped(String data) {
        Adapter.Translator translator = ADAPTER.translator(Calls.call(AdapterKind.OPENAI, ask("\"stream\":true")));
        assertThat(translator.translate(new SseEvent("message", ByteString.fromString(data))))
                .containsExactly(RelayEvent.Skipped.SKIPPED);
    }

    @Test
    void anEventNamedErrorIsOne() {
        Adapter.Translator translator = ADAPTER.translator(Calls.call(AdapterKind.OPENAI, ask("\"stream\":true")));
        assertThat(translator.translate(
                        new SseEvent("error", ByteString.fromString("{\"message\":\"over\",\"code\":429}"))))
                .singleElement()
                .isInstanceOfSatisfying(RelayEvent.Failed.class, failed -> {
                    assertThat(failed.failure().kind()).isEqualTo(FailureKind.RATE_LIMITED);
                    assertThat(failed.failure().message()).isEqualTo("over");
                });
    }

    @Property(tries = 500)
    void anyAnswerIsCompleteOrClassified(@ForAll byte[] noise, @ForAll("json") String json) {
        ChatCall call = Calls.call(AdapterKind.OPENAI, ask("\"stream\":true"));
        for (ByteString body : List.of(ByteString.fromArray(noise), ByteString.fromString(json))) {
            assertThat(ADAPTER.answer(call, body)).isNotNull();
            assertThat(ADAPTER.translator(call).translate(new SseEvent("message", body)))
                    .isNotEmpty();
        }
    }

    @net.jqwik.api.Provide
    net.jqwik.api.Arbitrary<String> json() {
        return JsonNoise.documents();
    }
}
