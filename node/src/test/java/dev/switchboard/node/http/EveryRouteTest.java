package dev.switchboard.node.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.switchboard.node.TestNode;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Keys, headers and refusals of every route that a node has, taken from its route table. */
class EveryRouteTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String TRUSTED = "https://ops.example";
    private static final List<String> METHODS = List.of("GET", "POST", "PUT", "PATCH", "DELETE", "TRACE");
    private static final String NESTED = "[".repeat(50_000);

    /** Whoever opens another one without a key says so here. */
    private static final Set<String> OPEN = Set.of(
            "GET /api/ping",
            "GET /docs/api",
            "GET /v1/openapi.json",
            "GET /livez",
            "GET /healthz",
            "GET /health",
            "GET /health/liveness",
            "GET /readyz",
            "GET /health/readiness",
            "GET /metrics");

    /** Takes a proof that its caller holds the encryption key, and no other key. */
    private static final String BACKUP = "POST /api/backup";

    /** Change nothing here and take no body, whatever their method. */
    private static final Set<String> SILENT = Set.of(
            "POST /api/keys/{id}/check",
            "POST /api/keys/check",
            "POST /api/platforms/{id}/discover",
            "POST /api/fallback/sort/{by}",
            "DELETE /api/sessions/{key}",
            "GET /api/keys",
            "GET /metrics",
            "GET /livez");

    private static TestNode node;
    private static String otherApiKey;

    @BeforeAll
    static void start() throws Exception {
        node = TestNode.start("switchboard.auth.cors-origins = [\"" + TRUSTED + "\"]");
        otherApiKey = node.admin("POST", "/api/api-keys", "{\"name\":\"second\"}")
                .body()
                .path("key")
                .asText();
    }

    @AfterAll
    static void stop() throws Exception {
        node.stop();
    }

    /** A route, with something in place of each parameter of its path. */
    private record Route(Endpoint endpoint, String path) {
        private String name() {
            return endpoint.method() + " " + endpoint.path();
        }
    }

    private record Answer(int status, HttpHeaders headers, String text) {}

    private static List<Route> routes() {
        List<Route> routes = new ArrayList<>();
        for (Endpoint endpoint : node.routes().endpoints()) {
            String path =
                    endpoint.path().replaceAll("\\{[^}]*\\*}", "some/thing").replaceAll("\\{[^}]*}", "something");
            routes.add(new Route(endpoint, path));
        }
        assertThat(routes).hasSizeGreaterThan(60);
        return routes;
    }

    private static Answer send(
            String method, String path, @Nullable String key, @Nullable String body, String... headers)
            throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(node.baseUrl() + path))
                .timeout(Duration.ofSeconds(30))
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (key != null) {
            request.header("Authorization", "Bearer " + key);
        }
        if (headers.length > 0) {
            request.headers(headers);
        }
        HttpResponse<InputStream> answer = node.client().send(request.build(), BodyHandlers.ofInputStream());
        boolean endless = answer.headers().firstValue("Content-Type").orElse("").startsWith("text/event-stream");
        try (InputStream in = answer.body()) {
            String text = endless ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return new Answer(answer.statusCode(), answer.headers(), text);
        }
    }

    private static void assertRefusal(String what, Answer answer) throws Exception {
        assertThat(answer.headers().firstValue("Content-Type")).as(what).hasValue("application/json");
        JsonNode error = JSON.readTree(answer.text()).path("error");
        assertThat(error.path("message").asText()).as(what).isNotEmpty();
        assertThat(error.path("type").asText()).as(what).isNotEmpty();
        assertThat(answer.text())
                .as(what)
                .doesNotContain("Exception", "\tat ", "dev.switchboard", node.adminKey(), node.apiKey());
        assertHeaders(what, answer);
    }

    private static void assertHeaders(String what, Answer answer) {
        HttpHeaders headers = answer.headers();
        assertThat(headers.allValues("X-Content-Type-Options")).as(what).containsExactly("nosniff");
        assertThat(headers.allValues("X-Frame-Options")).as(what).containsExactly("DENY");
        assertThat(headers.allValues("Referrer-Policy")).as(what).containsExactly("no-referrer");
        assertThat(headers.allValues("Content-Security-Policy"))
                .as(what)
                .singleElement()
                .asString()
                .contains("default-src '", "frame-ancestors 'none'")
                .doesNotContain("unsafe-eval", "script-src");
        assertThat(headers.allValues("Cross-Origin-Resource-Policy")).as(what).containsExactly("same-origin");
        assertThat(headers.firstValue("X-Request-Id")).as(what).isPresent();
        assertThat(headers.firstValue("Server")).as(what).isEmpty();
        assertThat(headers.firstValue("Strict-Transport-Security")).as(what).isEmpty();
        assertThat(headers.firstValue("Access-Control-Allow-Credentials"))
                .as(what)
                .isEmpty();
    }

    @Test
    void openRoutesAreTheKnownOnes() {
        Set<String> open = new TreeSet<>();
        for (Route route : routes()) {
            Access access = route.endpoint().access();
            if (access == Access.OPEN && !route.name().equals(BACKUP)) {
                open.add(route.name());
            } else if (access != Access.OPEN) {
                boolean api = route.endpoint().path().startsWith("/v1/");
                assertThat(access)
                        .as(route.name())
                        .isIn(api ? List.of(Access.API) : List.of(Access.ADMIN, Access.SIGN_IN));
            }
            if (access == Access.SIGN_IN) {
                assertThat(route.endpoint().path()).isEqualTo("/api/session");
            }
        }
        assertThat(open).isEqualTo(OPEN);
    }

    @Test
    void everyRouteRefusesEveryoneElse() throws Exception {
        for (Route route : routes()) {
            Access access = route.endpoint().access();
            boolean backup = route.name().equals(BACKUP);
            if (access != Access.API && access != Access.ADMIN && !backup) {
                continue;
            }
            List<String> wrong = new ArrayList<>(List.of(
                    "garbage",
                    "sb-" + "0".repeat(48),
                    node.apiKey() + "0",
                    otherApiKey.substring(0, otherApiKey.length() - 1) + "x",
                    node.adminKey().substring(1),
                    "\u00e9\u00ff"));
            wrong.addAll(access == Access.API ? List.of(node.adminKey()) : List.of(node.apiKey(), otherApiKey));
            if (backup) {
                wrong.add(node.adminKey());
            }
            wrong.add(null);
            for (String key : wrong) {
                String what = route.name() + " with " + key;
                Answer answer = send(route.endpoint().method(), route.path(), key, null);
                assertThat(answer.status()).as(what).isEqualTo(401);
                assertThat(answer.text()).as(what).contains("authentication_error");
                assertThat(answer.headers().firstValue("WWW-Authenticate"))
                        .as(what)
                        .isPresent();
                assertRefusal(what, answer);
            }
            for (String header : List.of("x-api-key", "Cookie")) {
                String value = header.equals("Cookie") ? "switchboard-sign-in=forged.token" : "garbage";
                Answer answer = send(route.endpoint().method(), route.path(), null, null, header, value);
                assertThat(answer.status()).as(route.name() + " with " + header).isEqualTo(401);
            }
        }
    }

    @Test
    void everyMethodThatAPathDoesNotKnowIsRefusedInJson() throws Exception {
        for (Route route : routes()) {
            for (String method : METHODS) {
                if (node.routes().find(method, route.path()).endpoint() != null) {
                    continue;
                }
                String what = method + " on " + route.path();
                Answer answer = send(method, route.path(), null, null);
                assertThat(answer.status()).as(what).isEqualTo(405);
                assertThat(answer.headers().firstValue("Allow").orElse(""))
                        .as(what)
                        .contains(route.endpoint().method());
                assertRefusal(what, answer);
            }
        }
        for (String path :
                List.of("/api", "/api/unknown", "/v1", "/v1/unknown", "/v1/chat", "/unknown", "/api/keys/a/b/c")) {
            Answer answer = send("GET", path, node.adminKey(), null);
            assertThat(answer.status()).as(path).isEqualTo(404);
            assertRefusal(path, answer);
        }
    }

    @Test
    void whoMayCallARouteGetsTheHeadersTooAndNoGarbageBreaksIt() throws Exception {
        for (Route route : routes()) {
            String method = route.endpoint().method();
            String key = route.endpoint().access() == Access.API ? otherApiKey : node.adminKey();
            List<String> bodies = method.equals("GET") || method.equals("DELETE")
                    ? List.of("")
                    : List.of("", "nonsense", "[]", "{\"unknown\":1}", NESTED, "{\"model\":" + NESTED, "\u0000");
            for (String body : bodies) {
                String what = route.name() + " with body " + (body.length() > 20 ? body.substring(0, 20) : body);
                Answer answer = send(method, route.path(), key, body.isEmpty() ? null : body);
                assertThat(answer.status()).as(what + ": " + answer.text()).isLessThan(500);
                assertHeaders(what, answer);
                if (answer.status() >= 400) {
                    assertRefusal(what, answer);
                }
                if (route.endpoint().path().startsWith("/api/")) {
                    assertThat(answer.headers().firstValue("Cache-Control").orElse(""))
                            .as(what)
                            .matches("no-store|no-cache");
                }
            }
        }
        Answer page = send("GET", "/", null, null, "Accept", "text/html");
        assertHeaders("dashboard", page);
        assertThat(page.headers().firstValue("Cross-Origin-Opener-Policy")).hasValue("same-origin");
        assertThat(page.headers().firstValue("Permissions-Policy").orElse("")).contains("camera=()");
    }

    /** The body comes after its head, so that no route has it at hand; the next request comes behind it. */
    @Test
    void aBodyThatARouteDoesNotReadIsInNobodysWay() throws Exception {
        byte[] rest = ("x".repeat(60_000) + "GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                .getBytes(StandardCharsets.ISO_8859_1);
        for (String key : List.of(node.adminKey(), "wrong")) {
            for (Route route : routes()) {
                if (key.equals("wrong") || SILENT.contains(route.name())) {
                    String head = route.endpoint().method() + " " + route.path()
                            + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + key
                            + "\r\nContent-Length: 60000\r\n\r\n";
                    try (Socket socket = new Socket()) {
                        socket.setTcpNoDelay(true);
                        socket.connect(new InetSocketAddress(
                                InetAddress.getLoopbackAddress(),
                                URI.create(node.baseUrl()).getPort()));
                        socket.setSoTimeout(10_000);
                        socket.getOutputStream().write(head.getBytes(StandardCharsets.ISO_8859_1));
                        socket.getOutputStream().write(rest);
                        String all = new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
                        assertThat(all)
                                .as(route.name())
                                .startsWith("HTTP/1.1 ")
                                .endsWith("{\"status\":\"ok\"}")
                                .doesNotContain("HTTP/1.1 5");
                    }
                }
            }
        }
    }

    @Test
    void onlyListedOriginsMayReadAnswers() throws Exception {
        for (Route route : routes()) {
            Answer foreign =
                    send(route.endpoint().method(), route.path(), null, null, "Origin", "https://evil.example");
            assertThat(foreign.headers().firstValue("Access-Control-Allow-Origin"))
                    .as(route.name())
                    .isEmpty();
            assertThat(foreign.headers().allValues("Vary")).as(route.name()).contains("Origin");
            Answer trusted = send(route.endpoint().method(), route.path(), null, null, "Origin", TRUSTED);
            assertThat(trusted.headers().firstValue("Access-Control-Allow-Origin"))
                    .as(route.name())
                    .hasValue(TRUSTED);
            Answer preflight = send(
                    "OPTIONS",
                    route.path(),
                    null,
                    null,
                    "Origin",
                    "https://evil.example",
                    "Access-Control-Request-Method",
                    route.endpoint().method());
            assertThat(preflight.headers().firstValue("Access-Control-Allow-Origin"))
                    .as(route.name())
                    .isEmpty();
        }
    }

    @Test
    void everyRouteUnderV1IsDescribed() throws Exception {
        JsonNode document = node.send("GET", "/v1/openapi.json", null, null).body();
        Set<String> described = new TreeSet<>();
        for (var path : document.path("paths").properties()) {
            for (var operation : path.getValue().properties()) {
                String name = operation.getKey().toUpperCase(Locale.ROOT) + " " + path.getKey();
                described.add(name);
                assertThat(operation.getValue().path("summary").asText())
                        .as(name)
                        .isNotBlank();
            }
        }
        Set<String> served = new TreeSet<>();
        for (Route route : routes()) {
            if (route.endpoint().path().startsWith("/v1/")) {
                served.add(route.name().replace("*}", "}"));
            }
        }
        assertThat(described).isEqualTo(served).contains("POST /v1/messages", "DELETE /v1/responses/{id}");
        for (JsonNode reference : document.findValues("$ref")) {
            assertThat(document.at(reference.asText().substring(1)).isMissingNode())
                    .as(reference.asText())
                    .isFalse();
        }
        String page = node.send("GET", "/docs/api", null, null).text();
        assertThat(page).contains("POST /v1/messages/count_tokens").doesNotContain("<script");
    }
}
