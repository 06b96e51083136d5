package dev.switchboard.node.http.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import com.fasterxml.jackson.databind.JsonNode;
import dev.switchboard.node.CapturedLog;
import dev.switchboard.node.TestNode;
import dev.switchboard.node.TestNode.Reply;
import java.net.http.HttpResponse.BodySubscribers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

/** Settings, the API key and live events on a cluster of two nodes in one JVM. */
class LiveSettingsApiTest {
    private static final String CONFIG =
            """
            switchboard { session.ban-ttl = 10m, auth.admin-key = "an-admin-key-of-enough-letters" }
            """;
    private static final Map<String, String> ENVIRONMENT = Map.of("MAX_FALLBACK_RETRIES", "3");
    private static final Duration EVERYWHERE = Duration.ofSeconds(2);
    private static final Duration SOON = Duration.ofSeconds(20);
    private static TestNode one;
    private static TestNode two;

    @BeforeAll
    static void start() throws Exception {
        one = TestNode.start(CONFIG, ENVIRONMENT);
        two = TestNode.join(one, CONFIG, ENVIRONMENT);
    }

    @AfterAll
    static void stop() throws Exception {
        two.stop();
        one.stop();
    }

    private static JsonNode setting(TestNode node, String key) throws Exception {
        return node.get("/api/settings").item("key", key);
    }

    @Test
    void everySettingSaysWhereItComesFrom() throws Exception {
        JsonNode banTtl = setting(one, "switchboard.session.ban-ttl");
        assertThat(banTtl.path("value").asText()).isEqualTo("10m");
        assertThat(banTtl.path("default").asText()).isEqualTo("30m");
        assertThat(banTtl.path("source").asText()).isEqualTo("file");
        assertThat(banTtl.path("editable").asBoolean()).isTrue();
        assertThat(banTtl.path("needsRestart").asBoolean(true)).isFalse();
        assertThat(banTtl.path("description").asText()).isNotBlank();

        JsonNode attempts = setting(one, "switchboard.routing.max-attempts");
        assertThat(attempts.path("value").isIntegralNumber()).isTrue();
        assertThat(attempts.path("value").asInt()).isEqualTo(3);
        assertThat(attempts.path("source").asText()).isEqualTo("environment");
        assertThat(attempts.path("editable").asBoolean(true)).isFalse();

        assertThat(setting(one, "switchboard.session.ttl").path("source").asText())
                .isEqualTo("default");
        assertThat(setting(one, "switchboard.http.host").path("needsRestart").asBoolean())
                .isTrue();
        assertThat(setting(one, "switchboard.auth.admin-key").path("value").isNull())
                .isTrue();
        assertThat(one.get("/api/settings").text()).doesNotContain("an-admin-key-of-enough-letters");
    }

    @Test
    void aChangeIsInForceOnEveryNodeAndGoesBackWithNull() throws Exception {
        Reply changed = one.admin(
                "PUT", "/api/settings", "{\"switchboard.session.ttl\":\"45m\",\"stream.early-headers\":\"off\"}");
        assertThat(changed.status()).as(changed.text()).isEqualTo(200);
        await().atMost(EVERYWHERE).untilAsserted(() -> {
            JsonNode there = setting(two, "switchboard.session.ttl");
            assertThat(there.path("value").asText()).isEqualTo("45m");
            assertThat(there.path("source").asText()).isEqualTo("dashboard");
        });
        assertThat(one.admin("PUT", "/api/settings", "{\"session.ttl\":null,\"stream.early-headers\":null}")
                        .status())
                .isEqualTo(200);
        await().atMost(EVERYWHERE).untilAsserted(() -> assertThat(
                        setting(two, "switchboard.session.ttl").path("source").asText())
                .isEqualTo("default"));
    }

    @Test
    void aLiveSettingChangesHowRequestsAreServed() throws Exception {
        String demo =
                one.get("/api/platforms").item("id", "demo").path("baseUrl").asText();
        String simulator = demo.substring(0, demo.indexOf("/demo"));
        one.admin("POST", "/api/platforms", "{\"id\":\"slow\",\"baseUrl\":\"%s/slow/v1\"}".formatted(simulator));
        one.admin("POST", "/api/models", "{\"platform\":\"slow\",\"id\":\"echo\"}");
        one.admin("POST", "/api/keys", "{\"platform\":\"slow\",\"key\":\"sk-slow-1234\"}");
        assertThat(one.admin("PUT", "/api/settings", "{\"upstream.response-timeout\":\"300ms\"}")
                        .status())
                .isEqualTo(200);
        Reply late = one.chat("slow/echo", "[[slow-first=5s]]");
        assertThat(late.status()).as(late.text()).isEqualTo(504);
        one.admin("PUT", "/api/settings", "{\"upstream.response-timeout\":null}");
    }

    @Test
    void theLogLevelChangesWithoutARestart() throws Exception {
        Logger root = (Logger) LoggerFactory.getLogger("dev.switchboard");
        Level before = root.getLevel();
        try (CapturedLog log = new CapturedLog()) {
            assertThat(one.chat("no/such-model", "hello").status()).isEqualTo(404);
            assertThat(one.admin("PUT", "/api/settings", "{\"log.level\":\"DEBUG\"}")
                            .status())
                    .isEqualTo(200);
            await().atMost(EVERYWHERE).until(() -> root.getLevel() == Level.DEBUG);
            Reply refused = one.chat("no/such-model", "hello");
            String id = refused.headers().firstValue("X-Request-Id").orElseThrow();
            await().atMost(EVERYWHERE).untilAsserted(() -> assertThat(log.lines())
                    .filteredOn(line ->
                            line.getLevel() == Level.DEBUG && line.getMessage().equals("request refused"))
                    .extracting(CapturedLog::requestId)
                    .containsExactly(id));
            one.admin("PUT", "/api/settings", "{\"log.level\":\"ERROR\"}");
            await().atMost(EVERYWHERE).until(() -> !root.isWarnEnabled());
            assertThat(one.admin("PUT", "/api/settings", "{\"log.level\":\"LOUD\"}")
                            .status())
                    .isEqualTo(400);
            one.admin("PUT", "/api/settings", "{\"log.level\":null}");
            await().atMost(EVERYWHERE).until(() -> root.getLevel() == Level.INFO);
        } finally {
            root.setLevel(before);
        }
    }

    @Test
    void protectionIsPutInPlaceWhole() throws Exception {
        one.admin(
                "POST", "/api/models", "{\"platform\":\"demo\",\"id\":\"b.c\",\"name\":\"B\",\"contextWindow\":1000}");
        assertThat(one.admin(
                                "PUT",
                                "/api/settings",
                                "{\"protection\":{\"demo\":\"provider-ban\",\"demo/b.c\":\"off\"}}")
                        .status())
                .isEqualTo(200);
        JsonNode value = setting(one, "switchboard.protection").path("value");
        assertThat(value.path("demo").asText()).isEqualTo("provider-ban");
        assertThat(value.path("demo/b.c").asText()).isEqualTo("off");
        assertThat(value.has("longcat")).isFalse();
        assertThat(one.get("/api/platforms")
                        .item("id", "demo")
                        .path("protection")
                        .asText())
                .isEqualTo("provider-ban");
        one.admin("PUT", "/api/settings", "{\"protection\":null}");
        assertThat(setting(one, "switchboard.protection").path("value").has("longcat"))
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"switchboard.session.tll\":\"1m\"}|400|switchboard.session.tll",
                "{\"session.ttl\":\"soon\"}|400|session.ttl",
                "{\"session.ttl\":\"-1m\"}|400|session.ttl",
                "{\"session.ttl\":{}}|400|session.ttl",
                "{\"session.ttl\":\" \"}|400|session.ttl",
                "{\"routing.budget\":\"2m\",\"routing.explicit-model-fallback\":\"maybe\"}|400|routing.explicit-model-fallback",
                "{\"protection\":{\"demo\":\"hard\"}}|400|protection",
                "{\"protection\":{\"demo\":null}}|400|protection",
                "{\"protection\":true}|400|protection",
                "{\"protection\":{\"demo\":\"off\",\"nowhere\":\"off\"}}|400|protection",
                "{\"protection\":{\"demo/\":\"off\"}}|400|protection",
                "{\"switchboard.protection\":{\"No Where\":\"off\"}}|400|switchboard.protection",
                "{\"protection\":\"demo/unheard-of:off\"}|400|protection",
                "{\"cooldown.max\":\"1s\"}|400|cooldown.max",
                "{\"cooldown.transient\":\"1h\"}|400|cooldown.transient",
                "{\"routing.max-attempts\":7}|409|routing.max-attempts",
                "{\"http.port\":9999}|409|http.port",
                "{\"auth.api-key\":\"sb-my-own-key\"}|409|auth.api-key"
            })
    void aBadChangeIsRefusedWholeNamingTheKey(String body, int status, String key) throws Exception {
        Reply reply = one.admin("PUT", "/api/settings", body);
        assertThat(reply.status()).as(reply.text()).isEqualTo(status);
        assertThat(reply.param()).isEqualTo(key);
        assertThat(setting(one, "switchboard.routing.budget").path("source").asText())
                .isEqualTo("default");
    }

    @Test
    void anUnknownSettingNamesTheNearestOne() throws Exception {
        Reply reply = one.admin("PUT", "/api/settings", "{\"switchboard.session.tll\":\"1m\"}");
        assertThat(reply.body().at("/error/message").asText()).contains("switchboard.session.ttl");
    }

    @Test
    void privateAddressesAreRefusedWhenTheSettingSaysSo() throws Exception {
        one.admin("PUT", "/api/settings", "{\"upstream.allow-private-addresses\":false}");
        Reply refused =
                one.admin("POST", "/api/platforms", "{\"id\":\"inside\",\"baseUrl\":\"http://127.0.0.1:9/v1\"}");
        one.admin("PUT", "/api/settings", "{\"upstream.allow-private-addresses\":null}");
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.param()).isEqualTo("baseUrl");
    }

    @Test
    void aRegeneratedApiKeyReplacesTheOldOneOnEveryNode() throws Exception {
        String old = one.apiKey();
        assertThat(one.get("/api/settings/api-key").body().path("apiKey").asText())
                .isEqualTo(old);
        Reply regenerated = one.admin("POST", "/api/settings/api-key/regenerate", null);
        String fresh = regenerated.body().path("apiKey").asText();
        assertThat(fresh).matches("sb-[0-9a-f]{48}").isNotEqualTo(old);
        await().atMost(EVERYWHERE).untilAsserted(() -> {
            assertThat(two.send("GET", "/v1/models", null, fresh).status()).isEqualTo(200);
            assertThat(two.send("GET", "/v1/models", null, old).status()).isEqualTo(401);
            assertThat(one.send("GET", "/v1/models", null, old).status()).isEqualTo(401);
        });
    }

    @Test
    void eventsOfTheWholeClusterReachAListenerOfAnyNode() throws Exception {
        LineReader lines = new LineReader();
        two.client().sendAsync(two.request("GET", "/api/events", null, two.adminKey()), info -> {
            assertThat(info.statusCode()).isEqualTo(200);
            assertThat(info.headers().firstValue("content-type").orElse("")).startsWith("text/event-stream");
            return BodySubscribers.fromLineSubscriber(lines);
        });
        await().atMost(SOON).until(() -> lines.contains(": connected"));

        await().atMost(SOON).until(() -> lines.contains("event: stats"));
        assertThat(one.chat("demo/echo", "seen elsewhere").status()).isEqualTo(200);
        await().atMost(SOON).until(() -> lines.contains("event: route"));
        one.admin("PUT", "/api/settings", "{\"protection\":{\"demo\":\"provider-ban\"}}");
        one.chat("auto", "[[status=500]]");
        await().atMost(SOON).until(() -> lines.contains("event: cooldown") && lines.contains("event: ban"));
        one.admin("PUT", "/api/settings", "{\"protection\":null}");
        one.admin("POST", "/api/platforms", "{\"id\":\"evented\",\"baseUrl\":\"http://127.0.0.1:9/v1\"}");
        one.admin("POST", "/api/keys", "{\"platform\":\"evented\",\"key\":\"sk-evented-1234\"}");
        await().atMost(SOON).until(() -> lines.contains("event: key"));
        assertThat(String.join("\n", lines.seen)).doesNotContain("sk-evented-1234");
        lines.stop();
    }

    /** Collects lines until it is stopped. */
    private static final class LineReader implements Flow.Subscriber<String> {
        private final List<String> seen = new CopyOnWriteArrayList<>();
        private Flow.@Nullable Subscription subscription;

        boolean contains(String line) {
            return seen.contains(line);
        }

        void stop() {
            if (subscription != null) {
                subscription.cancel();
            }
        }

        @Override
        public void onSubscribe(Flow.Subscription started) {
            subscription = started;
            started.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(String line) {
            seen.add(line);
        }

        @Override
        public void onError(Throwable failure) {
            seen.add("failed: " + failure);
        }

        @Override
        public void onComplete() {
            seen.add("completed");
        }
    }
}
