package dev.switchboard.node.simulator;

import static dev.switchboard.node.simulator.SimulatorHarness.chat;
import static dev.switchboard.node.simulator.SimulatorHarness.json;
import static dev.switchboard.node.simulator.SimulatorHarness.streamed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A simulator as a server: address, large and chunked requests, many at once. */
class SimulatorTest {
    private static final String PATH = "/alpha/v1/chat/completions";
    private static SimulatorHarness harness;

    @BeforeAll
    static void start() throws Exception {
        harness = new SimulatorHarness();
    }

    @AfterAll
    static void stop() {
        harness.close();
    }

    @Test
    void tellsItsAddress() {
        assertThat(harness.simulator.address().getPort()).isPositive();
        assertThat(harness.simulator.baseUrl())
                .hasToString("http://127.0.0.1:" + harness.simulator.address().getPort());
    }

    @Test
    void failsToStartOnAPortInUse() {
        int port = harness.simulator.address().getPort();
        assertThatThrownBy(() -> Simulator.start(
                                harness.system(), SimulatorSettings.defaults().withAddress("127.0.0.1", port))
                        .toCompletableFuture()
                        .get(5, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasMessageContaining("Bind");
    }

    @Test
    void readsLargeAndChunkedRequests() throws Exception {
        String text = "x".repeat(9_000_000);
        String answer = json(harness.openAi(text).body())
                .at("/choices/0/message/content")
                .asText();
        assertThat(answer).isEqualTo(text);
        byte[] body = chat("echo", "in chunks", false).getBytes(StandardCharsets.UTF_8);
        var chunked = harness.client.send(
                harness.request(PATH)
                        .header("authorization", "Bearer k")
                        .POST(HttpRequest.BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body)))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(json(chunked.body()).at("/choices/0/message/content").asText())
                .isEqualTo("in chunks");
    }

    @Test
    void servesManyStreamsAtOnceAndLeavesNothingOpen() throws Exception {
        harness.simulator.journal().clear();
        List<CompletableFuture<HttpResponse<String>>> running = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            HttpRequest request = harness.request("/many/v1/chat/completions")
                    .header("authorization", "Bearer k" + i)
                    .POST(HttpRequest.BodyPublishers.ofString(chat("echo", i + " of 100 [[pace=20ms]]", true)))
                    .build();
            running.add(harness.client.sendAsync(request, HttpResponse.BodyHandlers.ofString()));
        }
        for (int i = 0; i < 100; i++) {
            assertThat(streamed(running.get(i).get(20, TimeUnit.SECONDS).body()))
                    .isEqualTo(i + " of 100");
        }
        SimulatorJournal.Load load = harness.simulator.journal().load("many");
        assertThat(load.requests()).isEqualTo(100);
        assertThat(load.open()).isZero();
        assertThat(harness.simulator.journal().openStreams()).isZero();
        assertThat(harness.simulator.journal().cancelledCount()).isZero();
    }
}
