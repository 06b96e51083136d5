package dev.switchboard.node.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import akka.util.ByteString;
import dev.switchboard.node.relay.ChunkFacts;
import dev.switchboard.node.relay.RelayEvent;
import dev.switchboard.node.relay.sse.SseEvent;
import dev.switchboard.protocol.directory.AdapterKind;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A chunk that holds several choices is told as a chunk for each, so that each is judged for itself. */
class SeveralChoicesTest {
    private static List<RelayEvent.Chunk> told(String chunk) {
        ChatCall call = Calls.call(
                AdapterKind.OPENAI, "{\"stream\":true,\"n\":2,\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}");
        List<RelayEvent.Chunk> told = new ArrayList<>();
        for (RelayEvent event :
                new OpenAiStream(call).translate(new SseEvent(SseEvent.MESSAGE, ByteString.fromString(chunk)))) {
            told.add((RelayEvent.Chunk) event);
        }
        return told;
    }

    private static String chunk(String choices, String more) {
        return "{\"id\":\"c\",\"choices\":[" + choices + "]" + more + "}";
    }

    @Test
    void eachHasAChunkOfItsOwnAndTheLastTheUsage() {
        String first = "{\"index\":0,\"delta\":{\"reasoning\":\"hm\"},\"finish_reason\":\"stop\"}";
        String second = "{\"index\":1,\"delta\":{\"content\":\"yes\"},\"finish_reason\":null}";
        String usage = ",\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2,\"total_tokens\":3}";
        List<RelayEvent.Chunk> told = told(chunk(first + "," + second, usage));
        assertThat(told)
                .extracting(one -> one.json().utf8String())
                .containsExactly(chunk(first, ""), chunk(second, usage));
        assertThat(told).extracting(one -> one.facts().choice()).containsExactly(0, 1);
        assertThat(told).extracting(one -> one.facts().finish()).containsExactly(true, false);
        assertThat(told).extracting(one -> one.facts().reasoning()).containsExactly("hm", "");
    }

    @Test
    void messagesAmongThemBecomeDeltas() {
        String said = "\"message\":{\"role\":\"assistant\",\"content\":\"hi\"},\"finish_reason\":\"stop\"}";
        List<RelayEvent.Chunk> told = told(chunk("{\"index\":0," + said + ",{\"index\":1," + said, ""));
        assertThat(told).hasSize(2).extracting(RelayEvent.Chunk::facts).noneMatch(ChunkFacts::message);
        assertThat(told).extracting(one -> one.facts().textChars()).containsExactly(2, 2);
    }

    @Test
    void oneChoicePassesAsItCame() {
        String one = chunk("{ \"index\":1,\"delta\":{\"content\":\"yes\"} }", "");
        assertThat(told(one)).extracting(event -> event.json().utf8String()).containsExactly(one);
    }
}
