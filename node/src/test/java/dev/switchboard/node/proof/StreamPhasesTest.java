package dev.switchboard.node.proof;

import static dev.switchboard.node.proof.ProofRig.SOON;
import static dev.switchboard.node.proof.ProofRig.ask;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.switchboard.node.simulator.FaultRule;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Streams that begin before a model was found, clients that leave, and the time a request has (behaviour.md §4, §5). */
class StreamPhasesTest {
    private static ProofRig rig;

    @BeforeAll
    static void start() throws Exception {
        rig = ProofRig.start(new ProofRig.Plan()
                .set("stream.early-headers = 300ms")
                .set("stream.stall-timeout = 1200ms")
                .set("stream.keep-alive = 200ms")
                .set("upstream.response-timeout = 20s")
                .set("routing.budget = 4s")
                .platform("alpha", 2)
                .model("alpha", "a", 1, 32000)
                .platform("beta", 1)
                .model("beta", "b", 2, 32000)
                .platform("gamma", 1)
                .model("gamma", "c", 3, 32000));
    }

    @AfterAll
    static void stop() throws Exception {
        rig.close();
    }

    @BeforeEach
    void clear() throws Exception {
        rig.awaitQuiet("alpha", "beta", "gamma");
        rig.simulator.faults().clear();
        rig.journal().clear();
        rig.thaw();
    }

    private static void fault(String platform, String fault) {
        rig.fault(FaultRule.of(fault).platform(platform));
    }

    @Test
    void failoverGoesOnUnderneathEarlyHeaders() throws Exception {
        fault("alpha", "stall=first stall-noise=role");
        Answer answer = rig.send(ask("alpha/a", "beta/b").stream());
        assertThat(answer.isComplete()).as(answer.text()).isTrue();
        assertThat(answer.header("x-routed-via")).isNull();
        assertThat(answer.header("x-session-key")).startsWith("s-");
        assertThat(answer.comments()).contains(": keep-alive", ": routed-via beta/b");
        List<String> lines =
                answer.text().lines().filter(line -> !line.isEmpty()).toList();
        int choice = lines.indexOf(": routed-via beta/b");
        assertThat(lines.subList(0, choice)).allMatch(line -> line.equals(": keep-alive"));
        assertThat(answer.content()).isEqualTo("Hello from b.");
    }

    @Test
    void aFailureInTheEndOfEarlyHeadersIsTheErrorFrame() throws Exception {
        fault("alpha", "slow-first=600ms status=500");
        Answer failed = rig.send(ask("alpha/a").stream());
        assertThat(failed.status()).isEqualTo(200);
        assertThat(failed.problem()).isNull();
        assertThat(failed.error().path("type").asText()).isEqualTo("stream_error");
        fault("beta", "stall=first");
        Answer stalled = rig.send(ask("beta/b").stream());
        assertThat(stalled.problem()).isNull();
        assertThat(stalled.error().path("type").asText()).isEqualTo("stream_timeout");
    }

    @Test
    void keepAlivesDoNotHideAStall() throws Exception {
        fault("alpha", "words=30 stall=3 stall-noise=comments");
        Answer answer = rig.send(ask("alpha/a", "beta/b").stream());
        assertThat(answer.problem()).isNull();
        assertThat(answer.error().path("type").asText()).isEqualTo("stream_timeout");
        assertThat(answer.comments()).contains(": keep-alive");
        assertThat(rig.calls("beta")).isEmpty();
    }

    @Test
    void theBudgetEndsARequestAndItsUpstreamCall() throws Exception {
        fault("alpha", "stall=headers");
        long begun = System.nanoTime();
        Answer answer = rig.send(ask("alpha/a", "beta/b"));
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isBetween(Duration.ofSeconds(4), Duration.ofSeconds(7));
        assertThat(answer.status()).isEqualTo(504);
        assertThat(answer.problem()).isNull();
        await().atMost(Duration.ofSeconds(2)).until(() -> rig.journal().openRequests() == 0);
        assertThat(rig.calls("beta")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "before the headers, stall=headers, false",
        "inside a whole answer, stall=1, false",
        "before a stream's headers, stall=headers, true",
        "before a stream's first word, stall=first, true",
        "inside a stream, words=300 pace=50ms, true"
    })
    void aClientThatLeavesEndsTheCall(String phase, String fault, boolean stream) throws Exception {
        fault("alpha", fault);
        fault("beta", fault);
        fault("gamma", fault);
        try (LeavingClient client = rig.leaving(ask("auto").session("leaves " + phase).stream(stream))) {
            if (phase.equals("inside a stream")) {
                client.readUntil("data: ");
            }
            await().atMost(SOON).until(() -> rig.journal().requestCount() == 1);
        }
        long left = System.nanoTime();
        await().pollInterval(Duration.ofMillis(10))
                .atMost(SOON)
                .until(() -> rig.journal().openRequests() == 0);
        assertThat(Duration.ofNanos(System.nanoTime() - left)).isLessThan(Duration.ofSeconds(1));
        rig.awaitQuiet("alpha", "beta", "gamma");
        assertThat(rig.journal().requestCount()).isEqualTo(1);
        assertThat(rig.api("/api/cooldowns")).isEmpty();
        rig.simulator.faults().clear();
        assertThat(rig.send(ask("auto").session("leaves " + phase)).sessionStatus())
                .isEqualTo("miss");
    }

    @Test
    void clientsThatLeaveAtOnceLeaveNothingBehind() throws Exception {
        fault("alpha", "slow-first=200ms");
        for (int i = 0; i < 30; i++) {
            rig.leaving(ask("auto").session("at once " + i).stream(i % 2 == 0)).close();
        }
        rig.awaitQuiet("alpha", "beta", "gamma");
    }

    @Test
    void aClientThatLeavesAfterEarlyHeadersEndsTheCall() throws Exception {
        fault("alpha", "stall=headers");
        try (LeavingClient client = rig.leaving(ask("alpha/a", "beta/b").stream())) {
            assertThat(client.readUntil(": keep-alive").toLowerCase(java.util.Locale.ROOT))
                    .contains("text/event-stream")
                    .doesNotContain("x-routed-via");
        }
        await().atMost(Duration.ofSeconds(1)).until(() -> rig.journal().openRequests() == 0);
        rig.awaitQuiet("alpha", "beta");
        assertThat(rig.calls("beta")).isEmpty();
    }
}
