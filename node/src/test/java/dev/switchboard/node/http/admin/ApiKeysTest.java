package dev.switchboard.node.http.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.zaxxer.hikari.HikariDataSource;
import dev.switchboard.node.TestNode;
import dev.switchboard.node.TestNode.Reply;
import dev.switchboard.node.persistence.DatabaseConfig;
import dev.switchboard.node.settings.Settings;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Several API keys, on two real nodes over HTTP; the built-in demo platform answers. */
class ApiKeysTest {
    private static final Duration KNOWN_EVERYWHERE = Duration.ofSeconds(1);
    private static TestNode node;
    private static TestNode other;

    @BeforeAll
    static void start() throws Exception {
        Map<String, String> environment = Map.of("ENCRYPTION_KEY", "5b".repeat(32));
        node = TestNode.start("switchboard.catalog = builtin", environment);
        other = TestNode.join(node, "switchboard.catalog = builtin", environment);
    }

    @AfterAll
    static void stop() throws Exception {
        other.stop();
        node.stop();
    }

    private static JsonNode make(String fields) throws Exception {
        Reply made = node.admin("POST", "/api/api-keys", "{\"name\":\"test\"" + fields + "}");
        assertThat(made.status()).as(made.text()).isEqualTo(201);
        assertThat(made.headers().firstValue("Cache-Control")).contains("no-store");
        String key = made.body().path("key").asText();
        await().atMost(KNOWN_EVERYWHERE)
                .until(() -> other.send("GET", "/v1/models", null, key).status() != 401);
        return made.body();
    }

    private static Reply chat(TestNode at, String key, String model) throws Exception {
        return at.send(
                "POST",
                "/v1/chat/completions",
                "{\"model\":\"" + model + "\",\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]}",
                key);
    }

    @Test
    void aKeyIsShownOnceWorksOnEveryNodeAndIsRevokedWithinASecond() throws Exception {
        JsonNode made = make("");
        String key = made.path("key").asText();
        String id = made.path("id").asText();
        assertThat(key).matches("sb-[0-9a-f]{12}-[0-9a-f]{48}").contains(id);
        assertThat(made.path("status").asText()).isEqualTo("active");
        assertThat(made.has("concurrent")).isFalse();
        assertThat(node.get("/api/api-keys").item("id", id).has("key")).isFalse();
        assertThat(node.get("/api/api-keys").text()).doesNotContain(key);
        assertThat(node.get("/api/audit").text()).contains("api-key.add").doesNotContain(key);
        assertThat(chat(node, key, "auto").status()).isEqualTo(200);
        assertThat(chat(other, key, "demo/echo").status()).isEqualTo(200);
        assertThat(node.send("GET", "/api/keys", null, key).status()).isEqualTo(401);
        assertThat(chat(node, key.substring(0, key.length() - 1) + "x", "auto").status())
                .isEqualTo(401);
        assertThat(chat(node, node.apiKey(), "auto").status()).isEqualTo(200);
        assertThat(chat(node, node.adminKey(), "auto").status()).isEqualTo(401);

        assertThat(node.admin("PATCH", "/api/api-keys/" + id, "{\"enabled\":false}")
                        .body()
                        .path("status")
                        .asText())
                .isEqualTo("disabled");
        await().atMost(KNOWN_EVERYWHERE)
                .untilAsserted(
                        () -> assertThat(chat(other, key, "auto").status()).isEqualTo(401));
        Reply disabled = chat(node, key, "auto");
        assertThat(disabled.errorType()).isEqualTo("authentication_error");
        assertThat(disabled.body().at("/error/code").asText()).isEqualTo("api_key_disabled");
        node.admin("PATCH", "/api/api-keys/" + id, "{\"enabled\":true}");
        assertThat(chat(node, key, "auto").status()).isEqualTo(200);
        assertThat(node.admin("DELETE", "/api/api-keys/" + id, null).status()).isEqualTo(204);
        await().atMost(KNOWN_EVERYWHERE)
                .untilAsserted(
                        () -> assertThat(chat(other, key, "auto").status()).isEqualTo(401));
        assertThat(node.admin("DELETE", "/api/api-keys/" + id, null).status()).isEqualTo(404);
    }

    @Test
    void aKeyExpiresByItself() throws Exception {
        Instant end = Instant.now().plusSeconds(3);
        JsonNode made = make(",\"expiresAt\":\"" + end + "\"");
        String key = made.path("key").asText();
        assertThat(chat(node, key, "auto").status()).isEqualTo(200);
        await().atMost(Duration.ofSeconds(6)).untilAsserted(() -> {
            Reply expired = chat(other, key, "auto");
            assertThat(expired.status()).isEqualTo(401);
            assertThat(expired.body().at("/error/code").asText()).isEqualTo("api_key_expired");
        });
        assertThat(Instant.now()).isAfter(end);
        assertThat(node.get("/api/api-keys")
                        .item("id", made.path("id").asText())
                        .path("status")
                        .asText())
                .isEqualTo("expired");
    }

    @Test
    void aKeySeesAndUsesOnlyItsModels() throws Exception {
        String key = make(",\"models\":[\"demo/lorem\"]").path("key").asText();
        Reply auto = chat(node, key, "auto");
        assertThat(auto.status()).as(auto.text()).isEqualTo(200);
        assertThat(auto.headers().firstValue("X-Routed-Via")).contains("demo/lorem");
        assertThat(chat(node, key, "lorem").status()).isEqualTo(200);
        Reply refused = chat(node, key, "demo/echo");
        assertThat(refused.status()).isEqualTo(404);
        assertThat(refused.body().at("/error/code").asText()).isEqualTo("model_not_found");
        String models = node.send("GET", "/v1/models", null, key).text();
        assertThat(models).contains("demo/lorem").doesNotContain("demo/echo");
        assertThat(node.send("GET", "/v1/models/demo/echo", null, key).status()).isEqualTo(404);
        assertThat(node.send("GET", "/v1/models/demo/lorem", null, key).status())
                .isEqualTo(200);
        String all = make(",\"models\":[\"demo/*\"]").path("key").asText();
        assertThat(chat(node, all, "demo/echo").status()).isEqualTo(200);
    }

    @Test
    void aKeyHasItsOwnMeaningOfAutoAndOthersStayWithinReach() throws Exception {
        JsonNode made = make(",\"mode\":\"fast\"");
        String key = made.path("key").asText();
        assertThat(modeOf(chat(other, key, "auto"))).isEqualTo("fast");
        assertThat(modeOf(chat(other, key, "auto-smart"))).isEqualTo("smart");
        assertThat(modeOf(chat(other, node.apiKey(), "auto"))).isEqualTo("balanced");
        node.admin("PATCH", "/api/api-keys/" + made.path("id").asText(), "{\"mode\":null}");
        await().atMost(KNOWN_EVERYWHERE).untilAsserted(() -> assertThat(modeOf(chat(other, key, "auto")))
                .isEqualTo("balanced"));
    }

    private static String modeOf(Reply answer) throws Exception {
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        String session = answer.headers().firstValue("X-Session-Key").orElseThrow();
        return node.get("/api/sessions/" + session).body().path("mode").asText();
    }

    @Test
    void twoKeysNeverShareASession() throws Exception {
        String one = make("").path("key").asText();
        String two = make("").path("key").asText();
        String first =
                chat(node, one, "auto").headers().firstValue("X-Session-Key").orElseThrow();
        assertThat(chat(other, one, "auto").headers().firstValue("X-Session-Key"))
                .contains(first);
        assertThat(chat(node, two, "auto").headers().firstValue("X-Session-Key"))
                .isPresent()
                .isNotEqualTo(java.util.Optional.of(first));
    }

    @Test
    void requestsAMinuteAreCountedOverAllNodesExactly() throws Exception {
        JsonNode made = make(",\"rpm\":7");
        String key = made.path("key").asText();
        AtomicInteger good = new AtomicInteger();
        AtomicInteger limited = new AtomicInteger();
        CompletableFuture<?>[] all = new CompletableFuture<?>[24];
        for (int i = 0; i < all.length; i++) {
            TestNode at = i % 2 == 0 ? node : other;
            all[i] = CompletableFuture.runAsync(() -> {
                try {
                    Reply reply = chat(at, key, "demo/echo");
                    if (reply.status() == 200) {
                        good.incrementAndGet();
                    } else if (reply.status() == 429
                            && "rate_limit_error".equals(reply.errorType())
                            && Integer.parseInt(reply.headers()
                                            .firstValue("Retry-After")
                                            .orElseThrow())
                                    >= 1) {
                        limited.incrementAndGet();
                    }
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            });
        }
        CompletableFuture.allOf(all).get();
        assertThat(good).hasValue(7);
        assertThat(limited).hasValue(17);
        JsonNode row = node.get("/api/api-keys").item("id", made.path("id").asText());
        assertThat(row.at("/usage/rpm").asInt()).isEqualTo(7);
        assertThat(row.at("/usage/tpd").asInt()).isPositive();

        node.admin("PATCH", "/api/api-keys/" + made.path("id").asText(), "{\"rpm\":8}");
        assertThat(chat(node, key, "demo/echo").status()).isEqualTo(200);
        assertThat(chat(node, key, "demo/echo").status()).isEqualTo(429);
    }

    @Test
    void tokensAreReservedByEstimateAndSettledByUse() throws Exception {
        JsonNode made = make(",\"tpd\":100000");
        String key = made.path("key").asText();
        Reply answer = chat(node, key, "demo/echo");
        int used = answer.body().at("/usage/total_tokens").asInt();
        assertThat(used).isPositive();
        await().atMost(Duration.ofSeconds(5)).untilAsserted(() -> assertThat(node.get("/api/api-keys")
                        .item("id", made.path("id").asText())
                        .at("/usage/tpd")
                        .asInt())
                .isEqualTo(used));
        String tight = make(",\"tpm\":1").path("key").asText();
        Reply never = chat(node, tight, "demo/echo");
        assertThat(never.status()).isEqualTo(400);
        assertThat(never.body().at("/error/code").asText()).isEqualTo("token_limit_exceeded");
    }

    @Test
    void whatAKeysRulesRefuseIsSeenByOperatorsAndWhatStrangersTryIsNot() throws Exception {
        JsonNode limited = make(",\"rpm\":1");
        String key = limited.path("key").asText();
        assertThat(chat(node, key, "demo/echo").status()).isEqualTo(200);
        for (int i = 0; i < 20; i++) {
            assertThat(chat(node, key, "demo/echo").status()).isEqualTo(429);
        }
        chat(node, make(",\"models\":[\"demo/lorem\"]").path("key").asText(), "demo/echo");
        JsonNode disabled = make("");
        node.admin("PATCH", "/api/api-keys/" + disabled.path("id").asText(), "{\"enabled\":false}");
        chat(node, disabled.path("key").asText(), "auto");
        String strange = disabled.path("key").asText().replaceAll(".$", "x");
        assertThat(chat(node, strange, "auto").status()).isEqualTo(401);

        await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
            String rows = node.get("/api/requests?limit=1000").text();
            assertThat(rows).contains("has reached its limit rpm", "may not use it", "is disabled");
            assertThat(rows).doesNotContain("not valid here");
        });
        int ofTheLimit = 0;
        for (JsonNode row : node.get("/api/requests?limit=1000").body()) {
            if (row.path("message").asText().contains("has reached its limit rpm")
                    && row.path("message").asText().contains("API key 'test'")) {
                assertThat(row.path("status").asInt()).isEqualTo(429);
                assertThat(row.path("requested").asText()).isEqualTo("demo/echo");
                assertThat(row.path("sessionKey").isNull()).isTrue();
                ofTheLimit++;
            }
        }
        // Of every test's key at most one in ten seconds.
        assertThat(ofTheLimit).isBetween(1, 12);
        assertThat(node.get("/api/analytics/errors?range=1h").text()).contains("has reached its limit rpm");
        assertThat(node.send("GET", "/metrics", null, null).text())
                .containsPattern("switchboard_api_key_refusals_total\\{reason=\"limit\"} [2-9]\\d")
                .contains("switchboard_api_key_refusals_total{reason=\"model\"}");
    }

    @Test
    void aRemovedKeysCountsAreDeleted() throws Exception {
        JsonNode made = make(",\"rpm\":5");
        String id = made.path("id").asText();
        assertThat(chat(node, made.path("key").asText(), "demo/echo").status()).isEqualTo(200);
        await().atMost(Duration.ofSeconds(15)).until(() -> stored(id));
        node.admin("DELETE", "/api/api-keys/" + id, null);
        await().atMost(Duration.ofSeconds(10)).until(() -> !stored(id));
    }

    private static boolean stored(String id) throws Exception {
        DatabaseConfig database = DatabaseConfig.of(new Settings.Database(null, null, null), node.folder());
        try (HikariDataSource pool = database.openPool("test", 1);
                Connection connection = pool.getConnection();
                PreparedStatement query =
                        connection.prepareStatement("SELECT 1 FROM durable_state WHERE persistence_id = ?")) {
            query.setString(1, "quota|" + id);
            return query.executeQuery().next();
        }
    }

    @Test
    void badFieldsAreNamed() throws Exception {
        for (String[] bad : new String[][] {
            {"{}", "name"},
            {"{\"name\":\"\"}", "name"},
            {"{\"name\":\"x\",\"models\":[\"nowhere\"]}", "models[0]"},
            {"{\"name\":\"x\",\"models\":\"demo/echo\"}", "models"},
            {"{\"name\":\"x\",\"mode\":\"quick\"}", "mode"},
            {"{\"name\":\"x\",\"rpm\":0}", "rpm"},
            {"{\"name\":\"x\",\"expiresAt\":\"tomorrow\"}", "expiresAt"},
            {"{\"name\":\"x\",\"expiresAt\":\"2020-01-01T00:00:00Z\"}", "expiresAt"},
            {"{\"name\":\"x\",\"expiresAt\":\"+1000000000-12-31T23:59:59Z\"}", "expiresAt"},
            {"{\"name\":\"x\",\"key\":\"mine\"}", "key"}
        }) {
            Reply refused = node.admin("POST", "/api/api-keys", bad[0]);
            assertThat(refused.status()).as(bad[0]).isEqualTo(400);
            assertThat(refused.param()).as(bad[0]).isEqualTo(bad[1]);
        }
        assertThat(node.admin("PATCH", "/api/api-keys/unknown", "{}").status()).isEqualTo(404);
    }
}
