package dev.switchboard.node.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.util.ByteString;
import com.fasterxml.jackson.databind.JsonNode;
import dev.switchboard.node.chat.Json;
import dev.switchboard.node.relay.RelayEvent;
import dev.switchboard.node.relay.sse.SseEvent;
import dev.switchboard.protocol.directory.AdapterKind;
import dev.switchboard.protocol.directory.Platform;
import dev.switchboard.protocol.directory.Quirks;
import dev.switchboard.protocol.domain.FailureKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CloudflareAdapterTest {
    private static final Adapter ADAPTER = Adapter.of(AdapterKind.CLOUDFLARE);
    private static final Platform PLATFORM = Calls.platform(
            AdapterKind.CLOUDFLARE, "https://f.test/client/v4/accounts/{account}/ai/v1", Quirks.NONE, null);

    private static ChatCall call(String secret, String json) {
        return new ChatCall(Calls.request(json), PLATFORM, Calls.model("@cf/x/y"), secret);
    }

    private static final String ASK =
            "{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"a\"}]},"
                    + "{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[{\"id\":\"1\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}]}]}";

    @Test
    void theAccountIsInTheAddressAndTheTokenInTheHeader() throws Exception {
        WireRequest request = ADAPTER.chat(call("acc1:tok1", ASK));
        assertThat(request.url()).isEqualTo("https://f.test/client/v4/accounts/acc1/ai/v1/chat/completions");
        assertThat(request.headers()).containsEntry("Authorization", "Bearer tok1");
        assertThat(request.body()).isNotNull();
        assertThat(request.body().utf8String())
                .contains("{\"role\":\"user\",\"content\":\"a\"}")
                .contains("{\"role\":\"assistant\",\"content\":\"\",\"tool_calls\"")
                .contains("\"model\":\"@cf/x/y\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"token", ":tok", "acc:"})
    void aKeyOfAnotherShapeCannotBeUsed(String secret) {
        assertThatThrownBy(() -> ADAPTER.chat(call(secret, ASK))).isInstanceOf(UnusableKey.class);
    }

    @Test
    void theKeyIsCheckedAsAUsersThenAsAnAccounts() {
        assertThat(ADAPTER.keyChecks(PLATFORM, "acc1:tok1"))
                .extracting(WireRequest::url)
                .containsExactly(
                        "https://f.test/client/v4/user/tokens/verify",
                        "https://f.test/client/v4/accounts/acc1/tokens/verify");
        assertThat(ADAPTER.judge(
                        200, ByteString.fromString("{\"success\":true,\"result\":{\"status\":\"active\"}}"), "a:b"))
                .isEqualTo(new KeyCheck.Good());
        assertThat(ADAPTER.judge(
                        200, ByteString.fromString("{\"success\":true,\"result\":{\"status\":\"disabled\"}}"), "a:b"))
                .isInstanceOf(KeyCheck.Bad.class);
        assertThat(ADAPTER.models(PLATFORM, "acc1:tok1").url())
                .startsWith("https://f.test/client/v4/accounts/acc1/ai/models/search");
    }

    private static JsonNode message(String content) {
        ByteString body = Json.bytes(answer(content));
        JsonAnswer answer = ADAPTER.answer(call("a:b", ASK), body);
        assertThat(answer).isInstanceOf(JsonAnswer.Complete.class);
        JsonNode node = Json.parseOrNull(((JsonAnswer.Complete) answer).body());
        assertThat(node).isNotNull();
        return node.path("choices").path(0).path("message");
    }

    private static com.fasterxml.jackson.databind.node.ObjectNode answer(String content) {
        var root = Json.object();
        root.putArray("choices")
                .addObject()
                .put("index", 0)
                .putObject("message")
                .put("content", content);
        return root;
    }

    @Test
    void aLeadingThoughtIsReasoning() {
        assertThat(message("\n<think>hm\n</think>\n\nyes").path("content").asText())
                .isEqualTo("yes");
        assertThat(message("<think>hm</think>yes").path("reasoning_content").asText())
                .isEqualTo("hm");
        assertThat(message("say <think>hm</think>").path("content").asText()).isEqualTo("say <think>hm</think>");
    }

    @Test
    void anErrorListIsAFailure() {
        assertThat(
                        ADAPTER.answer(
                                call("a:b", ASK),
                                ByteString.fromString(
                                        "{\"success\":false,\"errors\":[{\"code\":7009,\"message\":\"no upstream\"}],\"result\":null}")))
                .isInstanceOfSatisfying(
                        JsonAnswer.Unusable.class,
                        unusable -> assertThat(unusable.failure().kind()).isEqualTo(FailureKind.SERVER_ERROR));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "<think>hm</think>yes | hm | yes",
                " <think>a < b</think> yes</think> | a < b | yes</think>",
                "plain <think>x</think> | `` | plain <think>x</think>",
                "<thin air | `` | <thin air",
                "<think>never ends | never ends | ``",
                "< | `` | <"
            })
    void aLeadingThoughtIsReasoningHoweverTheStreamIsSplit(String text, String reasoning, String content) {
        for (int size = 1; size <= text.length(); size++) {
            Adapter.Translator translator = ADAPTER.translator(call("a:b", ASK));
            StringBuilder thoughts = new StringBuilder();
            StringBuilder said = new StringBuilder();
            for (int from = 0; from <= text.length(); from += size) {
                String part = text.substring(from, Math.min(text.length(), from + size));
                collect(translator, part, false, thoughts, said);
            }
            collect(translator, "", true, thoughts, said);
            assertThat(thoughts.toString()).as("pieces of %d", size).isEqualTo(reasoning);
            assertThat(said.toString().stripLeading()).as("pieces of %d", size).isEqualTo(content);
        }
    }

    private static void collect(
            Adapter.Translator translator, String part, boolean last, StringBuilder thoughts, StringBuilder said) {
        var root = Json.object();
        var choice = root.putArray("choices").addObject().put("index", 0);
        choice.putObject("delta").put("content", part);
        choice.put("finish_reason", last ? "stop" : null);
        for (RelayEvent event : translator.translate(new SseEvent("message", Json.bytes(root)))) {
            assertThat(event).isInstanceOf(RelayEvent.Chunk.class);
            JsonNode chunk = Json.parseOrNull(((RelayEvent.Chunk) event).json());
            assertThat(chunk).isNotNull();
            JsonNode delta = chunk.path("choices").path(0).path("delta");
            thoughts.append(delta.path("reasoning_content").asText(""));
            said.append(delta.path("content").asText(""));
        }
    }
}
