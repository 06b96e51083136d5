package dev.switchboard.node.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import akka.util.ByteString;
import com.fasterxml.jackson.databind.JsonNode;
import dev.switchboard.node.chat.Json;
import dev.switchboard.node.relay.RelayEvent;
import dev.switchboard.node.relay.sse.SseEvent;
import dev.switchboard.protocol.directory.AdapterKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Tool calls of providers that number their pieces otherwise than OpenAI does. */
class ToolPiecesTest {
    private static final String REQUEST = "{\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],"
            + "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"parameters\":{\"type\":\"object\"}}}]}";

    private final Adapter.Translator stream =
            Adapter.of(AdapterKind.OPENAI).translator(Calls.call(AdapterKind.OPENAI, REQUEST));
    private final List<ByteString> sent = new ArrayList<>();

    private static String chunk(String pieces, String finish) {
        return ("{'id':'x','choices':[{'index':0,'delta':{'tool_calls':[" + pieces + "]},'finish_reason':" + finish
                        + "}]}")
                .replace('\'', '"');
    }

    /** What clients see of the calls: index, id and text of each piece. */
    private List<String> told(String... pieces) {
        List<String> told = new ArrayList<>();
        for (int i = 0; i <= pieces.length; i++) {
            ByteString data = ByteString.fromString(
                    i < pieces.length
                            ? chunk(pieces[i], "null")
                            : "{\"id\":\"x\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"tool_calls\"}]}");
            for (RelayEvent event : stream.translate(new SseEvent(SseEvent.MESSAGE, data))) {
                assertThat(event).isInstanceOf(RelayEvent.Chunk.class);
                sent.add(((RelayEvent.Chunk) event).json());
                JsonNode root = Objects.requireNonNull(Json.parseOrNull(((RelayEvent.Chunk) event).json()));
                for (JsonNode piece : root.at("/choices/0/delta/tool_calls")) {
                    assertThat(piece.path("index").isInt()).as(piece.toString()).isTrue();
                    told.add(piece.path("index").asText() + piece.path("id").asText("") + ":"
                            + piece.path("function").path("arguments").asText(""));
                }
            }
        }
        return told;
    }

    @Test
    void piecesWithoutAnIndexBelongToTheCallBeforeThem() {
        assertThat(told(
                        "{'id':'a','type':'function','function':{'name':'f','arguments':''}}",
                        "{'function':{'arguments':'{'}}",
                        "{'function':{'arguments':'}'}}",
                        "{'id':'b','type':'function','function':{'name':'f','arguments':'{}'}}"))
                .containsExactly("0a:", "0:{", "0:}", "1b:{}");
    }

    @Test
    void callsThatShareAnIndexAreToldApartByTheirIds() {
        assertThat(told(
                        "{'index':0,'id':'a','function':{'name':'f','arguments':'{'}}",
                        "{'index':0,'id':'a','function':{'arguments':'}'}}",
                        "{'index':0,'id':'b','function':{'name':'f','arguments':'{'}}",
                        "{'index':0,'function':{'arguments':'}'}}"))
                .containsExactly("0a:{", "0:}", "1b:{", "1:}");
    }

    @Test
    void interleavedCallsKeepTheirNumbersAndTheirBytes() {
        String first = "{'index':0,'id':'a','function':{'name':'f','arguments':'{'}}";
        String second = "{'index':1,'id':'b','function':{'name':'f','arguments':'{'}}";
        String rest = "{'index':0,'function':{'arguments':'}'}},{'index':1,'function':{'arguments':'}'}}";
        assertThat(told(first, second, rest)).containsExactly("0a:{", "1b:{", "0:}", "1:}");
        assertThat(sent.subList(0, 3))
                .extracting(ByteString::utf8String)
                .containsExactly(chunk(first, "null"), chunk(second, "null"), chunk(rest, "null"));
    }

    @Test
    void numbersBeginAtZero() {
        assertThat(told(
                        "{'index':1,'id':'a','function':{'name':'f','arguments':'{'}}",
                        "{'index':1,'function':{'arguments':'}'}}"))
                .containsExactly("0a:{", "0:}");
    }

    @Test
    void argumentsThatAreAnObjectBecomeText() {
        assertThat(told("{'index':0,'id':'a','function':{'name':'f','arguments':{'a':1}}}"))
                .containsExactly("0a:{\"a\":1}");
    }

    /** As MiniMax does at NVIDIA, and GLM at Fireworks. */
    @Test
    void whatIsSaidOfACallAgainIsToldOnce() {
        String head = "{'index':0,'id':'a','type':'function','function':{'name':'f','arguments':''}}";
        String more = head.replace("'arguments':''", "'arguments':'{}'");
        assertThat(told(head, more, "{'index':1,'id':'b','function':{'name':'f','arguments':'{}'}}"))
                .containsExactly("0a:", "0:{}", "1b:{}");
        assertThat(sent.subList(0, 2))
                .extracting(ByteString::utf8String)
                .containsExactly(chunk(head, "null"), chunk("{'index':0,'function':{'arguments':'{}'}}", "null"));
    }

    @Test
    void aNameInPiecesStaysWhole() {
        assertThat(told(
                        "{'index':0,'id':'a','function':{'name':'get_','arguments':''}}",
                        "{'index':0,'function':{'name':'weather','arguments':'{}'}}"))
                .containsExactly("0a:", "0:{}");
        assertThat(sent.get(1).utf8String()).contains("\"name\":\"weather\"");
    }

    @Test
    void anIdThatIsMadeUpIsToldOnce() {
        String piece = "{'index':0,'function':{'name':'f','arguments':'{}'}}";
        assertThat(told(piece, piece.replace("'{}'", "''")).get(1)).isEqualTo("0:");
    }

    @Test
    void aCallWithoutAnIdGetsOne() {
        List<String> told = told("{'index':0,'function':{'name':'f','arguments':'{}'}}");
        assertThat(told).hasSize(1);
        assertThat(told.get(0)).matches("0call_[0-9a-f]{32}:\\{}");
    }

    @Test
    void aWholeCallWithoutIdAndTypeGetsBoth() {
        String body = "{\"choices\":[{\"message\":{\"role\":\"assistant\",\"tool_calls\":[{\"function\":"
                + "{\"name\":\"f\",\"arguments\":\"{}\"}}]},\"finish_reason\":\"tool_calls\"}]}";
        JsonAnswer answer = Adapter.of(AdapterKind.OPENAI)
                .answer(Calls.call(AdapterKind.OPENAI, REQUEST), ByteString.fromString(body));
        JsonNode call = Objects.requireNonNull(Json.parseOrNull(((JsonAnswer.Complete) answer).body()))
                .at("/choices/0/message/tool_calls/0");
        assertThat(call.path("id").asText()).startsWith("call_");
        assertThat(call.path("type").asText()).isEqualTo("function");
    }
}
