package dev.switchboard.node.proof;

import static dev.switchboard.node.proof.ProofRig.SOON;
import static dev.switchboard.node.proof.ProofRig.ask;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.switchboard.node.simulator.FaultRule;
import dev.switchboard.protocol.domain.KeyStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** How a request goes on after failures, and what it is told when nothing is left (behaviour.md §4). */
class FailoverTest {
    private static ProofRig rig;

    @BeforeAll
    static void start() throws Exception {
        ProofRig.Plan plan = new ProofRig.Plan()
                .set("cooldown.transient = 1s")
                .set("cooldown.max = 3s")
                .set("upstream.response-timeout = 4s")
                .set("protection.loose = off")
                .platform("safe", 1)
                .model("safe", "ok", 9, 32000);
        for (String id : List.of("rotate", "times", "date", "loose")) {
            plan.platform(id, 2).model(id, "m", 1, 8000);
        }
        for (String id : List.of(
                "no-one", "no-two", "no-three", "narrow", "busy", "strict", "half", "twice", "gone", "thawed")) {
            plan.platform(id, 1).model(id, "m", 1, 8000);
        }
        plan.platform("mixed", 1).model("mixed", "m", 1, 8000).model("mixed", "wide", 2, 64000);
        plan.platform("small", 1).model("small", "m", 1, 4000);
        plan.platform("many", 1);
        for (int i = 1; i <= 7; i++) {
            plan.model("many", "m" + i, i, 8000);
        }
        rig = ProofRig.start(plan);
    }

    @AfterAll
    static void stop() throws Exception {
        rig.close();
    }

    private static void fault(String platform, String fault) {
        rig.fault(FaultRule.of(fault).platform(platform));
    }

    @Test
    void theNextKeyComesBeforeTheNextModel() throws Exception {
        rig.fault(FaultRule.of("status=429").platform("rotate").key("sk-rotate-1"));
        Answer answer = rig.send(ask("rotate/m", "safe/ok"));
        assertThat(answer.isComplete()).isTrue();
        assertThat(answer.routedVia()).isEqualTo("rotate/m");
        assertThat(answer.fallbacks()).isEqualTo(1);
        assertThat(rig.calls("rotate")).containsExactly("m sk-rotate-1", "m sk-rotate-2");
    }

    @Test
    void atLevelOffAnotherKeyOfACoolingModelIsTriedByTheSameRequest() throws Exception {
        rig.fault(FaultRule.of("status=500").platform("loose").key("sk-loose-1"));
        Answer answer = rig.send(ask("loose/m", "safe/ok"));
        assertThat(answer.routedVia()).isEqualTo("loose/m");
        assertThat(answer.fallbacks()).isEqualTo(1);
        assertThat(rig.calls("loose")).containsExactly("m sk-loose-1", "m sk-loose-2");
    }

    @Test
    void aRefusalTriesOneOtherPlatformAndTellsTheFirstRefusal() throws Exception {
        fault("no-one", "status=400 message=\"first says no\"");
        fault("no-two", "status=422 message=\"second says no\"");
        Answer answer = rig.send(ask("no-one/m", "no-two/m", "no-three/m"));
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.problem()).isNull();
        assertThat(answer.error().path("message").asText()).isEqualTo("first says no");
        assertThat(rig.calls("no-two")).hasSize(1);
        assertThat(rig.calls("no-three")).isEmpty();
        assertThat(rig.cooldowns("no-one")).isEmpty();
    }

    @Test
    void aPromptThatIsTooLargeGoesToLargerWindowsOnlyEvenOnTheSamePlatform() throws Exception {
        rig.fault(FaultRule.of("status=413").platform("mixed").model("m"));
        Answer answer = rig.send(ask("mixed/m", "small/m", "mixed/wide"));
        assertThat(answer.routedVia()).isEqualTo("mixed/wide");
        assertThat(rig.calls("small")).isEmpty();
        fault("narrow", "status=400 code=context_length_exceeded");
        Answer none = rig.send(ask("narrow/m", "small/m"));
        assertThat(none.status()).isEqualTo(400);
        assertThat(none.error().path("code").asText()).isEqualTo("context_length_exceeded");
    }

    @Test
    void attemptsStopAtTheirMostAndOneKeyServesEveryModelOfItsPlatform() throws Exception {
        fault("many", "status=500");
        Answer answer = rig.send(ask("many/m1", "many/m2", "many/m3", "many/m4", "many/m5", "many/m6", "many/m7"));
        assertThat(answer.status()).isEqualTo(502);
        assertThat(answer.problem()).isNull();
        assertThat(answer.error().path("message").asText()).startsWith("All 5 attempts failed. Last: many/m5");
        assertThat(rig.calls("many")).hasSize(5);
    }

    @Test
    void aTimeoutAtTheEndIs504() throws Exception {
        fault("gone", "status=408");
        Answer answer = rig.send(ask("gone/m"));
        assertThat(answer.status()).isEqualTo(504);
        assertThat(answer.problem()).isNull();
    }

    @Test
    void theTrueEarliestRetryAfterIsRead() throws Exception {
        rig.fault(FaultRule.of("status=429 retry-after=40").platform("times").key("sk-times-1"));
        rig.fault(
                FaultRule.of("status=429 retry-after-ms=9000").platform("times").key("sk-times-2"));
        Answer failed = rig.send(ask("times/m"));
        assertThat(failed.status()).isEqualTo(429);
        assertThat(failed.problem()).isNull();
        assertThat(failed.fallbacks()).isZero();
        assertThat(Integer.parseInt(failed.header("retry-after"))).isBetween(7, 9);
        Answer untried = rig.send(ask("times/m"));
        assertThat(untried.status()).isEqualTo(429);
        assertThat(Integer.parseInt(untried.header("retry-after"))).isBetween(4, 9);
        assertThat(rig.calls("times")).hasSize(2);
    }

    @Test
    void aRetryAfterDateAndABusyModelAreHonoured() throws Exception {
        fault("date", "status=429 retry-after-date=50");
        fault("busy", "status=503 retry-after=30");
        Instant before = Instant.now();
        assertThat(rig.send(ask("date/m", "busy/m", "safe/ok")).routedVia()).isEqualTo("safe/ok");
        await().atMost(SOON).untilAsserted(() -> {
            assertThat(rig.cooldowns("date")).hasSize(2).allMatch(row -> ends(row, before.plusSeconds(50)));
            assertThat(rig.cooldowns("busy")).hasSize(1).allMatch(row -> ends(row, before.plusSeconds(30)));
        });
    }

    private static boolean ends(JsonNode row, Instant at) {
        Instant until = Instant.parse(row.path("until").asText());
        return Duration.between(at, until).abs().compareTo(Duration.ofSeconds(6)) < 0;
    }

    @Test
    void theThirdRefusalInARowMarksTheKeyInvalid() throws Exception {
        fault("strict", "slow-first=1s status=401");
        List<CompletableFuture<Answer>> answers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            answers.add(rig.later(ask("strict/m").session("strict-" + i)));
        }
        for (CompletableFuture<Answer> answer : answers) {
            Answer refused = answer.get(20, TimeUnit.SECONDS);
            assertThat(refused.status()).isEqualTo(502);
            assertThat(refused.problem()).isNull();
        }
        await().atMost(SOON).until(() -> rig.key("strict", 1).status() == KeyStatus.INVALID);
        Answer later = rig.send(ask("strict/m"));
        assertThat(later.status()).isEqualTo(503);
        assertThat(later.problem()).isNull();
    }

    @Test
    void oneRequestProbesAModelWhoseCooldownHasEnded() throws Exception {
        rig.fault(FaultRule.of("status=500").platform("half").times(1));
        assertThat(rig.send(ask("half/m", "safe/ok")).routedVia()).isEqualTo("safe/ok");
        await().atMost(SOON).until(() -> !rig.cooldowns("half").isEmpty());
        await().atMost(SOON).until(() -> rig.cooldowns("half").isEmpty());
        rig.awaitChecked("half");
        fault("half", "slow-first=3s");
        List<CompletableFuture<Answer>> answers = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            answers.add(rig.later(ask("half/m", "safe/ok").session("half-" + i)));
        }
        int probes = 0;
        for (CompletableFuture<Answer> answer : answers) {
            Answer got = answer.get(20, TimeUnit.SECONDS);
            assertThat(got.isComplete()).as(got.text()).isTrue();
            probes += got.routedVia().equals("half/m") ? 1 : 0;
        }
        assertThat(probes).isEqualTo(1);
        assertThat(rig.journal().load("half").peak()).isEqualTo(1);
        List<CompletableFuture<Answer>> open = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            open.add(rig.later(ask("half/m").session("open-" + i)));
        }
        for (CompletableFuture<Answer> answer : open) {
            assertThat(answer.get(20, TimeUnit.SECONDS).isComplete()).isTrue();
        }
    }

    @Test
    void aCooldownEndedByHandEndsAtOnceForRequests() throws Exception {
        for (int i = 0; i < 3; i++) {
            rig.fault(FaultRule.of("status=500").platform("thawed").times(1));
            assertThat(rig.send(ask("thawed/m")).status()).isEqualTo(502);
            await().atMost(SOON).until(() -> !rig.cooldowns("thawed").isEmpty());
            rig.thaw();
            assertThat(rig.send(ask("thawed/m")).routedVia()).isEqualTo("thawed/m");
        }
    }

    @Test
    void everyFailedProbeDoublesTheCooldownUpToTheMost() throws Exception {
        fault("twice", "status=500");
        for (long expected : List.of(1L, 2L, 3L, 3L)) {
            Instant before = Instant.now();
            assertThat(rig.send(ask("twice/m")).status()).isEqualTo(502);
            await().atMost(SOON).until(() -> !rig.cooldowns("twice").isEmpty());
            Instant after = Instant.now();
            Instant until =
                    Instant.parse(rig.cooldowns("twice").get(0).path("until").asText());
            assertThat(until).isBetween(before.plusSeconds(expected), after.plusSeconds(expected));
            Answer meanwhile = rig.send(ask("twice/m"));
            assertThat(meanwhile.status()).isEqualTo(503);
            assertThat(meanwhile.problem()).isNull();
            await().atMost(SOON).until(() -> rig.cooldowns("twice").isEmpty());
        }
        assertThat(rig.calls("twice")).hasSize(4);
    }
}
