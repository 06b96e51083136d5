package dev.switchboard.node.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import akka.util.ByteString;
import com.fasterxml.jackson.databind.JsonNode;
import dev.switchboard.node.chat.Json;
import dev.switchboard.protocol.directory.AdapterKind;
import java.util.Objects;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.NotEmpty;
import org.junit.jupiter.api.Test;

class CallSignatureTest {
    private static final String SIGNATURE = "EhQKAdHt+/3w==";

    @Property(tries = 200)
    void aSignatureComesBackAndTheIdToo(@ForAll @NotEmpty @AlphaChars String id, @ForAll String signature) {
        String text = signature
                .codePoints()
                .filter(c -> !Character.isSurrogate((char) c))
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        String signed = CallSignature.sign(id, text);
        assertThat(signed).matches("[A-Za-z0-9_-]+");
        assertThat(CallSignature.of(signed)).isEqualTo(text);
        assertThat(CallSignature.bare(signed)).isEqualTo(id);
    }

    @Test
    void otherIdsHoldNone() {
        assertThat(CallSignature.of("call_1")).isNull();
        assertThat(CallSignature.of("call_1__sig__not base64")).isNull();
        assertThat(CallSignature.bare("call_1")).isEqualTo("call_1");
    }

    /** What a client of any dialect keeps of an answer: the call's id, name and arguments. */
    private static String conversation(String id) {
        return "{\"messages\":[{\"role\":\"user\",\"content\":\"x\"},{\"role\":\"assistant\",\"tool_calls\":[{\"id\":\""
                + id
                + "\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}]},"
                + "{\"role\":\"tool\",\"tool_call_id\":\"" + id + "\",\"content\":\"ok\"}]}";
    }

    private static JsonNode sent(AdapterKind kind, String conversation) throws Exception {
        ByteString body = Objects.requireNonNull(
                Adapter.of(kind).chat(Calls.call(kind, conversation)).body());
        return Objects.requireNonNull(Json.parseOrNull(body));
    }

    private static String idOfGeminisCall() {
        JsonAnswer answer = Adapter.of(AdapterKind.GOOGLE)
                .answer(
                        Calls.call(AdapterKind.GOOGLE, "{\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}"),
                        ByteString.fromString(
                                "{\"candidates\":[{\"content\":{\"parts\":[{\"functionCall\":{\"name\":\"f\","
                                        + "\"args\":{},\"id\":\"c1\"},\"thoughtSignature\":\"" + SIGNATURE
                                        + "\"}]},\"finishReason\":\"STOP\"}]}"));
        ByteString body = ((JsonAnswer.Complete) answer).body();
        return Objects.requireNonNull(Json.parseOrNull(body))
                .at("/choices/0/message/tool_calls/0/id")
                .asText();
    }

    @Test
    void theNextTurnGoesBackToGeminiWhole() throws Exception {
        JsonNode sent = sent(AdapterKind.GOOGLE, conversation(idOfGeminisCall()));
        assertThat(sent.at("/contents/1/parts/0/thoughtSignature").asText()).isEqualTo(SIGNATURE);
        assertThat(sent.at("/contents/2/parts/0/functionResponse/name").asText())
                .isEqualTo("f");
    }

    @Test
    void otherPlatformsGetTheBareId() throws Exception {
        JsonNode sent = sent(AdapterKind.OPENAI, conversation(idOfGeminisCall()));
        assertThat(sent.at("/messages/1/tool_calls/0/id").asText()).isEqualTo("c1");
        assertThat(sent.at("/messages/2/tool_call_id").asText()).isEqualTo("c1");
    }
}
