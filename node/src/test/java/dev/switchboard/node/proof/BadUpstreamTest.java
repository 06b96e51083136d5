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

/** Upstreams that send what no provider should: a classified failure or a whole answer, never a hang or a broken client. */
class BadUpstreamTest {
    private static ProofRig rig;

    @BeforeAll
    static void start() throws Exception {
        rig = ProofRig.start(new ProofRig.Plan()
                .set("stream.stall-timeout = 3s")
                .set("upstream.response-timeout = 3s")
                .set("routing.budget = 15s")
                .set("cooldown.transient = 10ms")
                .set("cooldown.max = 10ms")
                .platform("bad", 1)
                .model("bad", "m", 1, 32000)
                .platform("safe", 1)
                .model("safe", "ok", 2, 32000));
    }

    @AfterAll
    static void stop() throws Exception {
        rig.close();
    }

    @BeforeEach
    void clear() {
        rig.simulator.faults().clear();
        rig.journal().clear();
    }

    /** What the first attempt ends with; {@code success} where it is not an error of the provider's at all. */
    @ParameterizedTest
    @CsvSource({
        "body=html, false, malformed",
        "body=html, true, malformed",
        "status=503 body=html, false, server_error",
        "body=not-json, false, malformed",
        "body=not-json, true, malformed",
        "body=no-choices, false, malformed",
        "body=no-choices, true, malformed",
        "body=empty, false, malformed",
        "endless-headers, false, malformed",
        "endless-headers, true, malformed",
        "giant=100, true, malformed",
        "giant=100, false, malformed",
        "invalid-utf8, false, malformed",
        "invalid-utf8, true, success",
        "gzip, false, success",
        "gzip, true, success",
        "gzip cut-at=40 cut-by=close, false, broken",
        "redirect, false, server_error",
        "redirect=http://127.0.0.1:1/, true, server_error",
        "bad-event=1 words=9, true, success",
        "no-done, true, success",
        "done-twice, true, success",
        "no-last-newline, true, success",
        "split=1 line-end=cr, true, success",
        "split=1 multi-line comments no-space, true, success",
        "broken-arguments, true, success"
    })
    void whateverComesIsClassified(String fault, boolean stream, String outcome) throws Exception {
        rig.fault(FaultRule.of(fault).platform("bad"));
        long begun = System.nanoTime();
        Answer answer = rig.send(
                ask("bad/m", "safe/ok").session(fault + stream).text("one two three four five six seven eight").stream(
                        stream));
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(15));
        assertThat(answer.problem()).isNull();
        assertThat(answer.isComplete()).as(answer.text()).isTrue();
        assertThat(rig.decision(answer.sessionKey(), 1)
                        .at("/attempts/0/outcome")
                        .asText())
                .isEqualTo(outcome);
        await().atMost(SOON).until(() -> rig.cooldowns("bad").isEmpty());
        assertThat(answer.routedVia()).isEqualTo(outcome.equals("success") ? "bad/m" : "safe/ok");
        rig.awaitQuiet("bad", "safe");
    }

    @Test
    void aCloseAtAnyByteOfAnAnswerIsAFailureOrAnErrorFrame() throws Exception {
        for (boolean stream : new boolean[] {false, true}) {
            for (String by : List.of("close", "reset")) {
                for (int at = 1; at < 700; at += 37) {
                    cutAt(at, by, stream);
                }
            }
        }
        rig.awaitQuiet("bad", "safe");
    }

    private static void cutAt(int at, String by, boolean stream) throws Exception {
        rig.simulator.faults().clear();
        rig.fault(FaultRule.of("words=8 cut-at=" + at + " cut-by=" + by).platform("bad"));
        int before = rig.calls("bad").size();
        Answer answer = rig.send(ask("bad/m", "safe/ok").session("cut").stream(stream));
        assertThat(rig.calls("bad")).hasSize(before + 1);
        assertThat(answer.problem()).as("cut after %d bytes by %s", at, by).isNull();
        assertThat(answer.status()).isEqualTo(200);
        assertThat(stream || answer.isComplete()).isTrue();
        await().atMost(SOON).until(() -> rig.cooldowns("bad").isEmpty());
    }
}
