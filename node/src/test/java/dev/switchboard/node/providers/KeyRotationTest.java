package dev.switchboard.node.providers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import dev.switchboard.node.TestNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The encryption key of a cluster changes node by node while it answers (behaviour.md §9). */
class KeyRotationTest {
    private static final String OLD = "0a".repeat(32);
    private static final String NEW = "0b".repeat(32);
    private static final String SECRET = "sk-alpha-0123456789";
    private static final String ANSWER =
            "{\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"Hi\"},"
                    + "\"finish_reason\":\"stop\"}],\"data\":[]}";
    private static final Duration SOON = Duration.ofSeconds(20);

    private static Map<String, String> key(String... keys) {
        return Map.of("ENCRYPTION_KEY", String.join(",", keys), "SWITCHBOARD_API_KEY", "sb-rotation-0123456789abcdef");
    }

    private static HttpServer provider;

    /** Answers whoever brings the key. */
    @BeforeAll
    static void start() throws IOException {
        provider = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        provider.createContext("/v1/", exchange -> {
            exchange.getRequestBody().readAllBytes();
            boolean known =
                    ("Bearer " + SECRET).equals(exchange.getRequestHeaders().getFirst("Authorization"));
            byte[] answer = (known ? ANSWER : "{}").getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Content-Type", "application/json");
            exchange.sendResponseHeaders(known ? 200 : 401, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        provider.start();
    }

    @AfterAll
    static void stop() {
        provider.stop(0);
    }

    private static void add(TestNode node, String path, String json) throws Exception {
        TestNode.Reply added = node.admin("POST", path, json.replace('\'', '"'));
        assertThat(added.status()).as(added.text()).isEqualTo(201);
    }

    private static void addAlpha(TestNode node) throws Exception {
        add(
                node,
                "/api/platforms",
                "{'id':'alpha','name':'Alpha','adapter':'openai','baseUrl':'http://127.0.0.1:"
                        + provider.getAddress().getPort() + "/v1'}");
        add(node, "/api/models", "{'platform':'alpha','id':'echo'}");
    }

    private static void answers(TestNode node) throws Exception {
        TestNode.Reply reply = node.chat("alpha/echo", "still here");
        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
    }

    private static String older(TestNode node) throws Exception {
        return node.send("GET", "/metrics", null, null)
                .text()
                .lines()
                .filter(line -> line.startsWith("switchboard_secrets_under_older_keys"))
                .map(line -> line.substring(line.lastIndexOf(' ') + 1))
                .findFirst()
                .orElse("none");
    }

    @Test
    void aClusterAnswersThroughARotationAndNeedsTheOldKeyNoMoreAfterIt() throws Exception {
        TestNode first = TestNode.start("", key(OLD, NEW));
        addAlpha(first);
        add(first, "/api/keys", "{'platform':'alpha','key':'" + SECRET + "'}");
        String admin = first.adminKey();
        answers(first);
        assertThat(older(first)).isEqualTo("0.0");

        TestNode second = TestNode.join(first, "", key(NEW, OLD));
        answers(second);
        assertThat(older(second)).isEqualTo("2.0");
        first.stop();
        await().atMost(SOON).untilAsserted(() -> assertThat(older(second)).isEqualTo("0.0"));
        answers(second);

        TestNode third = TestNode.join(second, "", key(NEW));
        answers(third);
        assertThat(third.adminKey()).isEqualTo(admin);
        JsonNode key = third.get("/api/keys").item("platform", "alpha");
        assertThat(key.path("status").asText()).isNotEqualTo("error");
        second.stop();
        await().atMost(SOON).untilAsserted(() -> answers(third));
        third.stop();
    }

    @Test
    void keysUnderAnUnknownEncryptionKeyAreOutOfUseAndTheNodeAndOtherKeysWork() throws Exception {
        Map<String, String> access = Map.of(
                "SWITCHBOARD_API_KEY", "sb-rotation-0123456789abcdef",
                "ADMIN_DASHBOARD_KEY", "sb-admin-rotation-0123456789abcdef");
        Map<String, String> old = new HashMap<>(access);
        old.put("ENCRYPTION_KEY", OLD);
        TestNode first = TestNode.start("", old);
        addAlpha(first);
        add(first, "/api/keys", "{'platform':'alpha','key':'" + SECRET + "','label':'lost'}");
        answers(first);
        first.stop();

        Map<String, String> other = new HashMap<>(access);
        other.put("ENCRYPTION_KEY", NEW);
        TestNode second = TestNode.again(first, "", other);
        JsonNode lost = second.get("/api/keys").item("label", "lost");
        assertThat(lost.path("status").asText()).isEqualTo("error");
        assertThat(lost.path("statusReason").asText()).contains("another encryption key");
        assertThat(second.chat("alpha/echo", "hi").status()).isEqualTo(503);
        add(second, "/api/keys", "{'platform':'alpha','key':'" + SECRET + "','label':'found'}");
        answers(second);
        TestNode.Reply given =
                second.admin("PATCH", "/api/keys/" + lost.path("id").asText(), "{\"key\":\"" + SECRET + "-2\"}");
        assertThat(given.body().path("status").asText()).isEqualTo("unknown");
        second.stop();

        Map<String, String> both = new HashMap<>(access);
        both.put("ENCRYPTION_KEY", OLD + "," + NEW);
        TestNode third = TestNode.again(first, "", both);
        answers(third);
        assertThat(third.get("/api/keys").item("status", "error").isMissingNode())
                .isTrue();
        third.stop();
    }
}
