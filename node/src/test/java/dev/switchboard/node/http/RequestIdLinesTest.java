package dev.switchboard.node.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import dev.switchboard.node.CapturedLog;
import dev.switchboard.node.TestNode;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Every line that the log has about a request carries its X-Request-Id, however the request ends. */
class RequestIdLinesTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    /** Rooms that log of nothing but requests while they serve one. */
    private static final List<String> ROOMS =
            List.of("http", "turn", "upstream", "relay", "memory", "quota", "session");

    private static final String CONFIG =
            """
            switchboard {
              log { requests = true, level = TRACE }
              http.write-timeout = 1s
              bootstrap {
                platforms = [
                  { id = endless, name = "Endless", adapter = openai, base-url = "%1$s" }
                  { id = gone, name = "Gone", adapter = openai, base-url = "http://127.0.0.1:1/v1" }
                ]
                models = [ { platform = endless, id = words }, { platform = gone, id = m } ]
                keys = [ { platform = endless, key = "sk-endless" }, { platform = gone, key = "sk-gone" } ]
              }
            }
            """;

    private static TestNode node;

    private static void ask(String id, String key, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(node.baseUrl() + "/v1/chat/completions"))
                .header("Authorization", "Bearer " + key)
                .header("X-Request-Id", id)
                .POST(BodyPublishers.ofString(body))
                .build();
        HttpResponse<String> answer = node.client().send(request, BodyHandlers.ofString());
        assertThat(answer.headers().firstValue("X-Request-Id")).hasValue(id);
    }

    private static String chat(String model, boolean stream) {
        return "{\"model\":\"" + model + "\",\"stream\":" + stream
                + ",\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]}";
    }

    /** A client that never reads is disconnected by the node. */
    private static void neverRead(String id) throws Exception {
        String body = chat("endless/words", true);
        try (Socket socket = new Socket()) {
            socket.setReceiveBufferSize(1024);
            socket.connect(new InetSocketAddress(
                    InetAddress.getLoopbackAddress(), URI.create(node.baseUrl()).getPort()));
            socket.getOutputStream()
                    .write(("POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + node.apiKey()
                                    + "\r\nX-Request-Id: " + id + "\r\nContent-Length: " + body.length() + "\r\n\r\n"
                                    + body)
                            .getBytes(StandardCharsets.US_ASCII));
            await().atMost(SOON)
                    .until(() -> node.get("/api/requests").text().contains(id)
                            && node.get("/api/in-flight").body().isEmpty());
        }
    }

    @Test
    void everyLineOfARequestCarriesItsId() throws Exception {
        Logger own = (Logger) LoggerFactory.getLogger("dev.switchboard");
        Level before = own.getLevel();
        try (CapturedLog log = new CapturedLog();
                EndlessProvider provider = new EndlessProvider()) {
            node = TestNode.start(CONFIG.formatted(provider.baseUrl()));
            try {
                own.setLevel(Level.TRACE);
                Set<String> sent = new TreeSet<>(Set.of(
                        "of-success",
                        "of-stream",
                        "of-unreachable",
                        "of-unknown-model",
                        "of-no-json",
                        "of-no-key",
                        "of-never-reading"));
                ask("of-success", node.apiKey(), chat("demo/echo", false));
                ask("of-stream", node.apiKey(), chat("demo/echo", true));
                ask("of-unreachable", node.apiKey(), chat("gone/m", false));
                ask("of-unknown-model", node.apiKey(), chat("no/such", false));
                ask("of-no-json", node.apiKey(), "{");
                ask("of-no-key", "sb-nobody", "{}");
                neverRead("of-never-reading");
                await().atMost(SOON).untilAsserted(() -> assertThat(ids(log)).containsAll(sent));
                assertThat(log.lines().stream().filter(RequestIdLinesTest::isOfARequest))
                        .allSatisfy(line -> assertThat(CapturedLog.requestId(line))
                                .as(line.getLoggerName() + ": " + line.getFormattedMessage())
                                .isNotNull());
                assertThat(log.lines())
                        .filteredOn(line -> "of-never-reading".equals(CapturedLog.requestId(line)))
                        .extracting(ILoggingEvent::getFormattedMessage)
                        .anySatisfy(text -> assertThat(text).contains("took nothing of its answer"));
                assertThat(log.lines())
                        .extracting(ILoggingEvent::getFormattedMessage)
                        .noneMatch(text -> text.contains("Response stream for"));
            } finally {
                node.stop();
            }
        } finally {
            own.setLevel(before);
        }
    }

    @Test
    void theLogOfANodeLeavesOutWhatTestsLeaveOut() throws Exception {
        try (InputStream in = KnownEnds.class.getResourceAsStream("/logback.xml")) {
            assertThat(new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8))
                    .contains("<turboFilter class=\"" + KnownEnds.class.getName() + "\"/>");
        }
    }

    private static Set<String> ids(CapturedLog log) {
        return log.lines().stream()
                .map(CapturedLog::requestId)
                .filter(Objects::nonNull)
                .collect(Collectors.toSet());
    }

    private static boolean isOfARequest(ILoggingEvent line) {
        String logger = line.getLoggerName();
        return logger.equals("dev.switchboard.requests")
                || ROOMS.stream().anyMatch(room -> logger.startsWith("dev.switchboard.node." + room + "."));
    }
}
