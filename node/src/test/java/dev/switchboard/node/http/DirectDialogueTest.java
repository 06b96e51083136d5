package dev.switchboard.node.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpEntity;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.headers.RawHeader;
import akka.stream.javadsl.Source;
import akka.util.ByteString;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.switchboard.node.settings.Settings;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that are answered without a stream are read and answered as Akka HTTP would. */
class DirectDialogueTest {
    private static final int LARGE = 20_000_000;
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final String HEAD = "POST /v1/chat/completions HTTP/1.1\r\n"
            + "Host: 127.0.0.1:8080\r\n"
            + "User-Agent: Some/1.0 (words; more words)\r\n"
            + "Authorization: Bearer sb-0123\r\n"
            + "X-Session-Id:  one  \r\n"
            + "Accept: application/json, */*;q=0.5\r\n"
            + "Connection: keep-alive\r\n"
            + "Content-Type: application/json\r\n";
    private static final String BODY = "{\"model\":\"auto\",\"messages\":[{\"role\":\"user\",\"content\":\"é\"}]}";
    private static final String LENGTH = "Content-Length: " + BODY.getBytes(StandardCharsets.UTF_8).length + "\r\n";
    private static final String REQUEST = HEAD + LENGTH + "\r\n" + BODY;

    /** No endpoint for programs reads these, and Akka HTTP writes their values anew. */
    private static final Set<String> ANEW = Set.of("user-agent", "accept", "host");

    private static final String LEAVING = "GET /v1/models HTTP/1.1\r\nHost: here\r\n\r\n";

    private static ActorTestKit kit;
    private static int port;
    private static final AtomicInteger GONE = new AtomicInteger();

    @BeforeAll
    static void bind() throws Exception {
        kit = ActorTestKit.create("direct", config(""));
        port = bound(kit, Duration.ofSeconds(5));
    }

    private static Config config(String more) {
        // As in the settings of a node.
        return ConfigFactory.parseString("akka.http.server { server-header = \"\", request-timeout = off }\n" + more)
                .withFallback(ConfigFactory.load());
    }

    private static int bound(ActorTestKit kit, Duration patience) throws Exception {
        Settings.Clients limits = new Settings.Clients(100, patience, patience, Duration.ofSeconds(5));
        return Server.bind(kit.system(), "127.0.0.1", 0, null, limits, DirectDialogueTest::answer)
                .toCompletableFuture()
                .get(5, TimeUnit.SECONDS)
                .localAddress()
                .getPort();
    }

    @AfterAll
    static void stop() {
        kit.shutdownTestKit();
    }

    /** Tells what it was asked, and by which way: Akka HTTP's requests have an absolute URI. */
    private static CompletionStage<HttpResponse> answer(HttpRequest request) {
        if (request.getHeader("X-Wait").isPresent()) {
            CompletableFuture<HttpResponse> until = new CompletableFuture<>();
            request.getAttribute(Exchange.CLIENT_LINK).orElseThrow().whenGone(() -> {
                GONE.incrementAndGet();
                until.complete(HttpResponse.create());
            });
            return until;
        }
        if (request.getHeader("X-Large").isPresent()) {
            return CompletableFuture.completedStage(
                    HttpResponse.create().withEntity(ContentTypes.APPLICATION_JSON, "0123456789".repeat(LARGE / 10)));
        }
        if (request.getHeader("X-Parts").isPresent()) {
            return CompletableFuture.completedStage(HttpResponse.create()
                    .withEntity(HttpEntities.createChunked(
                            ContentTypes.TEXT_PLAIN_UTF8,
                            Source.from(List.of(ByteString.fromString("some "), ByteString.fromString("parts"))))));
        }
        CompletionStage<HttpResponse> told =
                request.entity().toStrict(1000, kit.system()).thenApply(body -> told(request, body));
        return request.getHeader("X-Late").isPresent()
                ? told.thenCompose(done -> CompletableFuture.supplyAsync(
                        () -> done, CompletableFuture.delayedExecutor(200, TimeUnit.MILLISECONDS)))
                : told;
    }

    private static HttpResponse told(HttpRequest request, HttpEntity.Strict body) {
        String headers = StreamSupport.stream(request.getHeaders().spliterator(), false)
                .filter(header -> !ANEW.contains(header.lowercaseName()))
                .map(header -> header.lowercaseName() + "=" + header.value())
                .sorted()
                .collect(Collectors.joining(";"));
        return HttpResponse.create()
                .withStatus(request.getHeader("X-Bad").isPresent() ? 429 : 200)
                .addHeader(RawHeader.create("X-Second", "2"))
                .addHeader(RawHeader.create("X-Way", request.getUri().isRelative() ? "direct" : "stream"))
                .withEntity(
                        ContentTypes.APPLICATION_JSON,
                        request.method().value() + " " + request.getUri().path() + " "
                                + request.protocol().value() + " "
                                + request.entity().getContentType() + " " + headers + " "
                                + body.getData().utf8String());
    }

    @Test
    void aUsualRequestIsAnsweredDirectlyAndAsAkkaHttpDoes() throws IOException {
        String direct = alone(REQUEST);
        String streamed = behindAnother(REQUEST);

        assertThat(direct).contains("X-Way: direct").endsWith(BODY);
        assertThat(streamed).contains("X-Way: stream");
        assertThat(comparable(direct)).isEqualTo(comparable(streamed));
    }

    @Test
    void aRefusalToo() throws IOException {
        String refused = REQUEST.replace("Accept:", "X-Bad: yes\r\nAccept:");

        assertThat(alone(refused))
                .startsWith("HTTP/1.1 429 Too Many Requests\r\n")
                .contains("X-Way: direct");
        assertThat(comparable(alone(refused))).isEqualTo(comparable(behindAnother(refused)));
    }

    @Test
    void manyRequestsOfOneConnectionAreAnsweredInTurn() throws IOException {
        try (Socket socket = open(port)) {
            for (int i = 0; i < 50; i++) {
                String answer = ask(socket, REQUEST.replace(" one ", " number " + i + " "));
                assertThat(answer).contains("X-Way: direct").contains("x-session-id=number " + i + " ");
            }
        }
    }

    @Test
    void aBodyBehindItsHeadIsWaitedFor() throws IOException {
        try (Socket socket = open(port)) {
            send(socket, HEAD + LENGTH + "\r\n");
            await().pollDelay(Duration.ofMillis(50)).until(() -> true);
            assertThat(ask(socket, BODY)).contains("X-Way: direct").endsWith(BODY);
        }
    }

    @Test
    void aBodyThatComesLateIsWaitedForByAStream() throws IOException {
        try (Socket socket = open(port)) {
            send(socket, HEAD + LENGTH + "\r\n" + BODY.substring(0, 5));
            await().pollDelay(Duration.ofMillis(1300)).until(() -> true);
            assertThat(ask(socket, BODY.substring(5))).contains("X-Way: stream").endsWith(BODY);
            assertThat(ask(socket, REQUEST)).contains("X-Way: stream").endsWith(BODY);
        }
    }

    /** Each is put in place of the line of the connection. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Cookie: a=b",
                "Origin: https://here.example",
                "Content-Encoding: identity",
                "X-Folded: a\r\n b",
                "X-Other: é",
                "X-Other: a\tb",
                "Keep-Alive: timeout=5",
            })
    void whatIsUnusualIsReadByAkkaHttp(String line) throws IOException {
        String unusual = REQUEST.replace("Connection: keep-alive", line);
        try (Socket socket = open(port)) {
            assertThat(ask(socket, REQUEST)).contains("X-Way: direct");
            assertThat(ask(socket, unusual)).contains("200 OK", "X-Way: stream").endsWith(BODY);
            assertThat(ask(socket, REQUEST)).contains("X-Way: stream").endsWith(BODY);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"stream\":true", "\"stream\" : 1", "\"a\":\"\\\"stream\\\" \\\"stream\""})
    void whatMayBeStreamedIsReadByAkkaHttp(String field) throws IOException {
        String body = "{" + field + "}";
        String answer = alone(HEAD + "Content-Length: " + body.length() + "\r\n\r\n" + body);

        assertThat(answer).contains("X-Way: stream").endsWith(body);
    }

    @Test
    void whatIsNotToBeStreamedIsNot() throws IOException {
        String body = "{\"stream\": false,\"stream_options\":null}";

        assertThat(alone(HEAD + "Content-Length: " + body.length() + "\r\n\r\n" + body))
                .contains("X-Way: direct")
                .endsWith(body);
    }

    @Test
    void anAnswerInPartsComesWhole() throws IOException {
        assertThat(alone(REQUEST.replace("Accept:", "X-Parts: yes\r\nAccept:")))
                .contains("Content-Length: 10\r\n")
                .endsWith("some parts");
    }

    @Test
    void requestsSentAheadAreAnsweredInOrder() throws IOException {
        try (Socket socket = open(port)) {
            send(socket, REQUEST.replace(" one ", " a ") + REQUEST.replace(" one ", " b "));
            assertThat(read(socket)).contains("x-session-id=a ");
            assertThat(read(socket)).contains("x-session-id=b ");
        }
        try (Socket socket = open(port)) {
            send(socket, REQUEST.replace("Accept:", "X-Late: yes\r\nAccept:"));
            await().pollDelay(Duration.ofMillis(50)).until(() -> true);
            send(socket, REQUEST.replace(" one ", " b "));
            assertThat(read(socket)).contains("X-Way: direct", "x-session-id=one ");
            assertThat(read(socket)).contains("X-Way: stream", "x-session-id=b ");
        }
    }

    @Test
    void aLargeAnswerGoesAsItsClientTakesIt() throws Exception {
        String large = REQUEST.replace("Accept:", "X-Large: yes\r\nAccept:");
        try (Socket socket = open(port)) {
            send(socket, large);
            await().pollDelay(Duration.ofMillis(200)).until(() -> true);
            send(socket, REQUEST);
            assertThat(read(socket)).hasSizeGreaterThan(LARGE).endsWith("0123456789");
            assertThat(read(socket)).contains("X-Way: stream").endsWith(BODY);
            socket.shutdownOutput();
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
        try (Socket socket = open(port)) {
            send(socket, large);
            socket.shutdownOutput();
            assertThat(read(socket)).hasSizeGreaterThan(LARGE).endsWith("0123456789");
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }

    /** Its connection is closed behind what it has not taken, and broken when it takes nothing for long. */
    @Test
    void whoTakesNothingOfALargeAnswerIsBroken() throws Exception {
        ActorTestKit hasty = ActorTestKit.create("hasty", config("akka.http.server.idle-timeout = 500 ms"));
        try {
            int impatient = bound(hasty, Duration.ofMillis(300));
            try (Socket socket = open(impatient)) {
                send(socket, REQUEST.replace("Accept:", "X-Large: yes\r\nAccept:"));
                await().pollDelay(Duration.ofMillis(1500)).until(() -> true);
                assertThatThrownBy(() -> socket.getInputStream().readNBytes(2 * LARGE))
                        .isInstanceOf(SocketException.class);
            }
        } finally {
            hasty.shutdownTestKit();
        }
    }

    @Test
    void aClientThatGoesIsNoticedWhileItsAnswerIsAwaited() throws IOException {
        String waiting = REQUEST.replace("Accept:", "X-Wait: yes\r\nAccept:");
        for (boolean half : new boolean[] {true, false}) {
            int before = GONE.get();
            Socket socket = open(port);
            send(socket, waiting);
            await().pollDelay(Duration.ofMillis(50)).until(() -> true);
            if (half) {
                socket.shutdownOutput();
                assertThat(read(socket)).startsWith("HTTP/1.1 200 OK");
                assertThat(socket.getInputStream().read()).isEqualTo(-1);
            }
            socket.close();
            await().atMost(SOON).untilAsserted(() -> assertThat(GONE).hasValue(before + 1));
        }
    }

    @Test
    void silentConnectionsAreClosed() throws Exception {
        int impatient = bound(kit, Duration.ofMillis(300));
        try (Socket silent = open(impatient);
                Socket once = open(impatient)) {
            assertThat(ask(once, REQUEST)).contains("X-Way: direct");
            assertThat(once.getInputStream().read()).isEqualTo(-1);
            assertThat(silent.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void nothingInAnAnswerEndsItsLine() {
        HttpResponse response = HttpResponse.create()
                .addHeader(RawHeader.create("X-Model", "a\r\nX-Other: b"))
                .withEntity(ContentTypes.APPLICATION_JSON, "{}");

        String head = new String(
                DirectAnswer.of(response, (HttpEntity.Strict) response.entity(), true)
                        .head(),
                StandardCharsets.ISO_8859_1);

        assertThat(head)
                .contains("X-Model: a  X-Other: b\r\n", "Connection: close\r\n")
                .endsWith("\r\n\r\n");
    }

    /** Changed requests, most of them wrong: whatever is answered directly is answered as behind a request that left. */
    @Test
    void changedRequestsAreAnsweredAsAkkaHttpDoes() throws IOException {
        int direct = 0;
        for (int seed = 0; seed < 250; seed++) {
            Random random = new Random(seed);
            StringBuilder changed = new StringBuilder(REQUEST);
            for (int i = random.nextInt(2); i >= 0; i--) {
                change(changed, random);
            }
            String first = alone(changed.toString());
            if (first.contains("X-Way: direct")) {
                direct++;
                assertThat(comparable(first))
                        .as("seed " + seed + ": " + changed)
                        .isEqualTo(comparable(behindAnother(changed.toString())));
            }
        }
        assertThat(direct).isGreaterThan(30);
    }

    private static void change(StringBuilder request, Random random) {
        int at = random.nextInt(HEAD.length() + LENGTH.length());
        char other = random.nextInt(3) == 0 ? (char) random.nextInt(128) : ": \r\n\tax1/,;".charAt(random.nextInt(11));
        switch (random.nextInt(3)) {
            case 0 -> request.setCharAt(at, other);
            case 1 -> request.insert(at, other);
            default -> request.deleteCharAt(at);
        }
    }

    private static String alone(String request) throws IOException {
        try (Socket socket = open(port)) {
            return ask(socket, request);
        }
    }

    private static String behindAnother(String request) throws IOException {
        try (Socket socket = open(port)) {
            ask(socket, LEAVING);
            return ask(socket, request);
        }
    }

    private static String comparable(String answer) {
        return answer.replaceAll("Date: [^\r]*", "Date").replaceAll("X-Way: \\w+", "X-Way");
    }

    private static Socket open(int to) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), to);
        socket.setSoTimeout(5_000);
        return socket;
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String ask(Socket socket, String request) throws IOException {
        send(socket, request);
        return read(socket);
    }

    /** One answer with its length; what came until then where the connection ends or nothing more comes. */
    private static String read(Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        StringBuilder head = new StringBuilder();
        try {
            while (head.indexOf("\r\n\r\n") < 0) {
                int next = in.read();
                if (next < 0) {
                    return head.toString();
                }
                head.append((char) next);
            }
        } catch (SocketTimeoutException e) {
            return head.toString();
        }
        int length = head.toString()
                .lines()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith("content-length: "))
                .mapToInt(line -> Integer.parseInt(line.substring("content-length: ".length())))
                .findFirst()
                .orElse(0);
        return head + new String(in.readNBytes(length), StandardCharsets.UTF_8);
    }
}
