package dev.switchboard.node.http.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.switchboard.node.TestNode;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Signing in to the dashboard, on two real nodes over HTTP. */
class SignInTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration REVOKED_EVERYWHERE = Duration.ofSeconds(1);
    private static final String ENCRYPTION_KEY = "5a".repeat(32);
    private static final String CONFIG =
            "switchboard { catalog = none, auth.sign-in.attempts = 12, auth.cors-origins = [\"https://ops.example\"] }";

    private static TestNode node;
    private static TestNode other;

    @BeforeAll
    static void start() throws Exception {
        Map<String, String> environment = Map.of("ENCRYPTION_KEY", ENCRYPTION_KEY);
        node = TestNode.start(CONFIG, environment);
        other = TestNode.join(node, CONFIG, environment);
    }

    @AfterAll
    static void stop() throws Exception {
        other.stop();
        node.stop();
    }

    private static HttpResponse<String> send(
            TestNode to, String method, String path, String cookie, String... headersAndBody) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(to.baseUrl() + path));
        boolean hasBody = headersAndBody.length % 2 == 1;
        request.method(
                method,
                hasBody ? BodyPublishers.ofString(headersAndBody[headersAndBody.length - 1]) : BodyPublishers.noBody());
        if (!cookie.isEmpty()) {
            request.header("Cookie", cookie);
        }
        for (int i = 0; i + 1 < headersAndBody.length; i += 2) {
            request.header(headersAndBody[i], headersAndBody[i + 1]);
        }
        return to.client().send(request.build(), BodyHandlers.ofString());
    }

    private static HttpResponse<String> attempt(TestNode to, String key) throws Exception {
        return send(to, "POST", "/api/session", "", "{\"adminKey\":\"" + key + "\"}");
    }

    private static String signIn() throws Exception {
        HttpResponse<String> answer = attempt(node, node.adminKey());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        String cookie = answer.headers().firstValue("Set-Cookie").orElseThrow();
        return cookie.substring(0, cookie.indexOf(';'));
    }

    private static int status(TestNode at, String cookie) throws Exception {
        return send(at, "GET", "/api/keys", cookie).statusCode();
    }

    @Test
    void theCookieIsHiddenFromScriptsAndOpensTheApiOnEveryNode() throws Exception {
        HttpResponse<String> answer = attempt(node, node.adminKey());
        assertThat(answer.headers().firstValue("Set-Cookie").orElseThrow())
                .contains("HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=")
                .doesNotContain("Secure")
                .doesNotContain(node.adminKey());
        assertThat(JSON.readTree(answer.body()).path("signedIn").asBoolean()).isTrue();
        Instant expires =
                Instant.parse(JSON.readTree(answer.body()).path("expiresAt").asText());
        assertThat(expires)
                .isBetween(Instant.now().plusSeconds(11 * 3600), Instant.now().plusSeconds(12 * 3600 + 1));

        String cookie = signIn();
        assertThat(status(node, cookie)).isEqualTo(200);
        assertThat(status(other, "theme=dark; " + cookie)).isEqualTo(200);
        assertThat(JSON.readTree(send(other, "GET", "/api/session", cookie).body())
                        .path("signedIn")
                        .asBoolean())
                .isTrue();
        assertThat(send(node, "GET", "/v1/models", cookie).statusCode()).isEqualTo(401);
    }

    @Test
    void behindTlsTheCookieIsSecure() throws Exception {
        HttpResponse<String> answer = send(
                node,
                "POST",
                "/api/session",
                "",
                "X-Forwarded-Proto",
                "https",
                "{\"adminKey\":\"" + node.adminKey() + "\"}");
        String cookie = answer.headers().firstValue("Set-Cookie").orElseThrow();
        assertThat(cookie).startsWith("__Host-").contains("; Secure");
        assertThat(status(node, cookie.substring(0, cookie.indexOf(';')))).isEqualTo(200);
    }

    @Test
    void withoutASignInTheStateSaysSoAndTheApiStaysShut() throws Exception {
        HttpResponse<String> state = send(node, "GET", "/api/session", "");
        assertThat(state.statusCode()).isEqualTo(200);
        assertThat(state.body()).isEqualTo("{\"signedIn\":false,\"expiresAt\":null}");
        String cookie = signIn();
        String forged = cookie.substring(0, cookie.length() - 1) + (cookie.endsWith("0") ? "1" : "0");
        assertThat(status(node, forged)).isEqualTo(401);
        for (String nonsense :
                new String[] {"switchboard-sign-in=", "switchboard-sign-in=...", "switchboard-sign-in=x"}) {
            assertThat(status(node, nonsense)).isEqualTo(401);
        }
        HttpResponse<String> wrongKeyWins =
                send(node, "GET", "/api/keys", cookie, "Authorization", "Bearer " + node.apiKey());
        assertThat(wrongKeyWins.statusCode()).isEqualTo(401);
    }

    @Test
    void signingOutEndsTheSignInOnEveryNode() throws Exception {
        String kept = signIn();
        String ended = signIn();
        HttpResponse<String> out = send(node, "DELETE", "/api/session", ended);
        assertThat(out.statusCode()).isEqualTo(204);
        assertThat(out.headers().firstValue("Set-Cookie").orElseThrow()).contains("Max-Age=0");
        await().atMost(REVOKED_EVERYWHERE)
                .untilAsserted(() -> assertThat(status(other, ended)).isEqualTo(401));
        assertThat(status(node, ended)).isEqualTo(401);
        assertThat(status(other, kept)).isEqualTo(200);

        HttpResponse<String> unclear = send(other, "DELETE", "/api/session?everywhere=yes", kept);
        assertThat(unclear.statusCode()).isEqualTo(400);
        assertThat(unclear.body()).contains("\"param\":\"everywhere\"");
        assertThat(status(other, kept)).isEqualTo(200);
        assertThat(send(other, "DELETE", "/api/session?everywhere=true", kept).statusCode())
                .isEqualTo(204);
        await().atMost(REVOKED_EVERYWHERE)
                .untilAsserted(() -> assertThat(status(node, kept)).isEqualTo(401));
        assertThat(status(node, signIn())).isEqualTo(200);
        assertThat(node.get("/api/audit").text()).contains("sign-in.end");
    }

    @Test
    void otherSitesCannotActForSomebodySignedIn() throws Exception {
        String cookie = signIn();
        String body = "{\"routing.max-attempts\":4}";
        String[] intent = {"X-Requested-With", "dashboard"};

        assertThat(send(node, "PUT", "/api/settings", cookie, body).statusCode())
                .isEqualTo(403);
        assertThat(send(node, "PUT", "/api/settings", cookie, intent[0], intent[1], body)
                        .statusCode())
                .isEqualTo(200);
        for (String site : new String[] {"cross-site", "same-site"}) {
            assertThat(send(node, "PUT", "/api/settings", cookie, intent[0], intent[1], "Sec-Fetch-Site", site, body)
                            .statusCode())
                    .isEqualTo(403);
            assertThat(send(node, "GET", "/api/keys", cookie, "Sec-Fetch-Site", site)
                            .statusCode())
                    .isEqualTo(403);
            assertThat(send(node, "DELETE", "/api/session", cookie, "Sec-Fetch-Site", site)
                            .statusCode())
                    .isEqualTo(403);
        }
        assertThat(send(node, "GET", "/api/keys", cookie, "Sec-Fetch-Site", "same-origin")
                        .statusCode())
                .isEqualTo(200);
        assertThat(send(node, "GET", "/api/keys", cookie, "Origin", "http://127.0.0.1:3000")
                        .statusCode())
                .isEqualTo(403);
        assertThat(send(node, "GET", "/api/keys", cookie, "Origin", node.baseUrl())
                        .statusCode())
                .isEqualTo(200);
        assertThat(send(node, "GET", "/api/keys", cookie, "Origin", "https://ops.example")
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void theAdminKeyAsBearerNeedsNeitherCookieNorHeader() throws Exception {
        assertThat(node.admin("PUT", "/api/settings", "{\"routing.max-attempts\":5}")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void anAddressThatGuessesHasToWait() throws Exception {
        int perNode = 12 / 2;
        for (int i = 0; i < perNode; i++) {
            assertThat(guess()).startsWith("HTTP/1.1 401 ");
        }
        assertThat(guess()).startsWith("HTTP/1.1 429 ").containsPattern("(?i)retry-after: [1-9]\\d*\r");
        assertThat(attempt(node, node.adminKey()).statusCode()).isEqualTo(200);
    }

    /** A wrong key from another address than the other tests' one. */
    private static String guess() throws Exception {
        URI at = URI.create(node.baseUrl());
        String body = "{\"adminKey\":\"sb-admin-not-this-one-at-all\"}";
        try (Socket socket = new Socket(at.getHost(), at.getPort(), InetAddress.getByName("127.0.0.2"), 0)) {
            socket.getOutputStream()
                    .write(("POST /api/session HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: "
                                    + body.length() + "\r\n\r\n" + body)
                            .getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void badBodiesAreNamed() throws Exception {
        assertThat(send(node, "POST", "/api/session", "", "{}").statusCode()).isEqualTo(400);
        assertThat(send(node, "POST", "/api/session", "", "{\"key\":\"x\"}").body())
                .contains("adminKey");
        assertThat(send(node, "POST", "/api/session", "", "[").statusCode()).isEqualTo(400);
    }
}
