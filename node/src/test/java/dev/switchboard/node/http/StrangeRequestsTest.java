package dev.switchboard.node.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.node.TestNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What no well-behaved client sends, byte by byte over plain sockets: smuggled requests, paths that climb, other hosts. */
class StrangeRequestsTest {
    private static final int WITHIN_MS = 5_000;
    private static final String SMUGGLED = "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n";

    private static final String HI = "{\"model\":\"demo/echo\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";

    private static TestNode node;

    @BeforeAll
    static void start() throws Exception {
        node = TestNode.start("switchboard.http { header-timeout = 2s, keep-alive-timeout = 1s }");
    }

    @AfterAll
    static void stop() throws Exception {
        node.stop();
    }

    /** Everything that is answered until the node closes the connection. */
    private static String exchange(String request) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(
                    new InetSocketAddress(
                            InetAddress.getLoopbackAddress(),
                            URI.create(node.baseUrl()).getPort()),
                    WITHIN_MS);
            socket.setSoTimeout(WITHIN_MS);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            try {
                socket.getInputStream().transferTo(all);
            } catch (SocketException reset) {
                // What came before counts.
            } catch (SocketTimeoutException open) {
                throw new AssertionError("still open after: " + all, open);
            }
            return all.toString(StandardCharsets.ISO_8859_1);
        }
    }

    private static String get(String path, String... headers) throws IOException {
        return exchange(
                "GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + String.join("", headers) + "\r\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
                "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\nContent-Length: 5\r\n",
                "Transfer-Encoding : chunked\r\nContent-Length: 5\r\n",
                "Transfer-Encoding: xchunked\r\nContent-Length: 5\r\n",
                "Content-Length: 5\r\nContent-Length: 38\r\n",
                "Content-Length: 5, 38\r\n",
                "Content-Length: +5\r\n",
                "Content-Length: 0x5\r\n",
                "Content-Length: 99999999999999999999\r\n"
            })
    void aRequestOfDoubtfulLengthIsRefusedAndNothingBehindItIsAnswered(String lengths) throws Exception {
        String answer = exchange("POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
                + node.apiKey() + "\r\n" + lengths + "\r\n0\r\n\r\n" + SMUGGLED);
        assertThat(answer).matches("(?s)HTTP/1.1 4\\d\\d.*\"error\":.*").doesNotContain("HTTP/1.1 200");
        assertThat(answer.split("HTTP/1\\.1 ", -1)).as(answer).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/../../../../etc/passwd",
                "/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
                "/..%2f..%2f..%2fetc/passwd",
                "/..%5c..%5cetc/passwd",
                "/assets/../../logback.xml",
                "/assets/%2e%2e/logback.xml",
                "/assets/..%2f..%2flogback.xml",
                "/assets/....//logback.xml",
                "//etc/passwd",
                "/logback.xml",
                "/reference.conf",
                "/switchboard/reference/switchboard.conf",
                "/META-INF/MANIFEST.MF",
                "/dev/switchboard/node/main/Main.class",
                "/assets/%00.js",
                "/assets/nothing.js",
                "/.git/config",
                "/%c0%ae%c0%ae/etc/passwd",
                "/index.html%00.png"
            })
    void noPathLeavesTheDashboardsFiles(String path) throws Exception {
        String answer = get(path);
        assertThat(answer).matches("(?s)HTTP/1.1 40[04] .*").contains("\"error\":", "nosniff");
        assertThat(answer).doesNotContain("root:", "<configuration", "Manifest-Version", "akka {");
        // A browser that asks for a page gets the dashboard or a refusal, never a file.
        String page = get(path, "Accept: text/html\r\n");
        assertThat(page).matches("(?s)HTTP/1.1 (200|400|404) .*");
        if (page.startsWith("HTTP/1.1 200")) {
            assertThat(page).contains("<div id=\"root\"");
        }
    }

    @Test
    void aFileThatABrowserHasIsNotSentAgain() throws Exception {
        Matcher tag = Pattern.compile("ETag: (\\S+)").matcher(get("/"));
        assertThat(tag.find()).isTrue();
        String known = tag.group(1);
        for (String has : List.of(known, "W/" + known, "\"other\", W/" + known, "*")) {
            assertThat(get("/", "If-None-Match: " + has + "\r\n")).as(has).startsWith("HTTP/1.1 304 ");
        }
        assertThat(get("/", "If-None-Match: W/\"other\"\r\n")).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void everyFileOfTheDashboardHasItsTypeAndTheHeaders() throws Exception {
        String index = get("/");
        Set<String> files = new TreeSet<>(Set.of("/", "/index.html"));
        Matcher named = Pattern.compile("(?:src|href)=\"(/[^\"]+)\"").matcher(index);
        while (named.find()) {
            files.add(named.group(1));
        }
        assertThat(files).hasSizeGreaterThan(4);
        for (String file : files) {
            String answer = get(file);
            assertThat(answer)
                    .as(file)
                    .startsWith("HTTP/1.1 200")
                    .contains(
                            "X-Content-Type-Options: nosniff",
                            "X-Frame-Options: DENY",
                            "Referrer-Policy: no-referrer",
                            "frame-ancestors 'none'",
                            "X-Request-Id: ",
                            "ETag: ")
                    .doesNotContain("Server: ", "Set-Cookie", "Access-Control-Allow-Origin");
            String type = file.endsWith(".js")
                    ? "application/javascript"
                    : file.endsWith(".css") ? "text/css" : file.endsWith(".svg") ? "image/svg+xml" : "";
            assertThat(answer).as(file).contains("Content-Type: " + type);
            String head = exchange("HEAD " + file + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
            assertThat(head).as(file).startsWith("HTTP/1.1 200").endsWith("\r\n\r\n");
        }
    }

    /** A page whose name was made to point at this machine has the browser's word for its own host, and no cookie of ours. */
    @Test
    void aPageOfAnotherHostNameGetsNothingThatNeedsAKey() throws Exception {
        String evil = "Host: evil.example\r\nOrigin: http://evil.example\r\nConnection: close\r\n";
        for (Endpoint endpoint : node.routes().endpoints()) {
            boolean locked = endpoint.access() == Access.ADMIN || endpoint.access() == Access.API;
            if (locked && endpoint.method().equals("GET")) {
                String path = endpoint.path().replaceAll("\\{[^}]*}", "something");
                String answer = exchange("GET " + path + " HTTP/1.1\r\n" + evil + "\r\n");
                assertThat(answer).as(path).startsWith("HTTP/1.1 401").doesNotContain("Access-Control-Allow-Origin");
            }
        }
        TestNode.Reply signedIn = node.send("POST", "/api/session", "{\"adminKey\":\"" + node.adminKey() + "\"}", null);
        String cookie = signedIn.headers().firstValue("Set-Cookie").orElseThrow();
        assertThat(cookie).doesNotContain("Domain=").contains("HttpOnly", "SameSite=Strict", "Path=/");
        String carried = "Cookie: " + cookie.substring(0, cookie.indexOf(';')) + "\r\n";
        assertThat(get("/api/keys", carried)).startsWith("HTTP/1.1 200");
        // Even one that came by a cookie is kept from other origins, by its own word.
        assertThat(get("/api/keys", carried, "Origin: http://evil.example\r\n")).startsWith("HTTP/1.1 403");
        assertThat(get("/api/keys", carried, "Origin: null\r\n")).startsWith("HTTP/1.1 403");
        assertThat(get("/api/keys", carried, "Origin: http://evil.x\r\n")).startsWith("HTTP/1.1 403");
    }

    /** RFC 9112 §2.2: some clients end a body with a line end of their own. */
    @ParameterizedTest
    @ValueSource(strings = {"\r\n", "\r\n\r\n"})
    void emptyLinesBeforeARequestAreIgnored(String lines) throws Exception {
        String chat = "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + node.apiKey()
                + "\r\nContent-Length: " + HI.length() + "\r\n\r\n" + HI;
        String last = "GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
        String answers = exchange(lines + chat + lines + last);
        assertThat(answers.split("HTTP/1\\.1 200", -1)).as(answers).hasSize(3);
    }

    @Test
    void manyEmptyLinesAreNoBeginningOfARequest() throws Exception {
        String answer = exchange("\r\n\r\n\r\n" + "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n".repeat(2));
        assertThat(answer).matches("(?s)HTTP/1.1 4\\d\\d.*\"error\":.*").doesNotContain("HTTP/1.1 200");
    }

    @Test
    void aMethodThatNoServerKnowsIsNotAllowed() throws Exception {
        String answer = exchange("BREW /v1/models HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        assertThat(answer)
                .startsWith("HTTP/1.1 405")
                .contains(
                        "Allow: GET",
                        "X-Request-Id: ",
                        "\"type\":\"invalid_request_error\"",
                        "\"code\":\"method_not_allowed\"",
                        "\"message\":\"No path takes this method; allowed: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS\"")
                .doesNotContain("Not Implemented");
    }

    @Test
    void theCallersRequestIdIsEchoedUnlessItIsEndless() throws Exception {
        for (String id : List.of("abc-123", "a b; c=\"d\"", "x".repeat(256))) {
            assertThat(get("/livez", "X-Request-Id: " + id + "\r\n")).contains("X-Request-Id: " + id + "\r\n");
        }
        assertThat(get("/livez", "X-Request-Id: " + "x".repeat(257) + "\r\n")).contains("X-Request-Id: req-");
    }

    private static String chat(String headers) throws IOException {
        return exchange("POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer "
                + node.apiKey() + "\r\nContent-Type: application/json\r\n" + headers + "\r\n" + HI);
    }

    /**
     * As clients send names of people and files. The parser would take the end of the line for the rest of a sequence, the
     * next header for part of the value, and the body for the next request.
     */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "caf\u00c3\u00a9",
                "\u00f0\u009f\u0098\u0080",
                "\u00ff\u00fe\u0080",
                "\u00e9t\u00e9 bien",
                "\u00e9",
                "\u00c3",
                "caf\u00e9\u00e9",
                "\u00f0",
                "\u00f0\u009f"
            })
    void aHeaderOfAnyBytesIsTakenAndEndsWithItsLine(String value) throws Exception {
        String length = "Content-Length: " + HI.length() + "\r\n";
        for (String name : List.of("X-Session-Id", "User-Agent", "X-Request-Id", "Cookie", "Origin", "traceparent")) {
            String odd = name + ": " + value + "\r\n";
            for (String headers : List.of(odd + length, length + odd)) {
                String answer = chat(headers);
                assertThat(answer).as(headers).startsWith("HTTP/1.1 200").contains("X-Session-Key: ");
                assertThat(answer.split("HTTP/1\\.1 ", -1)).as(answer).hasSize(2);
            }
        }
        assertThat(get("/livez", "X-Session-Id: " + value + "\r\n")).startsWith("HTTP/1.1 200");
    }

    @Test
    void aCompressedBodyIsRefusedByName() throws Exception {
        assertThat(chat("Content-Encoding: gzip\r\nContent-Length: " + HI.length() + "\r\n"))
                .startsWith("HTTP/1.1 400")
                .contains("\"code\":\"unsupported_content_encoding\"", "send it as it is");
    }

    private static String latin(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    /** The chunks end where the client's buffer did. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 7, 64, 1000})
    void aChunkMayEndWithinACharacter(int length) throws Exception {
        String said = "\u4f60\u597d\uff0c\u4e16\u754c \ud83d\ude00 caf\u00e9. ".repeat(40);
        String body = latin(HI.replace("hi", said));
        StringBuilder chunks = new StringBuilder();
        for (int from = 0; from < body.length(); from += length) {
            String chunk = body.substring(from, Math.min(body.length(), from + length));
            chunks.append(Integer.toHexString(chunk.length()))
                    .append("\r\n")
                    .append(chunk)
                    .append("\r\n");
        }
        String answer =
                exchange("POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer "
                        + node.apiKey() + "\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
                        + chunks
                        + "0\r\n\r\n");
        assertThat(answer).startsWith("HTTP/1.1 200").contains(latin(said.strip()));
    }

    /** Nothing waits for the rest of a character that the body's length leaves out. */
    @ParameterizedTest
    @ValueSource(strings = {"\u00e4", "\u00e4\u00bd", "\u00f0\u009f\u0098", "\u00c3"})
    void aBodyThatEndsWithinACharacterIsAnsweredAtOnce(String end) throws Exception {
        String body = "{\"model\":\"demo/echo\",\"messages\":[{\"role\":\"user\",\"content\":\"" + end;
        String head = "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: " + body.length() + "\r\n";
        String known = "Authorization: Bearer " + node.apiKey() + "\r\n\r\n";
        long began = System.nanoTime();
        String answer = exchange(head + known + body + head + "Connection: close\r\n\r\n" + body);
        assertThat(System.nanoTime() - began).isLessThan(1_500_000_000L);
        assertThat(answer)
                .startsWith("HTTP/1.1 400")
                .contains("invalid_json")
                .containsSubsequence("HTTP/1.1 400", "HTTP/1.1 401");
    }

    @Test
    void aRequestWithoutAHostOrWithTwoIsRefused() throws Exception {
        for (String hosts : List.of("", "Host: x\r\nHost: y\r\n", "Host: x y\r\n", "Host: x:99999999\r\n")) {
            String answer = exchange("GET /livez HTTP/1.1\r\n" + hosts + "Connection: close\r\n\r\n");
            assertThat(answer).as(hosts).startsWith("HTTP/1.1 400").contains("\"error\":");
        }
    }
}
