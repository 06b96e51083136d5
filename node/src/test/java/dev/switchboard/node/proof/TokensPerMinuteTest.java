package dev.switchboard.node.proof;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.switchboard.node.TestNode;
import dev.switchboard.node.TestNode.Reply;
import dev.switchboard.node.persistence.TestClock;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A limit of 8,000 tokens a minute holds on a whole node, whatever arrives at once. */
class TokensPerMinuteTest {
    private static final int AT_ONCE = 10;
    private static final long TPM = 8_000;
    /** About 5,000 tokens by four characters each. */
    private static final String LONG = "word ".repeat(4_000);

    private static final TestClock CLOCK = new TestClock();
    private static final ExecutorService CALLERS = Executors.newFixedThreadPool(AT_ONCE);
    private static TestNode node;
    private static String simulator;

    @BeforeAll
    static void start() throws Exception {
        node = TestNode.start("switchboard.catalog = builtin", CLOCK, new SplittableRandom(4));
        String demo =
                node.get("/api/platforms").item("id", "demo").path("baseUrl").asText();
        simulator = demo.substring(0, demo.indexOf("/demo"));
    }

    @AfterAll
    static void stop() throws Exception {
        CALLERS.shutdownNow();
        node.stop();
    }

    private static void model(String platform) throws Exception {
        String base = simulator + "/" + platform + "/v1";
        added(
                "/api/platforms",
                "{\"id\":\"%s\",\"name\":\"x\",\"adapter\":\"openai\",\"baseUrl\":\"%s\"}",
                platform,
                base);
        added("/api/keys", "{\"platform\":\"%s\",\"key\":\"sk-of-%s\"}", platform, platform);
        added("/api/models", "{\"platform\":\"%s\",\"id\":\"m\",\"tpm\":" + TPM + "}", platform);
    }

    private static void added(String path, String json, Object... values) throws Exception {
        Reply reply = node.admin("POST", path, json.formatted(values));
        assertThat(reply.status()).as(reply.text()).isEqualTo(201);
    }

    @Test
    void noMoreIsAdmittedAtOnceThanTheEstimatesAllow() throws Exception {
        model("long");
        List<Reply> replies = atOnce("long/m", LONG + "[[slow-first=500ms]]");
        assertThat(replies.stream().filter(reply -> reply.status() == 200)).hasSize(1);
        for (Reply refused :
                replies.stream().filter(reply -> reply.status() != 200).toList()) {
            assertThat(refused.status()).as(refused.text()).isEqualTo(429);
            assertThat(refused.errorType()).isEqualTo("rate_limit_error");
            assertThat(refused.headers().firstValueAsLong("Retry-After").orElse(0))
                    .isBetween(1L, 61L);
        }
        assertThat(sentTo("long")).isEqualTo(1);
        assertThat(used("long")).isBetween(5_000L, TPM);

        CLOCK.advance(Duration.ofSeconds(61));
        assertThat(node.chat("long/m", LONG).status()).isEqualTo(200);
        assertThat(node.chat("long/m", LONG).status()).isEqualTo(429);
        assertThat(sentTo("long")).isEqualTo(2);
    }

    /** Short questions with long answers are admitted by their estimate; the limit then counts what they really used. */
    @Test
    void whatWasReallyUsedFillsTheWindow() throws Exception {
        model("short");
        List<Reply> replies = atOnce("short/m", "[[slow-first=500ms words=3400]]");
        assertThat(replies).allMatch(reply -> reply.status() == 200);
        assertThat(replies.get(0).body().at("/usage/total_tokens").asLong()).isGreaterThan(5_000);
        assertThat(used("short")).isGreaterThan(AT_ONCE * 5_000);
        assertThat(node.chat("short/m", "one more").status()).isEqualTo(429);
        assertThat(sentTo("short")).isEqualTo(AT_ONCE);
        CLOCK.advance(Duration.ofSeconds(61));
        assertThat(node.chat("short/m", "one more").status()).isEqualTo(200);
    }

    private static List<Reply> atOnce(String model, String text) throws Exception {
        List<Future<Reply>> running = new ArrayList<>();
        for (int i = 0; i < AT_ONCE; i++) {
            running.add(CALLERS.submit(() -> node.chat(model, text)));
        }
        List<Reply> replies = new ArrayList<>();
        for (Future<Reply> each : running) {
            replies.add(each.get(30, TimeUnit.SECONDS));
        }
        return replies;
    }

    /** Tokens of this minute, as the dashboard shows them. */
    private static long used(String platform) throws Exception {
        return node.get("/api/keys").item("platform", platform).at("/usage/tpm").asLong();
    }

    /** Chats that reached the provider. */
    private static long sentTo(String platform) throws Exception {
        HttpRequest ask = HttpRequest.newBuilder(URI.create(simulator + "/_control/requests?platform=" + platform))
                .build();
        JsonNode requests = new ObjectMapper()
                .readTree(node.client().send(ask, BodyHandlers.ofString()).body());
        long chats = 0;
        for (JsonNode request : requests) {
            chats += request.path("path").asText().endsWith("chat/completions") ? 1 : 0;
        }
        return chats;
    }
}
