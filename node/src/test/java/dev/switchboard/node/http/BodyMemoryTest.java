package dev.switchboard.node.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.switchboard.node.TestNode;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** All request bodies of a node together have one bound, and every end of a request gives its room back. */
class BodyMemoryTest {
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final int LARGE = 200_000;
    private static final String CONFIG =
            """
            switchboard.bootstrap {
              platforms = [ { id = endless, name = "Endless", adapter = openai, base-url = "%s" } ]
              models = [ { platform = endless, id = words } ]
              keys = [ { platform = endless, key = "sk-endless" } ]
            }
            switchboard.http { max-body = 512 KiB, body-memory = 512 KiB }
            """;

    private static EndlessProvider provider;
    private static TestNode node;

    @BeforeAll
    static void start() throws Exception {
        provider = new EndlessProvider();
        node = TestNode.start(CONFIG.formatted(provider.baseUrl()));
    }

    @AfterAll
    static void stop() throws Exception {
        node.stop();
        provider.close();
    }

    private static String chat(String model, boolean stream, int letters) {
        return "{\"model\":\"" + model + "\",\"stream\":" + stream + ",\"messages\":[{\"role\":\"user\",\"content\":\""
                + "x".repeat(letters) + "\"}]}";
    }

    /** A connection that has sent a request's head and {@code body}, of which {@code declared} bytes were announced. */
    private static Socket send(String body, String length) throws IOException {
        Socket socket = new Socket();
        socket.connect(
                new InetSocketAddress(
                        InetAddress.getLoopbackAddress(),
                        URI.create(node.baseUrl()).getPort()),
                5_000);
        OutputStream out = socket.getOutputStream();
        out.write(("POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + node.apiKey()
                        + "\r\nContent-Type: application/json\r\n" + length + "\r\n\r\n" + body)
                .getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
        return socket;
    }

    private static double metric(String name) throws Exception {
        Matcher line = Pattern.compile("(?m)^" + name + " (\\S+)$")
                .matcher(node.send("GET", "/metrics", null, null).text());
        assertThat(line.find()).as(name).isTrue();
        return Double.parseDouble(line.group(1));
    }

    private static void awaitHeld(double least, double most) {
        await().atMost(SOON).untilAsserted(() -> assertThat(metric("switchboard_bodies_held_bytes"))
                .isBetween(least, most));
    }

    private static void assertFull() throws Exception {
        double refused = metric("switchboard_bodies_refused_total");
        TestNode.Reply answer = node.chat("demo/echo", "y".repeat(LARGE));
        assertThat(answer.status()).as(answer.text()).isEqualTo(503);
        assertThat(answer.errorType()).isEqualTo("overloaded_error");
        assertThat(answer.headers().firstValue("Retry-After")).hasValue("1");
        assertThat(metric("switchboard_bodies_refused_total")).isGreaterThan(refused);
        // Small ones still fit, and so does whoever has to look after the node.
        assertThat(node.chat("demo/echo", "small").status()).isEqualTo(200);
        assertThat(node.admin("PUT", "/api/settings", "{\"log.requests\":\"" + " ".repeat(LARGE) + "\"}")
                        .status())
                .isEqualTo(400);
    }

    private static void assertEmpty() throws Exception {
        awaitHeld(0, 0);
        assertThat(node.chat("demo/echo", "y".repeat(LARGE)).status()).isEqualTo(200);
        awaitHeld(0, 0);
    }

    @Test
    void bodiesThatAreStillSentHoldTheirDeclaredLengthUntilTheirClientsLeave() throws Exception {
        List<Socket> halves = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            halves.add(send("{\"half", "Content-Length: " + LARGE));
        }
        awaitHeld(2 * LARGE, 2 * LARGE);
        assertFull();
        for (Socket half : halves) {
            half.close();
        }
        assertEmpty();
    }

    @Test
    void bodiesOfUnknownLengthTakeRoomAsTheyArrive() throws Exception {
        String begun = Integer.toHexString(LARGE) + "\r\n" + "z".repeat(LARGE) + "\r\n";
        try (Socket first = send(begun, "Transfer-Encoding: chunked");
                Socket second = send(begun, "Transfer-Encoding: chunked")) {
            awaitHeld(2 * LARGE, 2 * LARGE);
            assertFull();
            try (Socket third = send(begun, "Transfer-Encoding: chunked")) {
                third.setSoTimeout(10_000);
                byte[] head = third.getInputStream().readNBytes(12);
                assertThat(new String(head, StandardCharsets.ISO_8859_1)).isEqualTo("HTTP/1.1 503");
            }
            assertThat(first.isConnected() && second.isConnected()).isTrue();
        }
        assertEmpty();
    }

    @Test
    void aStreamHoldsItsRequestUntilItsClientLeaves() throws Exception {
        String body = chat("endless/words", true, LARGE);
        List<Socket> readers = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            readers.add(send(body, "Content-Length: " + body.length()));
        }
        await().atMost(SOON).until(() -> provider.open.get() >= 2);
        awaitHeld(2 * LARGE, 2 * LARGE + 10_000);
        assertFull();
        for (Socket reader : readers) {
            reader.close();
        }
        assertEmpty();
    }

    @Test
    void refusedAndMalformedRequestsLeaveNothingBehind() throws Exception {
        for (String body : List.of(
                "[" + "1,".repeat(1_000), chat("no/such-model", false, LARGE), chat("demo/echo", false, 600_000))) {
            assertThat(node.send("POST", "/v1/chat/completions", body, node.apiKey())
                            .status())
                    .isGreaterThanOrEqualTo(400);
        }
        assertThat(node.send("POST", "/v1/messages", "{\"model\":1}", node.apiKey())
                        .status())
                .isEqualTo(400);
        awaitHeld(0, 0);
    }

    @Test
    void manySmallValuesAreCountedByWhatTheyTakeInMemory() throws Exception {
        try (Socket half = send("{\"half", "Content-Length: " + LARGE)) {
            awaitHeld(LARGE, LARGE);
            String wide = chat("demo/echo", false, 10)
                    .replace("{\"model\"", "{\"wide\":[" + "1,".repeat(20_000) + "1],\"model\"");
            assertThat(wide.length()).isLessThan(LARGE);
            assertThat(node.send("POST", "/v1/chat/completions", wide, node.apiKey())
                            .status())
                    .isEqualTo(503);
            assertThat(half.isConnected()).isTrue();
        }
        assertEmpty();
    }
}
