package dev.switchboard.node.simulator;

import static dev.switchboard.node.simulator.SimulatorHarness.chat;
import static dev.switchboard.node.simulator.SimulatorHarness.events;
import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.node.simulator.SimulatorHarness.End;
import dev.switchboard.node.simulator.SimulatorHarness.Wired;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Faults below HTTP, seen from a bare socket. */
class WireFaultsTest {
    private static final int ALL = Integer.MAX_VALUE;
    private static SimulatorHarness harness;

    @BeforeAll
    static void start() throws Exception {
        harness = new SimulatorHarness();
    }

    @AfterAll
    static void stop() {
        harness.close();
    }

    private static Wired wire(String text, boolean stream) throws Exception {
        return harness.wire(chat("echo", text, stream), Duration.ofMillis(400), ALL);
    }

    private static String body(Wired wired) {
        String text = wired.text();
        int end = text.indexOf("\r\n\r\n");
        assertThat(end).as("headers in: " + text).isPositive();
        return text.substring(end + 4);
    }

    @Test
    void cutBeforeTheResponse() throws Exception {
        Wired reset = wire("x [[cut]]", false);
        assertThat(reset.end()).isEqualTo(End.RESET);
        assertThat(reset.bytes()).isEmpty();
        Wired closed = wire("x [[cut cut-by=close]]", true);
        assertThat(closed.end()).isEqualTo(End.CLOSED);
        assertThat(closed.bytes()).isEmpty();
    }

    @Test
    void cutAfterContentFrames() throws Exception {
        Wired reset = wire("one two three [[cut=2]]", true);
        assertThat(reset.end()).isEqualTo(End.RESET);
        assertThat(reset.text()).contains("\" two\"").doesNotContain("three").doesNotContain("[DONE]");
        Wired closed = wire("one two three [[cut=2 cut-by=close]]", true);
        assertThat(closed.end()).isEqualTo(End.CLOSED);
        assertThat(closed.text()).contains("\" two\"").doesNotEndWith("0\r\n\r\n");
        Wired late = wire("one [[cut=9]]", true);
        assertThat(late.text()).contains("\"one\"").doesNotContain("\"stop\"");
        Wired early = wire("one [[cut=0]]", true);
        assertThat(early.text()).startsWith("HTTP/1.1 200").doesNotContain("data:");
    }

    @Test
    void cutAtAByte() throws Exception {
        Wired json = wire("hello [[cut-at=10 cut-by=close]]", false);
        assertThat(json.end()).isEqualTo(End.CLOSED);
        assertThat(body(json)).isEqualTo("{\"id\":\"cha");
        assertThat(json.text()).containsPattern("Content-Length: [1-9]\\d\\d");
        Wired stream = wire("hello [[cut-at=9]]", true);
        assertThat(stream.end()).isEqualTo(End.RESET);
        assertThat(body(stream)).isEqualTo("9\r\ndata: {\"i\r\n");
        Wired half = wire("hello [[cut=1]]", false);
        assertThat(half.end()).isEqualTo(End.RESET);
        assertThat(body(half)).startsWith("{\"id\"").doesNotEndWith("}");
    }

    @Test
    void headersWithoutEnd() throws Exception {
        Wired wired = harness.wire(chat("echo", "[[endless-headers]]", false), Duration.ofSeconds(2), 1_000_000);
        assertThat(wired.bytes().length).isGreaterThanOrEqualTo(1_000_000);
        assertThat(wired.text()).startsWith("HTTP/1.1 200").doesNotContain("\r\n\r\n");
    }

    @Test
    void stallsKeepTheSocketOpen() throws Exception {
        Wired before = wire("x [[stall]]", true);
        assertThat(before.end()).isEqualTo(End.OPEN);
        assertThat(before.bytes()).isEmpty();
        Wired first = wire("x [[stall=first]]", true);
        assertThat(first.end()).isEqualTo(End.OPEN);
        assertThat(first.text()).startsWith("HTTP/1.1 200").doesNotContain("data:");
        Wired after = wire("one two three [[stall=2]]", true);
        assertThat(after.end()).isEqualTo(End.OPEN);
        assertThat(after.text()).contains("\" two\"").doesNotContain("three");
        Wired role = wire("one [[answer=role]]", true);
        assertThat(role.end()).isEqualTo(End.OPEN);
        assertThat(role.text()).contains("\"role\"").doesNotContain("\"one\"");
        Wired json = wire("one [[stall=1]]", false);
        assertThat(json.end()).isEqualTo(End.OPEN);
        assertThat(body(json)).contains("\"id\"");
    }

    @Test
    void stallsMayMakeNoise() throws Exception {
        String path = "[[stall=1 stall-every=10ms stall-noise=";
        assertThat(noisy(path + "comments]]").split(": still here", -1)).hasSizeGreaterThan(4);
        assertThat(noisy(path + "empty]]").split("data:\n\n", -1)).hasSizeGreaterThan(4);
        assertThat(noisy(path + "role]]").split("\"role\"", -1)).hasSizeGreaterThan(4);
    }

    private static String noisy(String order) throws Exception {
        Wired wired = harness.wire(chat("echo", "one two " + order, true), Duration.ofMillis(300), 1_500);
        assertThat(wired.end()).isEqualTo(End.OPEN);
        return wired.text();
    }

    @Test
    void bodiesInSmallPieces() throws Exception {
        Wired stream = wire("one two [[split=3]]", true);
        String body = body(stream);
        assertThat(body).startsWith("3\r\ndat\r\n3\r\na: \r\n");
        StringBuilder joined = new StringBuilder();
        for (int at = 0; at < body.length(); ) {
            int line = body.indexOf("\r\n", at);
            int size = Integer.parseInt(body.substring(at, line), 16);
            assertThat(size).isLessThanOrEqualTo(3);
            joined.append(body, line + 2, line + 2 + size);
            at = line + 2 + size + 2;
        }
        assertThat(SimulatorHarness.streamed(joined.toString())).isEqualTo("one two");
        assertThat(events(joined.toString())).endsWith("[DONE]");
        assertThat(body(wire("x [[split=5]]", false))).startsWith("5\r\n{\"id\"\r\n");
        assertThat(body(wire("x [[split=2 cut-at=5 cut-by=close]]", true)))
                .isEqualTo("2\r\nda\r\n2\r\nta\r\n1\r\n:\r\n");
    }

    @Test
    void wrappedErrorsEndWithDoneWhateverTheLineEnd() throws Exception {
        assertThat(body(wire("a b [[wrapped=1 line-end=crlf]]", true))).contains("data: [DONE]\r\n\r\n");
    }

    @Test
    void theNextRequestOnANewConnectionIsServed() throws Exception {
        wire("x [[cut]]", false);
        assertThat(harness.openAi("fine").statusCode()).isEqualTo(200);
    }
}
