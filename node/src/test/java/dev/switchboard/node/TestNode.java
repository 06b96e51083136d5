package dev.switchboard.node;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.switchboard.node.http.RouteTable;
import dev.switchboard.node.main.InJvmNode;
import dev.switchboard.node.persistence.TestDatabases;
import dev.switchboard.node.settings.SettingsException;
import dev.switchboard.node.settings.SettingsLoader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** A real node inside the test's JVM, on the embedded database in a folder of its own, with an HTTP client for it. */
public final class TestNode {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration READY = Duration.ofSeconds(60);

    private final Path folder;
    private final InJvmNode node;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private TestNode(Path folder, InJvmNode node) {
        this.folder = folder;
        this.node = node;
    }

    /** An answer; {@code body} is missing where it is no JSON. */
    public record Reply(int status, JsonNode body, String text, HttpHeaders headers) {
        /** The field that an error names. */
        public @Nullable String param() {
            return body.at("/error/param").textValue();
        }

        /** The type of an error. */
        public @Nullable String errorType() {
            return body.at("/error/type").textValue();
        }

        /** The first item of a list whose field has that text; missing where there is none. */
        public JsonNode item(String field, String text) {
            for (JsonNode item : body) {
                if (item.path(field).asText().equals(text)) {
                    return item;
                }
            }
            return MissingNode.getInstance();
        }
    }

    /** Starts a node with a configuration file of that text; returns when it takes requests. */
    public static TestNode start(String config) throws Exception {
        return start(config, Map.of());
    }

    /** The same with environment variables. */
    public static TestNode start(String config, Map<String, String> environment) throws Exception {
        return start(TestDatabases.temporaryFolder(), config, environment, null);
    }

    /** Starts a node that lives by that clock and draws from that source when it ranks. */
    public static TestNode start(String config, Clock clock, RandomGenerator random) throws Exception {
        Path folder = TestDatabases.temporaryFolder();
        return ready(folder, InJvmNode.start(loaded(folder, config, Map.of()), null, clock, () -> random));
    }

    /** Starts another node of {@code seed}'s cluster, on the same database; returns when both see both. */
    public static TestNode join(TestNode seed, String config, Map<String, String> environment) throws Exception {
        TestNode joined = start(seed.folder, config, environment, seed.node);
        await().atMost(READY).until(() -> joined.node.membersUp() > 1 && seed.node.membersUp() > 1);
        return joined;
    }

    /** Starts a node on the database of one that was stopped; returns when it takes requests. */
    public static TestNode again(TestNode stopped, String config, Map<String, String> environment) throws Exception {
        return start(stopped.folder, config, environment, null);
    }

    /** Starts a node on what is in that data folder, or on nothing; returns when it takes requests. */
    public static TestNode on(Path folder, String config) throws Exception {
        return start(folder, config, Map.of(), null);
    }

    private static TestNode start(Path folder, String config, Map<String, String> environment, @Nullable InJvmNode seed)
            throws Exception {
        return ready(folder, InJvmNode.start(loaded(folder, config, environment), seed));
    }

    private static SettingsLoader.Loaded loaded(Path folder, String config, Map<String, String> environment)
            throws IOException, SettingsException {
        Path file = Files.createTempFile(folder, "test", ".conf");
        Files.writeString(file, config);
        return SettingsLoader.load(file, environment, Map.of("data-dir", folder.toString(), "http.port", "0"));
    }

    private static TestNode ready(Path folder, InJvmNode node) {
        await().atMost(READY).until(node::isReady);
        await().atMost(READY).until(() -> node.apiKey() != null && node.adminKey() != null);
        node.announce();
        return new TestNode(folder, node);
    }

    /** Where its HTTP server is, without a slash at the end. */
    public String baseUrl() {
        return node.httpUrl();
    }

    /** What it answers by. */
    public RouteTable routes() {
        return node.routes();
    }

    /** The folder of its database and encryption key. */
    public Path folder() {
        return folder;
    }

    /** The API key in force. */
    public String apiKey() {
        return Objects.requireNonNull(node.apiKey());
    }

    /** The admin key in force. */
    public String adminKey() {
        return Objects.requireNonNull(node.adminKey());
    }

    /** Stops the node. */
    public void stop() throws Exception {
        node.stop();
    }

    /** Asks the admin API; {@code json} null sends no body. */
    public Reply admin(String method, String path, @Nullable String json) throws IOException, InterruptedException {
        return send(method, path, json, adminKey());
    }

    /** Reads from the admin API. */
    public Reply get(String path) throws IOException, InterruptedException {
        return admin("GET", path, null);
    }

    /** Posts a chat of one message with the API key. */
    public Reply chat(String model, String text) throws IOException, InterruptedException {
        String body = JSON.createObjectNode()
                .put("model", model)
                .set("messages", JSON.valueToTree(List.of(Map.of("role", "user", "content", text))))
                .toString();
        return send("POST", "/v1/chat/completions", body, apiKey());
    }

    /** Sends a request with a key, or without one. */
    public Reply send(String method, String path, @Nullable String json, @Nullable String key)
            throws IOException, InterruptedException {
        HttpResponse<String> answer = client.send(request(method, path, json, key), BodyHandlers.ofString());
        return new Reply(answer.statusCode(), parsed(answer.body()), answer.body(), answer.headers());
    }

    /** A request for this node, to be sent by other means. */
    public HttpRequest request(String method, String path, @Nullable String json, @Nullable String key) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(baseUrl() + path))
                .timeout(Duration.ofSeconds(60))
                .method(method, json == null ? BodyPublishers.noBody() : BodyPublishers.ofString(json));
        if (key != null) {
            request.header("Authorization", "Bearer " + key);
        }
        if (json != null) {
            request.header("Content-Type", "application/json");
        }
        return request.build();
    }

    /** The client, for streams. */
    public HttpClient client() {
        return client;
    }

    private static JsonNode parsed(String text) {
        try {
            return JSON.readTree(text);
        } catch (IOException e) {
            return MissingNode.getInstance();
        }
    }
}
