package dev.switchboard.node.relay.sse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.util.ByteString;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class SseParserTest {
    private static final String MIXED = "\uFEFF: hello\n\ndata: {\"a\":\"grüße €😀\"}\n\ndata:x\r\ndata: y\r\n\r\n"
            + "event: error\rdata:  two spaces\r\rdata\n\nid: 7\nretry: 5\n\n: c\n\ndata: [DONE]";

    private static List<SseEvent> parse(byte[]... parts) {
        SseDecoder decoder = new SseDecoder(1 << 20);
        List<SseEvent> events = new ArrayList<>();
        for (byte[] part : parts) {
            decoder.feed(ByteString.fromArray(part), events::add);
        }
        decoder.finish(events::add);
        return events;
    }

    private static SseEvent event(String data) {
        return new SseEvent("message", ByteString.fromString(data));
    }

    @Test
    void readsEveryLineEndingCommentAndCutOffEvent() {
        assertThat(parse(MIXED.getBytes(StandardCharsets.UTF_8)))
                .containsExactly(
                        event("{\"a\":\"grüße €😀\"}"),
                        event("x\ny"),
                        new SseEvent("error", ByteString.fromString(" two spaces")),
                        event(""),
                        event("[DONE]"));
    }

    @Test
    void anySplitInTwoOrThreeGivesTheSameEvents() {
        byte[] bytes = MIXED.getBytes(StandardCharsets.UTF_8);
        List<SseEvent> whole = parse(bytes);
        for (int i = 0; i <= bytes.length; i++) {
            for (int j = i; j <= bytes.length; j++) {
                assertThat(parse(slice(bytes, 0, i), slice(bytes, i, j), slice(bytes, j, bytes.length)))
                        .as("split at %d and %d", i, j)
                        .isEqualTo(whole);
            }
        }
    }

    @Property(tries = 500)
    void anySplitOfAnyTextGivesTheSameEvents(
            @ForAll("streams") String text, @ForAll @Size(max = 20) List<Integer> cuts) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        List<byte[]> parts = new ArrayList<>();
        int from = 0;
        for (int cut : cuts) {
            int to = Math.min(bytes.length, from + Math.floorMod(cut, 9));
            parts.add(slice(bytes, from, to));
            from = to;
        }
        parts.add(slice(bytes, from, bytes.length));
        assertThat(parse(parts.toArray(byte[][]::new))).isEqualTo(parse(bytes));
    }

    @Provide
    Arbitrary<String> streams() {
        return Arbitraries.of(
                        "data:",
                        "data: ",
                        "event: x",
                        ": c",
                        "\n",
                        "\r\n",
                        "\r",
                        "{\"a\":1}",
                        "é",
                        "😀",
                        " ",
                        "\uFEFF",
                        ":")
                .list()
                .ofMaxSize(40)
                .map(parts -> String.join("", parts));
    }

    @Property(tries = 500)
    void neverThrowsBelowTheCap(@ForAll byte[] noise) {
        assertThat(parse(noise)).allSatisfy(event -> assertThat(event.data()).isNotNull());
    }

    @Test
    void anEventOverTheCapFailsHoweverItArrives() {
        byte[] line = "data: 0123456789\n".getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> new SseDecoder(8).feed(ByteString.fromArray(line), event -> {}))
                .isInstanceOf(SseTooLarge.class);
        assertThatThrownBy(() -> feedByBytes(new SseDecoder(8), line)).isInstanceOf(SseTooLarge.class);
        byte[] lines = "data: 0123\ndata: 4567\n".getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> feedByBytes(new SseDecoder(8), lines)).isInstanceOf(SseTooLarge.class);
    }

    @Test
    void anEventOfMillionsOfLinesTakesNoMoreMemoryThanItsBytes() {
        byte[] lines = "data:\n".repeat(1 << 16).getBytes(StandardCharsets.UTF_8);
        SseDecoder decoder = new SseDecoder(4 << 20);
        List<SseEvent> events = new ArrayList<>();
        Runtime runtime = Runtime.getRuntime();
        for (int i = 0; i < 32; i++) {
            decoder.feed(ByteString.fromArray(lines), events::add);
        }
        runtime.gc();
        long used = runtime.totalMemory() - runtime.freeMemory();
        decoder.feed(ByteString.fromString("\n"), events::add);
        events.clear();
        runtime.gc();
        long after = runtime.totalMemory() - runtime.freeMemory();
        assertThat(used - after).as("bytes for 2 Mi lines").isLessThan(64L << 20);
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 65; i++) {
                        decoder.feed(ByteString.fromArray(lines), events::add);
                    }
                })
                .isInstanceOf(SseTooLarge.class);
    }

    @Test
    void aCommentOfAnyLengthIsDroppedUnstored() {
        SseDecoder decoder = new SseDecoder(64);
        List<SseEvent> events = new ArrayList<>();
        decoder.feed(ByteString.fromString("\n:"), events::add);
        for (int i = 0; i < 1000; i++) {
            decoder.feed(ByteString.fromString("a".repeat(1000)), events::add);
        }
        decoder.feed(ByteString.fromString("\ndata: after\n\n"), events::add);
        assertThat(events).containsExactly(event("after"));
    }

    private static void feedByBytes(SseDecoder decoder, byte[] bytes) {
        for (byte b : bytes) {
            decoder.feed(ByteString.fromArray(new byte[] {b}), event -> {});
        }
    }

    private static byte[] slice(byte[] bytes, int from, int to) {
        return java.util.Arrays.copyOfRange(bytes, from, to);
    }
}
