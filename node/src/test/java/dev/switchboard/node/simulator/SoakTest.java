package dev.switchboard.node.simulator;

import static dev.switchboard.node.simulator.SimulatorHarness.chat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Many requests under faults leave nothing open. Headers without end are left to {@link CancelTest}: the JDK's client goes
 * on reading them after its own timeout.
 */
class SoakTest {
    private static final List<String> FAULTS = List.of(
            "status=503 retry-after=1",
            "status=429 body=string",
            "wrapped=1 status=429",
            "stall",
            "stall=first",
            "stall=1 stall-noise=comments stall-every=20ms",
            "cut",
            "cut=1",
            "cut-at=40 cut-by=close",
            "answer=empty",
            "answer=role",
            "gzip",
            "split=2",
            "giant=2",
            "no-finish no-done",
            "slow-first=1s");

    @Test
    void nothingStaysOpen() throws Exception {
        try (SimulatorHarness harness = new SimulatorHarness()) {
            for (String fault : FAULTS) {
                harness.simulator.faults().add(FaultRule.of(fault).probability(0.05));
            }
            SimulatorJournal journal = harness.simulator.journal();
            for (int round = 0; round < 15; round++) {
                List<CompletableFuture<HttpResponse<Void>>> running = new ArrayList<>();
                List<CompletableFuture<?>> waits = new ArrayList<>();
                for (int i = 0; i < 30; i++) {
                    CompletableFuture<HttpResponse<Void>> one =
                            harness.client.sendAsync(request(harness, i), HttpResponse.BodyHandlers.discarding());
                    running.add(one);
                    waits.add(one.copy()
                            .orTimeout(400, TimeUnit.MILLISECONDS)
                            .handle((response, failure) -> failure == null));
                }
                CompletableFuture.allOf(waits.toArray(new CompletableFuture<?>[0]))
                        .get(10, TimeUnit.SECONDS);
                running.forEach(each -> each.cancel(true));
            }
            await().atMost(Duration.ofSeconds(5)).until(() -> journal.openRequests() == 0);
            assertThat(journal.openStreams()).isZero();
            assertThat(journal.requestCount()).isGreaterThanOrEqualTo(400);
            assertThat(journal.cancelledCount()).isPositive();
            assertThat(journal.requests().stream()
                            .map(SimulatorJournal.Seen::fault)
                            .filter(fault -> !fault.isEmpty())
                            .collect(Collectors.toSet()))
                    .hasSizeGreaterThan(12);
        }
    }

    private static HttpRequest request(SimulatorHarness harness, int i) {
        return harness.request("/alpha/v1/chat/completions")
                .header("authorization", "Bearer k")
                .timeout(Duration.ofMillis(400))
                .POST(HttpRequest.BodyPublishers.ofString(chat("echo", "one two three", i % 2 == 0)))
                .build();
    }
}
