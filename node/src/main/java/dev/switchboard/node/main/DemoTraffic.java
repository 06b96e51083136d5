package dev.switchboard.node.main;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/** A few requests a second from a dozen conversations, to every node in turn. */
final class DemoTraffic {
    private static final List<String> QUESTIONS = List.of(
            "What is a half-open circuit?",
            "Write a haiku about switchboards.",
            "Explain backpressure to a child.",
            "Which is heavier, a lease or a cooldown?",
            "Summarise the last meeting in one line.",
            "Please use a tool to look up the weather.");
    private static final List<String> MODELS = List.of("auto", "auto", "auto", "auto-fast", "auto-smart");
    private static final int CONVERSATIONS = 12;
    private static final long PAUSE_MS = 400;

    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
    private final RandomGenerator random = RandomGenerator.getDefault();
    private final int basePort;
    private final int nodes;
    private final String apiKey;

    DemoTraffic(int basePort, int nodes, String apiKey) {
        this.basePort = basePort;
        this.nodes = nodes;
        this.apiKey = apiKey;
    }

    void start() {
        ScheduledExecutorService executor = Executors.newScheduledThreadPool(2, work -> {
            Thread thread = new Thread(work, "demo-traffic");
            thread.setDaemon(true);
            return thread;
        });
        executor.scheduleWithFixedDelay(this::ask, PAUSE_MS, PAUSE_MS, TimeUnit.MILLISECONDS);
        executor.scheduleWithFixedDelay(this::ask, PAUSE_MS, PAUSE_MS * 2, TimeUnit.MILLISECONDS);
    }

    private void ask() {
        String body = "{\"model\":\"%s\",\"stream\":%b,\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]}"
                .formatted(pick(MODELS), random.nextBoolean(), pick(QUESTIONS));
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + (basePort + random.nextInt(nodes)) + "/v1/chat/completions"))
                .timeout(Duration.ofSeconds(60))
                .header("Authorization", "Bearer " + apiKey)
                .header("Content-Type", "application/json")
                .header("X-Session-Id", "demo-" + random.nextInt(CONVERSATIONS))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        try {
            client.send(request, HttpResponse.BodyHandlers.discarding());
        } catch (IOException e) {
            // The node is starting, stopping or gone: the next question may go to another.
            return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private <T> T pick(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }
}
