package dev.switchboard.node.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.switchboard.node.TestNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a stranger's connection may cost, over plain sockets on a real node with short limits. */
class ClientLimitsTest {
    private static final int WITHIN_MS = 10_000;
    private static final int MAX_BODY = 65_536;
    private static final int MAX_CONNECTIONS = 40;
    private static final int NEVER_READING = 6;
    private static final String CONFIG =
            """
            switchboard.bootstrap {
              platforms = [ { id = endless, name = "Endless", adapter = openai, base-url = "%s" } ]
              models = [ { platform = endless, id = words } ]
              keys = [ { platform = endless, key = "sk-endless" } ]
            }
            switchboard.http {
              header-timeout = 1s, keep-alive-timeout = 1s, write-timeout = 1s, max-body = 64 KiB, max-connections = %d
            }
            """;

    private static EndlessProvider provider;
    private static TestNode node;
    private static int port;

    @BeforeAll
    static void start() throws Exception {
        provider = new EndlessProvider();
        node = TestNode.start(CONFIG.formatted(provider.baseUrl(), MAX_CONNECTIONS));
        port = URI.create(node.baseUrl()).getPort();
    }

    @AfterAll
    static void stop() throws Exception {
        node.stop();
        provider.close();
    }

    private static Socket open(int receiveBuffer) throws IOException {
        Socket socket = new Socket();
        if (receiveBuffer > 0) {
            socket.setReceiveBufferSize(receiveBuffer);
        }
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), WITHIN_MS);
        socket.setSoTimeout(WITHIN_MS);
        return socket;
    }

    private static void write(Socket socket, String text) throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }

    /** What was answered until the server closed; a reset counts as a close. */
    private static String answer(Socket socket) throws IOException {
        StringBuilder text = new StringBuilder();
        byte[] buffer = new byte[8192];
        InputStream in = socket.getInputStream();
        try {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                text.append(new String(buffer, 0, n, StandardCharsets.ISO_8859_1));
            }
        } catch (SocketException e) {
            return text.toString();
        }
        return text.toString();
    }

    private static String exchange(String request) throws IOException {
        try (Socket socket = open(0)) {
            write(socket, request);
            return answer(socket);
        }
    }

    private static String post(String body, String... headers) {
        return "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + node.apiKey()
                + "\r\nContent-Type: application/json\r\nConnection: close\r\n" + String.join("", headers)
                + "Content-Length: " + body.length() + "\r\n\r\n" + body;
    }

    private static void assertAnswersOthers() throws Exception {
        assertThat(node.chat("demo/echo", "still there").status()).isEqualTo(200);
    }

    @Test
    void halfARequestEndsByTheHeaderTimeoutHoweverSlowlyItGrows() throws Exception {
        Instant begun = Instant.now();
        try (Socket silent = open(0);
                Socket slow = open(0)) {
            write(slow, "GET /livez HTTP/1.1\r\n");
            await().atMost(WITHIN_MS, TimeUnit.MILLISECONDS)
                    .pollInterval(Duration.ofMillis(100))
                    .until(() -> {
                        try {
                            write(slow, "X-Slow: 1\r\n");
                            return false;
                        } catch (SocketException closed) {
                            return true;
                        }
                    });
            assertThat(silent.getInputStream().read()).isEqualTo(-1);
        }
        assertThat(Duration.between(begun, Instant.now())).isBetween(Duration.ofMillis(900), Duration.ofSeconds(5));
    }

    @Test
    void aConnectionThatAsksForNothingMoreIsClosed() throws Exception {
        try (Socket idle = open(0)) {
            write(idle, "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n");
            assertThat(answer(idle)).startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void aBodyThatStopsBeforeItsEndHoldsNothingForGood() throws Exception {
        try (Socket slow = open(0)) {
            write(slow, "GET /unknown HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nhalf");
            assertThat(answer(slow)).startsWith("HTTP/1.1 404");
        }
    }

    @Test
    void headersHaveALimit() throws Exception {
        String huge = exchange("GET /livez HTTP/1.1\r\nHost: x\r\nX-Huge: " + "a".repeat(40_000) + "\r\n\r\n");
        assertThat(huge).startsWith("HTTP/1.1 431").contains("\"type\":\"invalid_request_error\"");
        String many = exchange("GET /livez HTTP/1.1\r\nHost: x\r\n" + "X-Many: a\r\n".repeat(300) + "\r\n");
        assertThat(many).startsWith("HTTP/1.1 4").contains("malformed_request");
        String path = exchange("GET /" + "a".repeat(20_000) + " HTTP/1.1\r\nHost: x\r\n\r\n");
        assertThat(path).startsWith("HTTP/1.1 414").contains("nosniff", "X-Request-Id");
    }

    @ParameterizedTest
    @CsvSource({
        "/api/audit?limit=%, \"limit\"",
        "/api/audit?limit=1%zz&x=2, \"limit\"",
        "/api/audit?x=%41&range=1h%&y=1, \"range\"",
        "/api/audit?lim%it=1, null",
        "/api/audit?%, null",
        "/api/%, null"
    })
    void aQueryThatCannotBeReadIsRefusedNamingItsParameter(String target, String param) throws Exception {
        assertThat(exchange("GET " + target + " HTTP/1.1\r\nHost: x\r\n\r\n"))
                .startsWith("HTTP/1.1 400")
                .contains("\"param\":" + param);
    }

    @Test
    void whatIsNoHttpIsRefusedInJsonAndClosed() throws Exception {
        for (String nonsense : List.of(
                "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003 client hello",
                "NONSENSE /livez HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET / HTTP/9.9\r\nHost: x\r\n\r\n",
                "GET /livez HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
                "GET /livez HTTP/1.1\r\nBad Header: y\r\n\r\n",
                "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc",
                "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
                "GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n")) {
            String answer = exchange(nonsense);
            assertThat(answer).as(nonsense).matches("(?s)HTTP/1.1 (4\\d\\d|50[15]).*\"error\":.*");
        }
        assertAnswersOthers();
    }

    @Test
    void aBodyAboveTheLimitIs413DeclaredOrNot() throws Exception {
        String declared = exchange(post("x".repeat(MAX_BODY + 1)));
        assertThat(declared).startsWith("HTTP/1.1 413").contains("request_too_large");
        assertThat(exchange(chunksAboveTheLimit() + "0\r\n\r\n")).startsWith("HTTP/1.1 413");
        assertAnswersOthers();
    }

    @Test
    void aBodyThatStopsAboveTheLimitIsNotWaitedFor() throws Exception {
        assertThat(exchange(chunksAboveTheLimit())).startsWith("HTTP/1.1 413").contains("request_too_large");
        assertThat(exchange(chunksAboveTheLimit() + "1000\r\nxx")).startsWith("HTTP/1.1 413");
        assertAnswersOthers();
    }

    private static String chunksAboveTheLimit() {
        return "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + node.apiKey()
                + "\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
                + ("1000\r\n" + "x".repeat(4096) + "\r\n").repeat(MAX_BODY / 4096 + 2);
    }

    /** The JDK's client reads nothing before it has sent everything, as many do. */
    @Test
    void whoSendsFarMoreThanIsTakenGetsItsAnswer() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(node.baseUrl() + "/v1/chat/completions"))
                .header("Authorization", "Bearer " + node.apiKey())
                .POST(HttpRequest.BodyPublishers.ofInputStream(
                        () -> new ByteArrayInputStream(new byte[200 * MAX_BODY])))
                .build();
        HttpResponse<String> answer = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .build()
                .send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(413);
        assertThat(answer.body()).contains("request_too_large");
        assertThat(answer.headers().firstValue("Connection"))
                .as("the rest was passed over, so that the connection goes on")
                .isEmpty();
    }

    @Test
    void withoutAKeyOnlyLittleIsRead() throws Exception {
        String body = "{\"adminKey\":\"" + "x".repeat(8_000) + "\"}";
        String answer = exchange("POST /api/session HTTP/1.1\r\nHost: x\r\nContent-Length: " + body.length()
                + "\r\nConnection: close\r\n\r\n" + body);
        assertThat(answer).startsWith("HTTP/1.1 413");
        String unread = exchange("POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n"
                + "Connection: close\r\n\r\nonly the beginning");
        assertThat(unread).startsWith("HTTP/1.1 401");
    }

    @Test
    void deepAndWideJsonIsRefused() throws Exception {
        for (String bomb : List.of(
                "[".repeat(60_000),
                "{\"a\":".repeat(10_000),
                "{\"messages\":" + "[".repeat(1_000) + "]".repeat(1_000) + "}",
                "{\"model\":\"demo/echo\",\"max_tokens\":" + "9".repeat(60_000) + "}")) {
            assertThat(exchange(post(bomb))).as(bomb.substring(0, 20)).startsWith("HTTP/1.1 400");
        }
        assertAnswersOthers();
    }

    @Test
    void whoNeverReadsAStreamCostsBoundedMemoryIsDisconnectedAndEndsItsTurn() throws Exception {
        String body = "{\"model\":\"endless/words\",\"stream\":true,"
                + "\"messages\":[{\"role\":\"user\",\"content\":\"go on\"}]}";
        List<Socket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < NEVER_READING; i++) {
                Socket socket = open(1024);
                sockets.add(socket);
                write(socket, post(body).replace("Connection: close\r\n", ""));
            }
            await().atMost(WITHIN_MS, TimeUnit.MILLISECONDS).until(() -> provider.open.get() == NEVER_READING);
            await().atMost(WITHIN_MS, TimeUnit.MILLISECONDS).until(() -> provider.cut.get() == NEVER_READING);
            // What buffers of the system hold, on both sides of the node.
            assertThat(provider.sent.get() / NEVER_READING).isLessThan(16L << 20);
            await().atMost(WITHIN_MS, TimeUnit.MILLISECONDS)
                    .until(() -> node.get("/api/in-flight").body().isEmpty());
            assertAnswersOthers();
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    @Test
    void aFloodOfConnectionsWaitsAndTheNodeAnswersAfterIt() throws Exception {
        List<Socket> flood = new ArrayList<>();
        try {
            for (int i = 0; i < MAX_CONNECTIONS * 4; i++) {
                flood.add(open(0));
            }
            // Silent ones end by the header timeout, forty at a time.
            assertAnswersOthers();
        } finally {
            for (Socket socket : flood) {
                socket.close();
            }
        }
    }
}
