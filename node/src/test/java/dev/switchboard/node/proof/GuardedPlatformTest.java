package dev.switchboard.node.proof;

import static dev.switchboard.node.proof.ProofRig.ask;
import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.node.simulator.FaultRule;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The active-request safeguard and the reservation of {@code provider-ban} platforms (behaviour.md §2). */
class GuardedPlatformTest {
    private static ProofRig rig;

    @BeforeAll
    static void start() throws Exception {
        rig = ProofRig.start(new ProofRig.Plan()
                .set("session.provider-ban-cooldown = 1h")
                .set("protection.guarded = provider-ban")
                .set("protection.alone = provider-ban")
                .set("protection.held = provider-ban")
                .set("protection.\"partly/strict\" = provider-ban")
                .platform("beta", 1)
                .model("beta", "b", 2, 32000)
                .platform("guarded", 1)
                .model("guarded", "m", 5, 32000)
                .platform("alone", 1)
                .model("alone", "m", 5, 32000)
                .platform("held", 1)
                .model("held", "m", 5, 32000)
                .platform("partly", 1)
                .model("partly", "strict", 5, 32000)
                .model("partly", "open", 6, 32000));
    }

    @AfterAll
    static void stop() throws Exception {
        rig.close();
    }

    @Test
    void aGuardedModelLeavesTheOpenOnesOfItsPlatform() throws Exception {
        assertThat(rig.send(ask("partly/strict").session("owner")).isComplete()).isTrue();
        Answer other = rig.send(ask("partly/strict", "partly/open", "beta/b").session("another"));
        assertThat(other.routedVia()).isEqualTo("partly/open");
    }

    @Test
    void newSessionsNeverShareAGuardedPlatform() throws Exception {
        rig.awaitChecked("guarded", "alone");
        rig.fault(FaultRule.of("slow-first=500ms").platform("guarded"));
        rig.fault(FaultRule.of("slow-first=500ms").platform("alone"));
        List<CompletableFuture<Answer>> answers = new ArrayList<>();
        List<CompletableFuture<Answer>> alone = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            answers.add(rig.later(ask("guarded/m", "beta/b").session("many-" + i).stream(i % 2 == 0)));
            alone.add(rig.later(ask("alone/m").session("many-" + i).stream(i % 2 == 0)));
        }
        for (CompletableFuture<Answer> answer : answers) {
            Answer got = answer.get(30, TimeUnit.SECONDS);
            assertThat(got.isComplete()).as(got.text()).isTrue();
        }
        int served = 0;
        for (CompletableFuture<Answer> answer : alone) {
            Answer got = answer.get(30, TimeUnit.SECONDS);
            assertThat(got.problem()).isNull();
            assertThat(got.status()).isIn(200, 503);
            served += got.status() == 200 ? 1 : 0;
        }
        assertThat(served).isEqualTo(1);
        assertThat(rig.journal().load("guarded").peak()).isEqualTo(1);
        assertThat(rig.journal().load("alone").peak()).isEqualTo(1);
    }

    @Test
    void aGuardedPlatformStaysReservedToTheSessionThatUsedIt() throws Exception {
        assertThat(rig.send(ask("held/m").session("holder")).isComplete()).isTrue();
        Answer other = rig.send(ask("held/m", "beta/b").session("newcomer"));
        assertThat(other.routedVia()).isEqualTo("beta/b");
        assertThat(rig.decision(other.sessionKey(), 1).path("candidates"))
                .anyMatch(row -> row.path("skipped").asText().equals("lease-reserved"));
        rig.fault(FaultRule.of("slow-first=500ms").platform("held"));
        CompletableFuture<Answer> one = rig.later(ask("held/m").session("holder"));
        CompletableFuture<Answer> two = rig.later(ask("held/m").session("holder"));
        assertThat(one.get(20, TimeUnit.SECONDS).isComplete()).isTrue();
        assertThat(two.get(20, TimeUnit.SECONDS).isComplete()).isTrue();
    }
}
