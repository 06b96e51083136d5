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

/** The admin key, the fallback chain, analytics and the audit over HTTP on a real node. */
class AdminApiTest {
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
        // A limit of platforms only.
        assertThat(row.has("concurrent")).isFalse();
        assertThat(row.path("effectiveLimits").has("concurrent")).isFalse();
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
        made.platform("audited");
        made.key("audited", "sk-audited-5678");
        Reply audit = node.get("/api/audit?limit=20");
        assertThat(audit.status()).isEqualTo(200);
        JsonNode entry = audit.item("action", "key.add");
        assertThat(entry.path("actor").asText()).isEqualTo("admin");
        assertThat(Instant.parse(entry.path("at").asText())).isBeforeOrEqualTo(Instant.now());
        assertThat(audit.text()).doesNotContain("sk-audited-5678");
    }
}
