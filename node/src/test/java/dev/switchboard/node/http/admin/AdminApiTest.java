package dev.switchboard.node.http.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.switchboard.node.TestNode;
import dev.switchboard.node.TestNode.Reply;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Keys, platforms, models, fallback chain and analytics over HTTP on a real node; upstream is the node's own simulator. */
class AdminApiTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static TestNode node;
    private static String simulator;

    @BeforeAll
    static void start() throws Exception {
        node = TestNode.start("switchboard.catalog = builtin");
        String demo =
                node.get("/api/platforms").item("id", "demo").path("baseUrl").asText();
        simulator = demo.substring(0, demo.indexOf("/demo"));
    }

    @AfterAll
    static void stop() throws Exception {
        node.stop();
    }

    private static void platform(String id) throws Exception {
        Reply added = node.admin(
                "POST",
                "/api/platforms",
                "{\"id\":\"%s\",\"name\":\"%s\",\"adapter\":\"openai\",\"baseUrl\":\"%s/%s/v1\"}"
                        .formatted(id, id, simulator, id));
        assertThat(added.status()).as(added.text()).isEqualTo(201);
    }

    private static String key(String platform, String secret) throws Exception {
        Reply added =
                node.admin("POST", "/api/keys", "{\"platform\":\"%s\",\"key\":\"%s\"}".formatted(platform, secret));
        assertThat(added.status()).as(added.text()).isEqualTo(201);
        return added.body().path("id").asText();
    }

    private static void model(String platform, String id) throws Exception {
        Reply added = node.admin("POST", "/api/models", "{\"platform\":\"%s\",\"id\":\"%s\"}".formatted(platform, id));
        assertThat(added.status()).as(added.text()).isEqualTo(201);
    }

    @Test
    void everyPathButPingNeedsTheAdminKey() throws Exception {
        for (String path : List.of(
                "/api/keys",
                "/api/platforms",
                "/api/models",
                "/api/fallback",
                "/api/analytics/summary",
                "/api/settings",
                "/api/settings/api-key",
                "/api/audit",
                "/api/requests",
                "/api/events")) {
            assertThat(node.send("GET", path, null, null).status()).as(path).isEqualTo(401);
            assertThat(node.send("GET", path, null, node.apiKey()).status())
                    .as(path)
                    .isEqualTo(401);
        }
        assertThat(node.send("GET", "/api/ping", null, null).status()).isEqualTo(200);
    }

    @Test
    void aKeyIsAddedMaskedCheckedChangedAndRemoved() throws Exception {
        platform("keyed");
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
        platform("checked");
        String good = key("checked", "sk-good-1234");
        String bad = key("checked", "bad-1234");
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
        platform("live");
        model("live", "echo");
        String id = key("live", "sk-live-1234");
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
        platform("limited");
        model("limited", "echo");
        String id = key("limited", "sk-limited-1234");
        assertThat(node.chat("limited/echo", "[[status=429 retry-after=30]]").status())
                .isEqualTo(429);
        await().atMost(SOON).untilAsserted(() -> assertThat(
                        node.get("/api/keys").item("id", id).path("status").asText())
                .isEqualTo("rate_limited"));
    }

    /** The simulator states 30 requests and 60,000 tokens a minute. */
    @Test
    void limitsThatAProviderStatesNarrowTheConfiguredOnes() throws Exception {
        platform("stating");
        model("stating", "stating-echo");
        key("stating", "sk-stating-1234");
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
        platform("twice");
        key("twice", "sk-same-1234");
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

    @Test
    void aPlatformIsAddedChangedAndRemovedWithWhatItHas() throws Exception {
        platform("mine");
        model("mine", "a/b");
        String key = key("mine", "sk-mine-1234");
        Reply changed = node.admin(
                "PATCH",
                "/api/platforms/mine",
                "{\"name\":\"My own\",\"responseTimeout\":\"90s\",\"shared\":{\"rpm\":30,\"tpd\":null}}");
        assertThat(changed.status()).as(changed.text()).isEqualTo(200);
        JsonNode row = node.get("/api/platforms").item("id", "mine");
        assertThat(row).isEqualTo(changed.body());
        assertThat(row.path("name").asText()).isEqualTo("My own");
        assertThat(row.path("responseTimeout").asText()).isEqualTo("90s");
        assertThat(row.at("/shared/rpm").asInt()).isEqualTo(30);
        assertThat(row.at("/shared/tpd").isNull()).isTrue();
        assertThat(row.path("origin").asText()).isEqualTo("custom");
        assertThat(row.path("protection").asText()).isEqualTo("model-skip");
        assertThat(row.path("keyCount").asInt()).isEqualTo(1);
        assertThat(row.path("modelCount").asInt()).isEqualTo(1);

        assertThat(node.admin("DELETE", "/api/platforms/mine", null).status()).isEqualTo(204);
        assertThat(node.get("/api/platforms").item("id", "mine").isMissingNode())
                .isTrue();
        assertThat(node.get("/api/keys").item("id", key).isMissingNode()).isTrue();
        assertThat(node.get("/api/models").item("platform", "mine").isMissingNode())
                .isTrue();
        assertThat(node.admin("PATCH", "/api/platforms/mine", "{}").status()).isEqualTo(404);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"id\":\"x1\",\"baseUrl\":\"ftp://example.com/v1\"}|baseUrl",
                "{\"id\":\"x1\",\"baseUrl\":\"http://user:pass@example.com/v1\"}|baseUrl",
                "{\"id\":\"x1\",\"baseUrl\":\"http://169.254.169.254/v1\"}|baseUrl",
                "{\"id\":\"x1\",\"baseUrl\":\"http://2852039166/v1\"}|baseUrl",
                "{\"id\":\"x1\",\"baseUrl\":\"http://[fe80::1]/v1\"}|baseUrl",
                "{\"id\":\"x1\",\"baseUrl\":\"http://[::ffff:169.254.169.254]/v1\"}|baseUrl",
                "{\"id\":\"x1\",\"baseUrl\":\"http://0.0.0.0/v1\"}|baseUrl",
                "{\"id\":\"x1\",\"baseUrl\":\"http://[::]/v1\"}|baseUrl",
                "{\"id\":\"x1\",\"baseUrl\":\"http://metadata.google.internal/v1\"}|baseUrl",
                "{\"id\":\"x1\",\"baseUrl\":\"not a url\"}|baseUrl",
                "{\"id\":\"x1\"}|baseUrl",
                "{\"baseUrl\":\"http://127.0.0.1:1/v1\"}|id",
                "{\"id\":\"Bad Id\",\"baseUrl\":\"http://127.0.0.1:1/v1\"}|id",
                "{\"id\":\"x1\",\"baseUrl\":\"http://127.0.0.1:1/v1\",\"adapter\":\"soap\"}|adapter",
                "{\"id\":\"x1\",\"baseUrl\":\"http://127.0.0.1:1/v1\",\"responseTimeout\":\"soon\"}|responseTimeout",
                "{\"id\":\"x1\",\"baseUrl\":\"http://127.0.0.1:1/v1\",\"shared\":{\"rpm\":0}}|shared.rpm",
                "{\"id\":\"x1\",\"baseUrl\":\"http://127.0.0.1:1/v1\",\"shared\":7}|shared",
                "{\"id\":\"x1\",\"baseUrl\":\"http://127.0.0.1:1/v1\",\"baseurl\":\"\"}|baseurl"
            })
    void aBadPlatformIsRefusedNamingTheField(String body, String field) throws Exception {
        Reply reply = node.admin("POST", "/api/platforms", body);
        assertThat(reply.status()).as(reply.text()).isEqualTo(400);
        assertThat(reply.param()).isEqualTo(field);
        assertThat(node.get("/api/platforms").item("id", "x1").isMissingNode()).isTrue();
    }

    @Test
    void anUnknownFieldNamesTheNearestOne() throws Exception {
        Reply reply = node.admin("POST", "/api/platforms", "{\"id\":\"x2\",\"baseurl\":\"http://127.0.0.1:1/v1\"}");
        assertThat(reply.body().at("/error/message").asText()).contains("did you mean baseUrl?");
    }

    @Test
    void modelsOfAProviderAreDiscovered() throws Exception {
        platform("found");
        assertThat(node.admin("POST", "/api/platforms/found/discover", null).status())
                .isEqualTo(409);
        key("found", "sk-found-1234");
        Reply listed = node.admin("POST", "/api/platforms/found/discover", null);
        assertThat(listed.status()).as(listed.text()).isEqualTo(200);
        String id = listed.body().path(0).path("id").asText();
        assertThat(listed.body().path(0).path("known").asBoolean(true)).isFalse();
        model("found", id);
        assertThat(node.admin("POST", "/api/platforms/found/discover", null)
                        .item("id", id)
                        .path("known")
                        .asBoolean())
                .isTrue();
        assertThat(node.admin("POST", "/api/platforms/nowhere/discover", null).status())
                .isEqualTo(404);
    }

    @Test
    void aModelWithSlashesInItsIdIsAddedChangedAndRemoved() throws Exception {
        platform("rows");
        Reply added = node.admin(
                "POST",
                "/api/models",
                "{\"platform\":\"rows\",\"id\":\"org/big\",\"name\":\"Big\",\"intelligenceRank\":3,\"contextWindow\":8000,\"rpm\":5,\"tools\":false}");
        assertThat(added.status()).as(added.text()).isEqualTo(201);
        assertThat(added.body().path("rpm").asInt()).isEqualTo(5);
        assertThat(added.body().path("tpd").isNull()).isTrue();
        assertThat(added.body().path("tools").asBoolean(true)).isFalse();

        Reply changed = node.admin("PATCH", "/api/models/rows/org%2Fbig", "{\"rpm\":null,\"tpd\":1000,\"name\":\"B\"}");
        assertThat(changed.status()).as(changed.text()).isEqualTo(200);
        assertThat(changed.body().path("rpm").isNull()).isTrue();
        assertThat(changed.body().path("tpd").asInt()).isEqualTo(1000);
        assertThat(changed.body().path("name").asText()).isEqualTo("B");
        assertThat(changed.body().path("contextWindow").asInt()).isEqualTo(8000);

        assertThat(node.admin("DELETE", "/api/models/rows/org/big", null).status())
                .isEqualTo(204);
        assertThat(node.admin("PATCH", "/api/models/rows/org/big", "{}").status())
                .isEqualTo(404);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"platform\":\"nowhere\",\"id\":\"m\"}|platform",
                "{\"platform\":\"demo\"}|id",
                "{\"platform\":\"demo\",\"id\":\"m\",\"rpm\":0}|rpm",
                "{\"platform\":\"demo\",\"id\":\"m\",\"tpm\":-5}|tpm",
                "{\"platform\":\"demo\",\"id\":\"m\",\"tpm\":1.5}|tpm",
                "{\"platform\":\"demo\",\"id\":\"m\",\"contextWindow\":\"big\"}|contextWindow",
                "{\"platform\":\"demo\",\"id\":\"m\",\"intelligenceRank\":0}|intelligenceRank",
                "{\"platform\":\"demo\",\"id\":\"m\",\"tools\":1}|tools",
                "{\"platform\":\"demo\",\"id\":\"m\",\"contextwindow\":1}|contextwindow"
            })
    void aBadModelIsRefusedNamingTheField(String body, String field) throws Exception {
        Reply reply = node.admin("POST", "/api/models", body);
        assertThat(reply.status()).as(reply.text()).isEqualTo(400);
        assertThat(reply.param()).isEqualTo(field);
        assertThat(node.get("/api/models").item("id", "m").isMissingNode()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"rpm, 0", "rpd, -1", "tpm, 0.5", "tpd, '\"9\"'", "contextWindow, 0", "intelligenceRank, -3"})
    void aBadChangeOfAModelIsRefusedAndNothingOfItDone(String field, String value) throws Exception {
        JsonNode before = node.get("/api/models").item("id", "lorem");
        Reply reply = node.admin(
                "PATCH",
                "/api/models/demo/lorem",
                "{\"name\":\"Other\",\"enabled\":false,\"" + field + "\":" + value + "}");
        assertThat(reply.status()).as(reply.text()).isEqualTo(400);
        assertThat(reply.param()).isEqualTo(field);
        assertThat(node.get("/api/models").item("id", "lorem")).isEqualTo(before);
    }

    @Test
    void anUnknownDisabledOrMisspeltModelIsNotFoundAndTheNearestAreNamed() throws Exception {
        platform("named");
        model("named", "org/whisper-large");
        model("named", "org/whisper-small");
        key("named", "sk-named-1234");
        assertThat(node.chat("org/whisper-large", "hi").status()).isEqualTo(200);
        assertThat(node.admin("PATCH", "/api/models/named/org/whisper-large", "{\"enabled\":false}")
                        .status())
                .isEqualTo(200);
        for (String name : List.of(
                "org/whisper-large",
                "named/org/whisper-large",
                "named/org/wisper-smal",
                "org/Whisper",
                "no such model")) {
            Reply reply = node.chat(name, "hi");
            assertThat(reply.status()).as(name).isEqualTo(404);
            assertThat(reply.errorType()).isEqualTo("invalid_request_error");
            assertThat(reply.body().at("/error/code").asText()).isEqualTo("model_not_found");
            assertThat(reply.param()).isEqualTo("model");
            String message = reply.body().at("/error/message").asText();
            assertThat(message).containsAnyOf("Did you mean ", "The nearest are ");
            if (!name.startsWith("no")) {
                assertThat(message.substring(message.indexOf("enabled."))).contains("org/whisper-small");
            }
        }
    }

    @Test
    void theSameModelTwiceIsAConflict() throws Exception {
        assertThat(node.admin("POST", "/api/models", "{\"platform\":\"demo\",\"id\":\"echo\"}")
                        .status())
                .isEqualTo(409);
    }

    @Test
    void theChainHasEveryFieldOfTheContract() throws Exception {
        JsonNode row = node.get("/api/fallback").item("model", "echo");
        for (String field : List.of(
                "platform model name priority enabled pool score smartScore effectiveScore penalty successRate requests"
                        .split(" "))) {
            assertThat(row.has(field)).as(field).isTrue();
        }
        for (String field : List.of(
                "tokPerSec ttftMs keyCount cooldownUntil intelligenceRank contextWindow rpm rpd tpm tpd monthlyTokenBudget leftOut"
                        .split(" "))) {
            assertThat(row.has(field)).as(field).isTrue();
        }
        assertThat(row.path("pool").asText()).isIn("fast", "balanced", "smart");
    }

    @Test
    void theChainIsReorderedAndSortedWholeOrNotAtAll() throws Exception {
        List<String> before = chain();
        String last = before.get(before.size() - 1);
        String platform = last.substring(0, last.indexOf('/'));
        String model = last.substring(last.indexOf('/') + 1);
        Reply refused = node.admin(
                "PUT",
                "/api/fallback",
                "[{\"platform\":\"%s\",\"model\":\"%s\",\"priority\":1},{\"platform\":\"demo\",\"model\":\"echo\"},{\"platform\":\"demo\",\"model\":\"none\"}]"
                        .formatted(platform, model));
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.param()).isEqualTo("[2].model");
        assertThat(chain()).isEqualTo(before);

        Reply moved = node.admin(
                "PUT",
                "/api/fallback",
                "[{\"platform\":\"%s\",\"model\":\"%s\",\"priority\":1,\"enabled\":false}]".formatted(platform, model));
        assertThat(moved.status()).as(moved.text()).isEqualTo(200);
        assertThat(moved.body().path(0).path("priority").asInt()).isEqualTo(1);
        assertThat(node.get("/api/fallback")
                        .item("model", model)
                        .path("enabled")
                        .asBoolean(true))
                .isFalse();
        node.admin(
                "PUT",
                "/api/fallback",
                "[{\"platform\":\"%s\",\"model\":\"%s\",\"enabled\":true}]".formatted(platform, model));

        Reply sorted = node.admin("POST", "/api/fallback/sort/intelligence", null);
        assertThat(sorted.status()).isEqualTo(200);
        List<Integer> ranks = new ArrayList<>();
        sorted.body().forEach(row -> ranks.add(row.path("intelligenceRank").asInt()));
        assertThat(ranks).isSorted();
        assertThat(node.admin("POST", "/api/fallback/sort/budget", null).status())
                .isEqualTo(200);
        assertThat(node.admin("POST", "/api/fallback/sort/speed", null).status())
                .isEqualTo(200);
        assertThat(node.admin("POST", "/api/fallback/sort/colour", null).status())
                .isEqualTo(400);
    }

    private static List<String> chain() throws IOException, InterruptedException {
        List<String> chain = new ArrayList<>();
        node.get("/api/fallback")
                .body()
                .forEach(row -> chain.add(
                        row.path("platform").asText() + "/" + row.path("model").asText()));
        return chain;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[{\"platform\":\"demo\",\"model\":\"echo\",\"priority\":0}]|[0].priority",
                "[{\"platform\":\"demo\",\"model\":\"echo\",\"enabled\":\"no\"}]|[0].enabled",
                "[{\"platform\":\"nowhere\",\"model\":\"echo\"}]|[0].platform",
                "[{\"platform\":\"demo\"}]|[0].model",
                "[{\"platform\":\"demo\",\"model\":\"echo\"},{\"platform\":\"demo\",\"model\":\"echo\"}]|[1].model",
                "[{\"platform\":\"demo\",\"model\":\"echo\",\"prio\":1}]|[0].prio",
                "[7]|[0]"
            })
    void aBadChainIsRefusedNamingTheRow(String body, String field) throws Exception {
        Reply reply = node.admin("PUT", "/api/fallback", body);
        assertThat(reply.status()).as(reply.text()).isEqualTo(400);
        assertThat(reply.param()).isEqualTo(field);
    }

    @Test
    void analyticsCountWhatWasServed() throws Exception {
        assertThat(node.chat("demo/echo", "count me").status()).isEqualTo(200);
        await().atMost(SOON).untilAsserted(() -> {
            assertThat(node.get("/api/analytics/summary?range=1h")
                            .body()
                            .path("requests")
                            .asLong())
                    .isPositive();
            assertThat(node.get("/api/analytics/by-model?range=24h")
                            .item("model", "echo")
                            .path("successRate")
                            .isNumber())
                    .isTrue();
            assertThat(node.get("/api/analytics/by-platform?range=7d")
                            .item("platform", "demo")
                            .isMissingNode())
                    .isFalse();
            assertThat(node.get("/api/requests?limit=5").body().size()).isPositive();
        });
        assertThat(node.get("/api/analytics/timeline?range=1h").body().path(0).has("successes"))
                .isTrue();
        assertThat(node.get("/api/analytics/errors?range=30d").body().isArray()).isTrue();
    }

    @Test
    void aBadRangeOrLimitIsRefusedNamingIt() throws Exception {
        for (String name : List.of("summary", "by-model", "by-platform", "timeline", "errors")) {
            Reply reply = node.get("/api/analytics/" + name + "?range=2h");
            assertThat(reply.status()).as(name).isEqualTo(400);
            assertThat(reply.param()).isEqualTo("range");
        }
        assertThat(node.get("/api/requests?limit=0").param()).isEqualTo("limit");
        assertThat(node.get("/api/audit?limit=many").param()).isEqualTo("limit");
    }

    @Test
    void changesAreAuditedWithoutSecrets() throws Exception {
        platform("audited");
        key("audited", "sk-audited-5678");
        Reply audit = node.get("/api/audit?limit=20");
        assertThat(audit.status()).isEqualTo(200);
        JsonNode entry = audit.item("action", "key.add");
        assertThat(entry.path("actor").asText()).isEqualTo("admin");
        assertThat(Instant.parse(entry.path("at").asText())).isBeforeOrEqualTo(Instant.now());
        assertThat(audit.text()).doesNotContain("sk-audited-5678");
    }
}
