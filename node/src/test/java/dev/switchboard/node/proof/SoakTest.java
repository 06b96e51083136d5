package dev.switchboard.node.proof;

import static dev.switchboard.node.proof.ProofRig.ask;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.switchboard.node.simulator.FaultRule;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * Many requests against providers that fail three times in ten in every way: nothing stays behind, and every client gets a
 * whole answer or an error of the contract. {@code switchboard.proof.requests} sets how many.
 */
class SoakTest {
    private static final int REQUESTS = Integer.getInteger("switchboard.proof.requests", 2_000);
    private static final int AT_ONCE = 32;
    // Cooldowns end by the clock. Without a pace, a fast machine sends most of its requests while nearly everything
    // cools, and a share of good answers would measure the machine: at most 128 requests a second.
    private static final Executor NEXT = CompletableFuture.delayedExecutor(250, TimeUnit.MILLISECONDS);
    private static final List<String> FAULTS = List.of(
            "status=429 retry-after-ms=50",
            "status=500",
            "status=503 retry-after=1",
            "status=400",
            "status=401",
            "status=404",
            "status=413",
            "wrapped status=500",
            "words=9 wrapped=3 status=500",
            "cut=headers",
            "words=9 cut=2",
            "words=9 cut=2 cut-by=close",
            "cut-at=90",
            "stall=headers",
            "stall=first",
            "words=9 stall=2",
            "answer=empty",
            "answer=role",
            "body=html",
            "body=no-choices",
            "body=not-json",
            "no-finish no-done",
            "invalid-utf8",
            "gzip",
            "redirect",
            "endless-headers",
            "bad-event=1",
            "done-twice");
    private static final double SHARE = 0.3;

    @Test
    void nothingStaysBehind() throws Exception {
        ProofRig.Plan plan = new ProofRig.Plan()
                .set("stream.stall-timeout = 400ms")
                .set("stream.keep-alive = 100ms")
                .set("stream.early-headers = 300ms")
                .set("upstream.response-timeout = 400ms")
                .set("cooldown.transient = 20ms")
                .set("cooldown.max = 40ms")
                .set("cooldown.rate-limited-key = 50ms")
                .set("session.ban-ttl = 100ms")
                .set("session.provider-ban-cooldown = 1ms")
                .set("protection.p0 = provider-ban")
                .set("protection.p1 = off");
        for (int p = 0; p < 6; p++) {
            plan.platform("p" + p, 3);
            for (int m = 0; m < 4; m++) {
                plan.model("p" + p, "m" + m, 1 + p * 4 + m, 32000 + 1000 * m);
            }
        }
        try (ProofRig rig = ProofRig.start(plan)) {
            double left = 1;
            for (String fault : FAULTS) {
                double chance = SHARE / FAULTS.size() / left;
                rig.fault(FaultRule.of(fault).probability(chance));
                left -= SHARE / FAULTS.size();
            }
            Queue<String> problems = new ConcurrentLinkedQueue<>();
            Map<Integer, AtomicInteger> statuses = new TreeMap<>();
            for (int status : List.of(200, 400, 429, 502, 503, 504)) {
                statuses.put(status, new AtomicInteger());
            }
            AtomicInteger next = new AtomicInteger();
            CompletableFuture<?>[] lanes = new CompletableFuture<?>[AT_ONCE];
            for (int lane = 0; lane < AT_ONCE; lane++) {
                lanes[lane] = lane(rig, next, problems, statuses);
            }
            CompletableFuture<Void> all = CompletableFuture.allOf(lanes);
            Instant limit = Instant.now().plus(Duration.ofMinutes(4));
            while (!all.isDone() && Instant.now().isBefore(limit)) {
                endLongCooldowns(rig);
                await().pollDelay(Duration.ofMillis(250)).until(() -> true);
            }
            assertThat(all).isCompleted();
            assertThat(problems).isEmpty();
            System.out.println("soak of " + REQUESTS + ": " + statuses);
            assertThat(statuses.get(200).get()).as("%s", statuses).isGreaterThan(REQUESTS * 7 / 10);
            rig.awaitQuiet("p0", "p1", "p2", "p3", "p4", "p5");
            await().atMost(Duration.ofSeconds(40))
                    .untilAsserted(() -> assertThat(rig.journal().openStreams()).isZero());
            rig.simulator.faults().clear();
            rig.thaw();
            for (int model = 0; model < 24; model++) {
                String ref = "p" + model / 4 + "/m" + model % 4;
                await().atMost(ProofRig.SOON)
                        .untilAsserted(
                                () -> assertThat(rig.send(ask(ref)).text()).contains("Hello"));
            }
            int idle = rig.journal().openConnections();
            assertThat(idle).isLessThanOrEqualTo(2 * AT_ONCE);
        }
    }

    /** The operator of the proof: ends what would cool for minutes, once every owner has seen it. */
    private static void endLongCooldowns(ProofRig rig) throws Exception {
        for (JsonNode row : rig.api("/api/cooldowns")) {
            Duration whole =
                    switch (row.path("reason").asText()) {
                        case "model_unavailable" -> Duration.ofMinutes(10);
                        case "auth" -> Duration.ofMinutes(5);
                        default -> Duration.ofDays(1);
                    };
            Instant begun = Instant.parse(row.path("until").asText()).minus(whole);
            boolean isLong = whole.compareTo(Duration.ofDays(1)) < 0;
            if (isLong && begun.plusSeconds(1).isBefore(Instant.now())) {
                rig.api("DELETE", "/api/cooldowns/" + row.path("id").asText());
            }
        }
    }

    private static CompletableFuture<Void> lane(
            ProofRig rig, AtomicInteger next, Queue<String> problems, Map<Integer, AtomicInteger> statuses) {
        int n = next.getAndIncrement();
        if (n >= REQUESTS) {
            return CompletableFuture.completedFuture(null);
        }
        return rig.later(ask("auto").session("soak-" + n % 200).stream(n % 2 == 0))
                .handle((answer, failure) -> {
                    String problem = failure != null ? failure.toString() : answer.problem();
                    if (problem != null) {
                        problems.add(n + ": " + (answer == null ? "" : answer.status()) + " " + problem);
                    } else {
                        statuses.get(answer.status()).incrementAndGet();
                    }
                    return null;
                })
                .thenComposeAsync(done -> lane(rig, next, problems, statuses), NEXT);
    }
}
