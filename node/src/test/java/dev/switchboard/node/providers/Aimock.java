package dev.switchboard.node.providers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.switchboard.node.NpmProject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The provider simulator {@code @copilotkit/aimock} of the npm project {@code src/test/aimock}, as a process of its own. */
final class Aimock implements AutoCloseable {
    static final String KEY = "sk-aimock-0123456789";
    private static final long STOP_SECONDS = 10;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Process process;
    private final String url;
    private final HttpClient client = HttpClient.newHttpClient();

    private Aimock(Process process, String url) {
        this.process = process;
        this.url = url;
    }

    static Aimock start() throws IOException, InterruptedException {
        Process process = NpmProject.installed("aimock").start(Map.of("AIMOCK_KEY", KEY), "node", "server.mjs");
        BufferedReader said =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        String url = said.readLine();
        if (url == null || !url.startsWith("http://")) {
            process.destroy();
            throw new IllegalStateException("aimock did not start: " + url);
        }
        return new Aimock(process, url);
    }

    String url() {
        return url;
    }

    /** The last request it was sent. */
    JsonNode lastRequest() throws IOException, InterruptedException {
        HttpRequest ask = HttpRequest.newBuilder(URI.create(url + "/__aimock/journal"))
                .header("Authorization", "Bearer " + KEY)
                .build();
        JsonNode journal =
                JSON.readTree(client.send(ask, BodyHandlers.ofString()).body());
        return journal.get(journal.size() - 1);
    }

    @Override
    public void close() throws IOException, InterruptedException {
        process.getOutputStream().close();
        if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
    }
}
