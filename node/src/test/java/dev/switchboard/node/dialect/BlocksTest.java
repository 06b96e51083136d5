package dev.switchboard.node.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.node.chat.Json;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BlocksTest {
    private final List<String> told = new ArrayList<>();
    private final Blocks blocks = new Blocks(new Blocks.Listener() {
        @Override
        public void opened(Block begun) {
            told.add("open " + name(begun));
        }

        @Override
        public void piece(Block begun, String piece) {
            told.add(piece);
        }

        @Override
        public void closed(Block whole, boolean last) {
            told.add("close " + name(whole) + (last ? " last" : ""));
        }
    });

    private static String name(Block block) {
        return block instanceof Block.Call call
                ? call.id() + "/" + call.name()
                : block.getClass().getSimpleName();
    }

    private void delta(String json) {
        blocks.accept(Json.parseOrNull("{\"id\":\"x\",\"choices\":[{\"index\":0,\"delta\":" + json + "}]}"));
    }

    private static String call(int index, String id, String name, String arguments) {
        return "{\"tool_calls\":[{\"index\":" + index + (id == null ? "" : ",\"id\":\"" + id + "\"")
                + ",\"function\":{" + (name == null ? "" : "\"name\":\"" + name + "\",") + "\"arguments\":\""
                + arguments.replace("\"", "\\\"") + "\"}}]}";
    }

    @Test
    void aBlockIsClosedBeforeTheNextOpens() {
        delta("{\"reasoning\":\"hm\"}");
        delta("{\"content\":\"a\"}");
        delta("{\"content\":\"b\"}");
        delta(call(0, "c1", "f", ""));
        delta(call(0, null, null, "{}"));
        delta(call(1, "c2", "g", "{}"));
        blocks.finish();

        assertThat(told)
                .containsExactly(
                        "open Thought",
                        "hm",
                        "close Thought",
                        "open Text",
                        "a",
                        "b",
                        "close Text",
                        "open c1/f",
                        "{}",
                        "close c1/f",
                        "open c2/g",
                        "{}",
                        "close c2/g last");
    }

    @Test
    void partsOfAnotherCallWaitUntilTheFirstIsComplete() {
        delta(call(0, "c1", "f", "{\"a\":"));
        delta(call(1, "c2", "g", "{\"b\""));
        delta(call(0, null, null, "1}"));
        delta(call(1, null, null, ":2}"));
        blocks.finish();

        assertThat(told)
                .containsExactly(
                        "open c1/f", "{\"a\":", "1}", "close c1/f", "open c2/g", "{\"b\"", ":2}", "close c2/g last");
    }

    @Test
    void callsThatAllHaveIndexZeroAreToldApartByTheirIds() {
        delta(call(0, "c1", "f", "{}"));
        delta(call(0, "c2", "g", "{}"));
        blocks.finish();

        assertThat(told).containsExactly("open c1/f", "{}", "close c1/f", "open c2/g", "{}", "close c2/g last");
    }

    @Test
    void aCallWithoutIdGetsOneAndIsOpenedWhenItsNameIsKnown() {
        delta("{\"tool_calls\":[{\"function\":{\"arguments\":\"\"}}]}");
        assertThat(told).isEmpty();
        delta("{\"tool_calls\":[{\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}]}");
        blocks.finish();

        assertThat(told).containsExactly("open call_x_0/f", "{}", "close call_x_0/f last");
    }

    @Test
    void otherChoicesAreLeftOut() {
        blocks.accept(Json.parseOrNull("{\"choices\":[{\"index\":1,\"delta\":{\"content\":\"no\"}}]}"));
        blocks.finish();

        assertThat(told).isEmpty();
    }
}
