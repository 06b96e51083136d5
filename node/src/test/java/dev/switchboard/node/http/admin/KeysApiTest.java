package dev.switchboard.node.http.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.switchboard.node.TestNode;
import dev.switchboard.node.TestNode.Reply;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Provider keys over HTTP on a real node; upstream is the node's own simulator. */
class KeysApiTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static TestNode node;
    private static MadeRows made;

    @BeforeAll
    static void start() throws Exception {
        node = TestNode.start("switchboard.catalog = builtin");
        made = new MadeRows(node);
    }

    @AfterAll
    static void stop() throws Exception {
        node.stop();
    }

    @Test
    void aKeyIsAddedMaskedCheckedChangedAndRemoved() throws Exception {
        made.platform("keyed");
        Reply added = node.admin(
                "POST",
                "/api/keys",
                "{\"platform\":\"keyed\",\"key\":\"sk-secret-of-some-length-9f3a\",\"label\":\"mine\"}");

        assertThat(added.status()).as(added.text()).isEqualTo(201);
        assertThat(added.text()).doesNotContain("sk-secret-of-some-length-9f3a");
        assertThat(added.body().path("maskedKey").asText()).endsWith("9f3a");
        assertThat(added.body().path("label").asText()).isEqualTo("mine");
        assertThat(added.body().path("enabled").asBoolean()).isTrue();
        assertThat(Instant.parse(added.body().path("createdAt").asText())).isBeforeOrEqualTo(Instant.now());
        assertThat(added.body().at("/usage/rpm").isIntegralNumber()).isTrue();
        String id = added.body().path("id").asText();

        Reply checked = node.admin("POST", "/api/keys/" + id + "/check", null);
        assertThat(checked.status()).as(checked.text()).isEqualTo(200);
        assertThat(checked.body().path("status").asText()).isEqualTo("healthy");
        assertThat(checked.body().path("lastCheckedAt").isTextual()).isTrue();

        Reply bad = node.admin("PATCH", "/api/keys/" + id, "{\"key\":\"bad-one-1234\",\"label\":\"other\"}");
        assertThat(bad.status()).as(bad.text()).isEqualTo(200);
        assertThat(bad.body().path("label").asText()).isEqualTo("other");
        assertThat(node.admin("PATCH", "/api/keys/" + id, "{\"label\":\" third \"}")
                        .body()
                        .path("label")
                        .asText())
                .isEqualTo("third");
        Reply unnamed = node.admin("PATCH", "/api/keys/" + id, "{\"label\":\" \"}");
        assertThat(unnamed.status()).as(unnamed.text()).isEqualTo(400);
        assertThat(unnamed.param()).isEqualTo("label");
        Reply refused = node.admin("POST", "/api/keys/" + id + "/check", null);
        assertThat(refused.body().path("status").asText()).isEqualTo("invalid");
        assertThat(refused.body().path("statusReason").asText()).isNotBlank().doesNotContain("bad-one-1234");

        assertThat(node.admin("PATCH", "/api/keys/" + id, "{\"enabled\":false}")
                        .body()
                        .path("enabled")
                        .asBoolean(true))
                .isFalse();
        assertThat(node.admin("DELETE", "/api/keys/" + id, null).status()).isEqualTo(204);
        assertThat(node.get("/api/keys").item("id", id).isMissingNode()).isTrue();
        assertThat(node.admin("DELETE", "/api/keys/" + id, null).status()).isEqualTo(404);
    }

    @Test
    void aNewKeyIsCheckedByItselfAndAllAreCheckedOnDemand() throws Exception {
        made.platform("checked");
        String good = made.key("checked", "sk-good-1234");
        String bad = made.key("checked", "bad-1234");
        await().atMost(SOON).untilAsserted(() -> {
            Reply keys = node.get("/api/keys");
            assertThat(keys.item("id", good).path("status").asText()).isEqualTo("healthy");
            assertThat(keys.item("id", bad).path("status").asText()).isEqualTo("invalid");
        });
        Reply all = node.admin("POST", "/api/keys/check", null);
        assertThat(all.status()).isEqualTo(200);
        assertThat(all.item("id", good).path("status").asText()).isEqualTo("healthy");
    }

    @Test
    void liveTrafficUsesTheKeyAndShowsInItsUsage() throws Exception {
        made.platform("live");
        made.model("live", "echo");
        String id = made.key("live", "sk-live-1234");
        assertThat(node.chat("live/echo", "hello").status()).isEqualTo(200);
        await().atMost(SOON).untilAsserted(() -> {
            JsonNode row = node.get("/api/keys").item("id", id);
            assertThat(row.at("/usage/rpm").asLong()).isEqualTo(1);
            assertThat(row.at("/usage/tpd").asLong()).isPositive();
            assertThat(row.path("status").asText()).isEqualTo("healthy");
        });
    }

    @Test
    void aRateLimitedKeySaysSoWhileItCools() throws Exception {
        made.platform("limited");
        made.model("limited", "echo");
        String id = made.key("limited", "sk-limited-1234");
        assertThat(node.chat("limited/echo", "[[status=429 retry-after=30]]").status())
                .isEqualTo(429);
        await().atMost(SOON).untilAsserted(() -> assertThat(
                        node.get("/api/keys").item("id", id).path("status").asText())
                .isEqualTo("rate_limited"));
    }

    /** The simulator states 30 requests and 60,000 tokens a minute. */
    @Test
    void limitsThatAProviderStatesNarrowTheConfiguredOnes() throws Exception {
        made.platform("stating");
        made.model("stating", "stating-echo");
        made.key("stating", "sk-stating-1234");
        JsonNode before = node.get("/api/models").item("id", "stating-echo");
        assertThat(before.at("/effectiveLimits/rpm").isNull()).isTrue();
        assertThat(node.chat("stating/stating-echo", "[[status=429 retry-after=1 rate-limit-headers]]")
                        .status())
                .isEqualTo(429);
        await().atMost(SOON).untilAsserted(() -> {
            for (String path : List.of("/api/models", "/api/fallback")) {
                Reply rows = node.get(path);
                JsonNode row = rows.item(path.endsWith("models") ? "id" : "model", "stating-echo");
                assertThat(row.path("tpm").isNull()).as(rows.text()).isTrue();
                assertThat(row.at("/effectiveLimits/rpm").asLong()).isEqualTo(30);
                assertThat(row.at("/effectiveLimits/tpm").asLong()).isEqualTo(60_000);
                assertThat(row.at("/effectiveLimits/rpd").isNull()).isTrue();
            }
        });
        Reply patched = node.admin("PATCH", "/api/models/stating/stating-echo", "{\"rpm\":7,\"tpm\":70000}");
        assertThat(patched.body().path("tpm").asLong()).as(patched.text()).isEqualTo(70_000);
        assertThat(patched.body().at("/effectiveLimits/rpm").asLong()).isEqualTo(7);
        assertThat(patched.body().at("/effectiveLimits/tpm").asLong()).isEqualTo(60_000);
        Reply large = node.chat("stating/stating-echo", "word ".repeat(60_000));
        assertThat(large.status()).as(large.text()).isEqualTo(429);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"key\":\"sk-1\"}|platform",
                "{\"platform\":\"demo\"}|key",
                "{\"platform\":\"nowhere\",\"key\":\"sk-1\"}|platform",
                "{\"platform\":\"NOT AN ID\",\"key\":\"sk-1\"}|platform",
                "{\"platform\":\"demo\",\"key\":7}|key",
                "{\"platform\":\"demo\",\"key\":\"  \"}|key",
                "{\"platform\":\"demo\",\"key\":\"with blank\"}|key",
                "{\"platform\":\"cloudflare\",\"key\":\"noaccount\"}|key",
                "{\"platform\":\"demo\",\"key\":\"sk-1\",\"enabled\":\"yes\"}|enabled",
                "{\"platform\":\"demo\",\"key\":\"sk-1\",\"lable\":\"x\"}|lable"
            })
    void aBadKeyIsRefusedNamingTheField(String body, String field) throws Exception {
        Reply reply = node.admin("POST", "/api/keys", body);
        assertThat(reply.status()).as(reply.text()).isEqualTo(400);
        assertThat(reply.param()).isEqualTo(field);
        assertThat(reply.errorType()).isEqualTo("invalid_request_error");
    }

    @Test
    void theSameKeyTwiceIsAConflict() throws Exception {
        made.platform("twice");
        made.key("twice", "sk-same-1234");
        Reply again = node.admin("POST", "/api/keys", "{\"platform\":\"twice\",\"key\":\"sk-same-1234\"}");
        assertThat(again.status()).isEqualTo(409);
        assertThat(again.text()).doesNotContain("sk-same-1234");
    }

    @Test
    void bodiesThatAreNoObjectsAreRefused() throws Exception {
        for (String body : List.of("", "[]", "7", "{", "null", "{\"a\":1}{}")) {
            assertThat(node.admin("POST", "/api/keys", body).status()).as(body).isEqualTo(400);
            assertThat(node.admin("POST", "/api/platforms", body).status())
                    .as(body)
                    .isEqualTo(400);
            assertThat(node.admin("POST", "/api/models", body).status())
                    .as(body)
                    .isEqualTo(400);
            assertThat(node.admin("PUT", "/api/settings", body).status())
                    .as(body)
                    .isEqualTo(400);
        }
        assertThat(node.admin("PUT", "/api/fallback", "{}").status()).isEqualTo(400);
    }
}
