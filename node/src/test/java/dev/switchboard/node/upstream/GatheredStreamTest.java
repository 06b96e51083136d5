package dev.switchboard.node.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import akka.util.ByteString;
import com.fasterxml.jackson.databind.JsonNode;
import dev.switchboard.node.chat.Json;
import dev.switchboard.node.dialect.UpstreamAnswer;
import dev.switchboard.node.relay.RelayEvent;
import dev.switchboard.protocol.directory.AdapterKind;
import dev.switchboard.protocol.domain.FailureKind;
import java.util.Objects;
import java.util.Random;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class GatheredStreamTest {
    private static final String CHUNK =
            "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"hi\"}}]}\n\n";

    @Provide
    Arbitrary<UpstreamAnswer> answers() {
        return UpstreamAnswer.any();
    }

    private static JsonAnswer read(String body) {
        return read(ByteString.fromString(body));
    }

    private static JsonAnswer read(ByteString body) {
        ChatCall call = Calls.call(AdapterKind.OPENAI, "{\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}");
        return OpenAiAnswer.read(call, body);
    }

    private static JsonNode json(JsonAnswer answer) {
        assertThat(answer).isInstanceOf(JsonAnswer.Complete.class);
        return Objects.requireNonNull(Json.parseOrNull(((JsonAnswer.Complete) answer).body()));
    }

    @Property(tries = 200)
    void aStreamWhereAWholeAnswerWasAskedSaysWhatThatWouldHaveSaid(
            @ForAll("answers") UpstreamAnswer answer, @ForAll long seed) {
        ByteString body = ByteString.fromString("\uFEFF: hello\n\n");
        for (RelayEvent event : answer.events(new Random(seed))) {
            ByteString data = event instanceof RelayEvent.Chunk chunk ? chunk.json() : ByteString.fromString("[DONE]");
            body = body.concat(ByteString.fromString("data: ")).concat(data).concat(ByteString.fromString("\n\n"));
        }
        JsonNode gathered = json(read(body));
        JsonNode whole = json(read(answer.completion()));
        assertThat(gathered.path("choices")).isEqualTo(whole.path("choices"));
        assertThat(gathered.path("usage")).isEqualTo(whole.path("usage"));
        assertThat(gathered.path("object")).isEqualTo(whole.path("object"));
    }

    @Test
    void theEndNeedsNoFinishReason() {
        JsonNode answer = json(read(CHUNK + "data: [DONE]\n\n"));
        assertThat(answer.at("/choices/0/finish_reason").asText()).isEqualTo("stop");
        assertThat(answer.at("/choices/0/message/content").asText()).isEqualTo("hi");
        assertThat(answer.at("/usage/estimated").asBoolean()).isTrue();
    }

    @Test
    void whatBreaksOffFailsOrHoldsAnErrorIsUnusable() {
        assertThat(kind(read(CHUNK))).isEqualTo(FailureKind.BROKEN);
        assertThat(kind(read(": nothing\n\n"))).isEqualTo(FailureKind.MALFORMED);
        assertThat(kind(read(CHUNK + "data: {\"error\":{\"message\":\"x\",\"code\":429}}\n\n")))
                .isEqualTo(FailureKind.RATE_LIMITED);
    }

    @Test
    void aChoiceThatIsNotFinishedIsBroken() {
        String other = CHUNK.replace("\"index\":0", "\"index\":1");
        String stop = "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
        assertThat(kind(read(CHUNK + other + stop))).isEqualTo(FailureKind.BROKEN);
        assertThat(json(read(CHUNK + other + stop + stop.replace("\"index\":0", "\"index\":1")))
                        .path("choices"))
                .hasSize(2);
    }

    private static FailureKind kind(JsonAnswer answer) {
        assertThat(answer).isInstanceOf(JsonAnswer.Unusable.class);
        return ((JsonAnswer.Unusable) answer).failure().kind();
    }
}
