package dev.switchboard.node.main;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;

/**
 * One request of each kind to this very node, answered by the built-in {@code demo} platform: while the launcher records
 * the classes of a start, those of a request are recorded with them.
 */
final class Rehearsal {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String MESSAGES = "\"messages\":[{\"role\":\"user\",\"content\":\"Rehearse.\"}]";

    /** A request; GET where it has no body. */
    private record Line(String path, String body) {
        static Line get(String path) {
            return new Line(path, "");
        }

        HttpRequest request(String url, String apiKey) {
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url + path))
                    .timeout(PATIENCE)
                    .header("Authorization", "Bearer " + apiKey);
            return body.isEmpty()
                    ? request.build()
                    : request.header("Content-Type", "application/json")
                            .POST(HttpRequest.BodyPublishers.ofString(body))
                            .build();
        }
    }

    private static final List<Line> LINES = List.of(
            chat("demo/echo", false),
            chat("demo/echo", true),
            chat("auto", false),
            chat("auto", true),
            new Line("/v1/messages", "{\"model\":\"demo/echo\",\"max_tokens\":64," + MESSAGES + "}"),
            new Line("/v1/messages", "{\"model\":\"demo/echo\",\"max_tokens\":64,\"stream\":true," + MESSAGES + "}"),
            new Line("/v1/responses", "{\"model\":\"demo/echo\",\"input\":\"Rehearse.\"}"),
            new Line("/v1/responses", "{\"model\":\"demo/echo\",\"input\":\"Rehearse.\",\"stream\":true}"),
            Line.get("/v1/models"),
            Line.get("/"),
            Line.get("/healthz"),
            Line.get("/metrics"));

    private Rehearsal() {}

    private static Line chat(String model, boolean stream) {
        return new Line(
                "/v1/chat/completions", "{\"model\":\"%s\",\"stream\":%b,%s}".formatted(model, stream, MESSAGES));
    }

    /**
     * Blocks until all were answered.
     *
     * @return what was not answered with 200, a line each; empty if all went well
     */
    static List<String> play(String url, String apiKey) {
        HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        List<String> failures = new ArrayList<>();
        for (Line line : LINES) {
            try {
                HttpResponse<?> answer = client.sendAsync(line.request(url, apiKey), BodyHandlers.discarding())
                        .join();
                if (answer.statusCode() != 200) {
                    failures.add(line.path() + ": " + answer.statusCode());
                }
            } catch (CompletionException e) {
                failures.add(line.path() + ": " + e.getCause());
            }
        }
        return failures;
    }
}
