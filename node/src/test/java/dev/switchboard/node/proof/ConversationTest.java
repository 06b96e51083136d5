package dev.switchboard.node.proof;

import static dev.switchboard.node.proof.ProofRig.SOON;
import static dev.switchboard.node.proof.ProofRig.ask;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.switchboard.node.simulator.FaultRule;
import dev.switchboard.protocol.domain.ModelRef;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a conversation keeps and what overrides it: pins and bans (behaviour.md §1, §2). */
class ConversationTest {
    private static ProofRig rig;

    @BeforeAll
    static void start() throws Exception {
        rig = ProofRig.start(new ProofRig.Plan()
                .set("session.provider-ban-cooldown = 1ms")
                .set("protection.banned = provider-ban")
                .platform("alpha", 2)
                .model("alpha", "a", 1, 32000)
                .platform("beta", 1)
                .model("beta", "b", 2, 32000)
                .platform("banned", 1)
                .model("banned", "m", 3, 32000)
                .model("banned", "n", 4, 32000)
                .platform("limited", 1)
                .model("limited", "m", 6, 32000, ", rpm = 1")
                .platform("roomy", 1)
                .model("roomy", "m", 7, 64000));
    }

    @AfterAll
    static void stop() throws Exception {
        rig.close();
    }

    @BeforeEach
    void clear() throws Exception {
        rig.simulator.faults().clear();
        rig.journal().clear();
        rig.thaw();
    }

    private static String pinned(String session, String platform, String model) throws Exception {
        Answer first = rig.send(ask("beta/b").session(session));
        assertThat(first.sessionStatus()).isEqualTo("none");
        rig.pin(
                first.sessionKey(),
                ModelRef.of(platform, model),
                rig.key(platform, 1).id());
        return first.sessionKey();
    }

    @Test
    void aConversationStaysOnItsModelAndKey() throws Exception {
        pinned("steady", "alpha", "a");
        for (int i = 0; i < 5; i++) {
            Answer next = rig.send(ask("auto").session("steady").stream(i % 2 == 0));
            assertThat(next.sessionStatus()).isEqualTo("hit");
            assertThat(next.routedVia()).isEqualTo("alpha/a");
        }
        assertThat(rig.calls("alpha").stream().filter(call -> call.endsWith("sk-alpha-2")))
                .isEmpty();
        assertThat(rig.send(ask("auto-smart").session("steady")).sessionStatus())
                .isEqualTo("miss");
    }

    /** A client asks again the moment it has its answer; by then the session must know where that came from. */
    @Test
    void theNextRequestFindsThePinHoweverSoonItComes() throws Exception {
        for (int i = 0; i < 200; i++) {
            assertThat(rig.send(ask("auto").session("at-once-" + i)).sessionStatus())
                    .isEqualTo("miss");
            assertThat(rig.send(ask("auto").session("at-once-" + i)).sessionStatus())
                    .isNotEqualTo("miss");
        }
    }

    @Test
    void aRefusedKeyIsUnpinnedAloneAndTheModelServesOn() throws Exception {
        String key = pinned("refused-key", "alpha", "a");
        rig.fault(FaultRule.of("status=401").platform("alpha").key("sk-alpha-1"));
        Answer answer = rig.send(ask("auto").session("refused-key"));
        assertThat(answer.routedVia()).isEqualTo("alpha/a");
        assertThat(answer.sessionStatus()).isEqualTo("hit");
        assertThat(answer.fallbacks()).isEqualTo(1);
        await().atMost(SOON)
                .until(() -> rig.session(key).path("keyLabel").asText().equals("alpha-2"));
    }

    /** The request is served elsewhere, the conversation stays where it was. */
    @ParameterizedTest
    @CsvSource({
        "status=400, text",
        "status=409, text",
        "status=422, text",
        "status=413, text",
        "status=400 code=context_length_exceeded, text",
        "text=Sure!, json_object"
    })
    void aFailureThatIsAboutTheRequestLeavesThePin(String fault, String format) throws Exception {
        String session = "about-the-request " + fault;
        String key = pinned(session, "alpha", "a");
        String json = "{\"type\":\"" + format + "\"}";
        rig.fault(FaultRule.of(fault).platform("alpha").times(2));
        if (format.equals("json_object")) {
            rig.fault(FaultRule.of("text={}"));
        }
        for (boolean stream : new boolean[] {false, true}) {
            Answer moved = rig.send(ask("auto").session(session).with("response_format", json).stream(stream));
            assertThat(moved.status()).isEqualTo(200);
            assertThat(moved.routedVia()).isNotEqualTo("alpha/a");
            assertThat(moved.sessionStatus()).isEqualTo("miss");
            assertThat(moved.fallbacks()).isEqualTo(1);
        }
        assertThat(rig.session(key).path("model").asText()).isEqualTo("a");
        Answer next = rig.send(ask("auto").session(session).with("response_format", json));
        assertThat(next.routedVia()).isEqualTo("alpha/a");
        assertThat(next.sessionStatus()).isEqualTo("hit");
    }

    @ParameterizedTest
    @ValueSource(strings = {"status=429", "status=500", "status=404"})
    void aFailureThatIsAboutTheModelMovesThePin(String fault) throws Exception {
        String session = "about-the-model " + fault;
        String key = pinned(session, "alpha", "a");
        rig.fault(FaultRule.of(fault).platform("alpha").times(2));
        Answer moved = rig.send(ask("auto").session(session));
        assertThat(moved.status()).isEqualTo(200);
        assertThat(moved.sessionStatus()).isEqualTo("repin");
        await().atMost(SOON).until(() -> moved.routedVia()
                .startsWith(rig.session(key).path("platform").asText() + "/"));
    }

    @Test
    void aPinOverridesNoCooldown() throws Exception {
        String key = pinned("cooling", "alpha", "a");
        rig.fault(FaultRule.of("status=500").platform("alpha").times(1));
        assertThat(rig.send(ask("alpha/a").session("other")).status()).isEqualTo(502);
        Answer answer = rig.send(ask("auto").session("cooling"));
        assertThat(answer.sessionStatus()).isEqualTo("repin");
        assertThat(answer.routedVia()).isNotEqualTo("alpha/a");
        await().atMost(SOON).until(() -> answer.routedVia()
                .startsWith(rig.session(key).path("platform").asText() + "/"));
        JsonNode decision = rig.decision(key, 2);
        assertThat(decision.path("candidates"))
                .anyMatch(row -> row.path("model").asText().equals("alpha/a")
                        && row.path("skipped").asText().equals("cooling"));
    }

    @Test
    void aPinOverridesNoBanOfAWholePlatform() throws Exception {
        String key = pinned("ban", "banned", "m");
        rig.fault(FaultRule.of("status=500").platform("banned").model("m").times(1));
        Answer moved = rig.send(ask("auto").session("ban"));
        assertThat(moved.sessionStatus()).isEqualTo("repin");
        assertThat(moved.routedVia()).doesNotStartWith("banned/");
        rig.thaw();
        rig.pin(key, ModelRef.of("beta", "b"), rig.key("beta", 1).id());
        Answer explicit = rig.send(ask("banned/n", "alpha/a").session("ban"));
        assertThat(explicit.routedVia()).isEqualTo("alpha/a");
        assertThat(rig.calls("banned").stream().filter(call -> call.startsWith("n")))
                .isEmpty();
        assertThat(rig.session(key).path("bans")).hasSize(1);
    }

    @Test
    void aPinOverridesNoFullLimit() throws Exception {
        String key = pinned("limit", "limited", "m");
        await().atMost(Duration.ofSeconds(70)).until(this::limitIsFullForLong);
        Answer second = rig.send(ask("auto").session("limit"));
        assertThat(second.sessionStatus()).isEqualTo("repin");
        JsonNode decision = rig.decision(key, 2);
        assertThat(decision.path("candidates"))
                .anyMatch(row -> row.path("skipped").asText().equals("lease-rpm"));
        Answer only = rig.send(ask("limited/m").session("limit-other"));
        assertThat(only.status()).isEqualTo(429);
        assertThat(only.problem()).isNull();
        assertThat(Integer.parseInt(only.header("retry-after"))).isBetween(1, 61);
    }

    /** Other conversations may have used the model's one request a minute. */
    private boolean limitIsFullForLong() throws Exception {
        Answer filler = rig.send(ask("limited/m").session("filler"));
        return filler.status() == 200 || Integer.parseInt(filler.header("retry-after")) > 5;
    }
}
