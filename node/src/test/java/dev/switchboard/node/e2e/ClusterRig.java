package dev.switchboard.node.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.typesafe.config.ConfigFactory;
import dev.switchboard.node.simulator.FaultRule;
import dev.switchboard.node.simulator.Simulator;
import dev.switchboard.node.simulator.SimulatorSettings;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.core.ConditionTimeoutException;

/**
 * What every cluster of the tests is run against: simulated providers that outlive any node, one of which always fails
 * and so gets banned, and one with a window too small for the steady load; a configuration for them, and the calls that
 * look into the nodes.
 */
final class ClusterRig implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final ActorSystem<Void> system = ActorSystem.create(
            Behaviors.empty(),
            "providers",
            ConfigFactory.parseString("akka.loglevel = WARNING").withFallback(ConfigFactory.load()));
    final Simulator simulator;
    final Path config;
    final List<Integer> ports;
    private String apiKey = "";
    private String adminKey = "";

    ClusterRig(Path folder) throws Exception {
        this(folder, "127.0.0.1");
    }

    /** {@code providers} is the address of this machine at which the nodes find the simulated providers. */
    ClusterRig(Path folder, String providers) throws Exception {
        simulator = Simulator.start(system, SimulatorSettings.defaults().withAddress(providers, 0))
                .toCompletableFuture()
                .get(20, TimeUnit.SECONDS);
        simulator.faults().add(FaultRule.of("status=500").platform("failing"));
        config = Files.writeString(folder.resolve("cluster.conf"), configuration(simulator.baseUrl()));
        ports = TestPorts.inARow(3);
    }

    private static String configuration(URI base) {
        StringBuilder platforms = new StringBuilder();
        StringBuilder models = new StringBuilder();
        StringBuilder keys = new StringBuilder();
        int rank = 1;
        for (String id : List.of("failing", "alpha", "beta", "guarded")) {
            platforms.append(
                    "{ id = %s, name = %s, adapter = openai, base-url = \"%s/%s/v1\" }\n".formatted(id, id, base, id));
            models.append("{ platform = %s, id = one, name = One, intelligence-rank = %d, context-window = %d }\n"
                    .formatted(id, rank++, id.equals("guarded") ? 200 : 64_000));
            keys.append("{ platform = %s, key = sk-%s }\n".formatted(id, id));
        }
        return """
                switchboard.catalog = none
                switchboard.bootstrap { platforms = [ %s ], models = [ %s ], keys = [ %s ] }
                switchboard.protection { failing = provider-ban, guarded = provider-ban }
                switchboard.session.provider-ban-cooldown = 1s
                """
                .formatted(platforms, models, keys);
    }

    /** The keys that the nodes printed. */
    void keys(String api, String admin) {
        apiKey = api;
        adminKey = admin;
    }

    String apiKey() {
        return apiKey;
    }

    /** The status of a GET; 0 where nobody answers. */
    static int status(int port, String path) {
        try {
            return HTTP.send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                                    .timeout(Duration.ofSeconds(5))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .statusCode();
        } catch (IOException e) {
            return 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 0;
        }
    }

    /** What an operations path says. */
    static String text(int port, String path) throws Exception {
        return HTTP.send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                                .timeout(Duration.ofSeconds(10))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
    }

    /** Waits until the nodes on these ports are ready; fails with what {@code process} printed, at once where it ended. */
    void awaitReady(NodeUnderTest process, int... which) throws IOException {
        for (int port : which) {
            try {
                await("node on port " + port)
                        .atMost(PATIENCE)
                        .pollInterval(Duration.ofMillis(100))
                        .until(() -> {
                            process.requireRunning();
                            return status(port, "/readyz") == 200;
                        });
            } catch (ConditionTimeoutException e) {
                throw new AssertionError("node on port " + port + " is not ready: " + process.tail(), e);
            }
        }
    }

    /** A call of the admin API. */
    HttpResponse<String> admin(String method, int port, String path, String body) throws Exception {
        return HTTP.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .header("Authorization", "Bearer " + adminKey)
                        .timeout(Duration.ofSeconds(20))
                        .method(method, HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    JsonNode api(int port, String path) throws Exception {
        HttpResponse<String> answer = admin("GET", port, path, "");
        assertThat(answer.statusCode()).as(path + ": " + answer.body()).isEqualTo(200);
        return JSON.readTree(answer.body());
    }

    /** A chat request of its own session; completes when the whole answer is there, or fails with the connection. */
    CompletableFuture<HttpResponse<String>> chat(int port, String session, String model, boolean stream, String text) {
        return HTTP.sendAsync(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/chat/completions"))
                        .header("Authorization", "Bearer " + apiKey)
                        .header("X-Session-Id", session)
                        .timeout(Duration.ofSeconds(60))
                        .POST(HttpRequest.BodyPublishers.ofString(
                                "{\"model\":\"%s\",\"stream\":%s,\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]}"
                                        .formatted(model, stream, text)))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    /** A request of the Responses API. */
    HttpResponse<String> responses(String method, int port, String path, String body) throws Exception {
        return HTTP.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/responses" + path))
                        .header("Authorization", "Bearer " + apiKey)
                        .timeout(Duration.ofSeconds(20))
                        .method(method, HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    static JsonNode json(HttpResponse<String> answer) throws Exception {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JSON.readTree(answer.body());
    }

    /** The port of the node that hosts the singletons, as the node on {@code port} sees it. */
    int singletonsPort(int port) throws Exception {
        return portOf(api(port, "/api/cluster").at("/singletons/0/node").asText(), port);
    }

    /** The HTTP port of the member with this address, as the node on {@code asked} sees it. */
    int portOf(String address, int asked) throws Exception {
        JsonNode view = api(asked, "/api/cluster");
        for (JsonNode member : view.path("members")) {
            if (member.path("address").asText().equals(address)) {
                return URI.create(member.path("httpUrl").asText()).getPort();
            }
        }
        throw new AssertionError("no member " + address + ": " + view);
    }

    /** The HTTP port of the node that owns a platform, as the node on {@code asked} sees it. */
    int ownerOfPlatform(String id, int asked) throws Exception {
        // As Akka places it: typed sharding takes the hash of the entity's id.
        int count = 60;
        String shard = Integer.toString(Math.abs(id.hashCode()) % count);
        for (JsonNode row : api(asked, "/api/cluster").path("shards")) {
            if (row.path("type").asText().equals("provider")
                    && row.path("shard").asText().equals(shard)) {
                return portOf(row.path("node").asText(), asked);
            }
        }
        throw new AssertionError("no node has the shard of platform " + id);
    }

    /** Waits until the placement of shards did not change for some seconds. */
    void awaitShardsAtRest(int port) {
        await("shards at rest")
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofSeconds(1))
                .during(Duration.ofSeconds(6))
                .until(new ShardsAtRest(port));
    }

    /** True while the placement of shards is what it was at the last look. */
    private final class ShardsAtRest implements Callable<Boolean> {
        private final int port;
        private String last = "";

        private ShardsAtRest(int port) {
            this.port = port;
        }

        @Override
        public Boolean call() throws Exception {
            String now = api(port, "/api/cluster").path("shards").toString();
            boolean same = now.equals(last);
            last = now;
            return same;
        }
    }

    /** Banned platforms by session, of the sessions that have any. */
    Map<String, String> bans(int port) throws Exception {
        Map<String, String> bans = new TreeMap<>();
        for (JsonNode session : api(port, "/api/sessions?limit=1000")) {
            if (!session.path("bans").isEmpty()) {
                bans.put(session.path("key").asText(), bansOf(session));
            }
        }
        return bans;
    }

    /** Bans of one session, asked of its owner. */
    String bansNow(int port, String session) throws Exception {
        return bansOf(api(port, "/api/sessions/" + session));
    }

    private static String bansOf(JsonNode session) {
        List<String> bans = new ArrayList<>();
        session.path("bans")
                .forEach(ban -> bans.add(ban.path("platform").asText() + " until "
                        + ban.path("until").asText()));
        return String.join(", ", bans);
    }

    /** Leases and requests that any node still shows. */
    double heldAnywhere(List<Integer> ports) throws Exception {
        double held = api(ports.get(0), "/api/in-flight").size();
        for (int port : ports) {
            held += text(port, "/metrics")
                    .lines()
                    .filter(line -> line.startsWith("switchboard_leases"))
                    .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                    .sum();
        }
        return held;
    }

    @Override
    public void close() {
        system.terminate();
    }
}
