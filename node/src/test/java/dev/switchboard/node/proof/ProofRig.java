package dev.switchboard.node.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.typesafe.config.ConfigFactory;
import dev.switchboard.node.main.ProofNode;
import dev.switchboard.node.simulator.FaultRule;
import dev.switchboard.node.simulator.Simulator;
import dev.switchboard.node.simulator.SimulatorJournal;
import dev.switchboard.node.simulator.SimulatorSettings;
import dev.switchboard.protocol.directory.ProviderKey;
import dev.switchboard.protocol.domain.KeyId;
import dev.switchboard.protocol.domain.KeyStatus;
import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.domain.PlatformId;
import dev.switchboard.protocol.session.SessionCommand;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A whole node, the simulator as every provider, and a client. */
final class ProofRig implements AutoCloseable {
    static final Duration SOON = Duration.ofSeconds(10);
    private static final ObjectMapper JSON = new ObjectMapper();

    final Simulator simulator;
    final ProofNode node;
    private final ActorSystem<Void> providers;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /** Rows of the configuration under way. */
    static final class Plan {
        private final StringBuilder settings = new StringBuilder();
        private final List<String> platforms = new ArrayList<>();
        private final List<String> models = new ArrayList<>();
        private final List<String> keys = new ArrayList<>();

        Plan set(String line) {
            settings.append("switchboard.").append(line).append('\n');
            return this;
        }

        /** A platform with so many keys, {@code sk-{id}-1} and so on; their labels are {@code {id}-1}. */
        Plan platform(String id, int keyCount) {
            return platform(id, keyCount, "");
        }

        Plan platform(String id, int keyCount, String more) {
            platforms.add("{ id = \"%s\", adapter = openai, base-url = \"BASE/%s/v1\" %s }".formatted(id, id, more));
            for (int i = 1; i <= keyCount; i++) {
                keys.add("{ platform = \"%s\", key = \"sk-%s-%d\", label = \"%s-%d\" }".formatted(id, id, i, id, i));
            }
            return this;
        }

        Plan model(String platform, String id, int rank, int window) {
            return model(platform, id, rank, window, "");
        }

        Plan model(String platform, String id, int rank, int window, String more) {
            models.add("{ platform = \"%s\", id = \"%s\", intelligence-rank = %d, context-window = %d %s }"
                    .formatted(platform, id, rank, window, more));
            return this;
        }

        private String text(String base) {
            return settings + "switchboard.catalog = none\nswitchboard.bootstrap {\n platforms = ["
                    + String.join(",\n", platforms).replace("BASE", base) + "]\n models = ["
                    + String.join(",\n", models) + "]\n keys = [" + String.join(",\n", keys) + "]\n}\n";
        }
    }

    private ProofRig(ActorSystem<Void> providers, Simulator simulator, ProofNode node) {
        this.providers = providers;
        this.simulator = simulator;
        this.node = node;
    }

    static ProofRig start(Plan plan) throws Exception {
        ActorSystem<Void> providers = ActorSystem.create(
                Behaviors.empty(),
                "providers",
                ConfigFactory.parseString("akka { loglevel = WARNING, jvm-shutdown-hooks = off }\n"
                                + "akka.loggers = [\"akka.event.slf4j.Slf4jLogger\"]\n"
                                + "akka.logging-filter = \"akka.event.slf4j.Slf4jLoggingFilter\"")
                        .withFallback(ConfigFactory.load()));
        Simulator simulator = Simulator.start(
                        providers,
                        SimulatorSettings.defaults()
                                .withLoremPace(Duration.ofMillis(20))
                                .withJournalCapacity(20_000))
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
        ProofNode node = ProofNode.start(plan.text(simulator.baseUrl().toString()));
        // Ready comes with the directory's first version; rows of the configuration follow one by one.
        await().atMost(Duration.ofSeconds(60))
                .until(() -> node.isReady() && node.directory().keys().size() >= plan.keys.size());
        node.announce();
        return new ProofRig(providers, simulator, node);
    }

    @Override
    public void close() throws Exception {
        node.stop();
        providers.terminate();
        providers.getWhenTerminated().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    /** One request as a client words it. */
    static final class Ask {
        private final ObjectNode body = JSON.createObjectNode();
        private @Nullable String session;

        private Ask(String... models) {
            if (models.length == 1) {
                body.put("model", models[0]);
            } else {
                ArrayNode list = body.putArray("models");
                List.of(models).forEach(list::add);
            }
            text("hello there, how are you");
        }

        Ask text(String text) {
            body.putArray("messages").addObject().put("role", "user").put("content", text);
            return this;
        }

        Ask stream() {
            body.put("stream", true);
            return this;
        }

        Ask stream(boolean wanted) {
            body.put("stream", wanted);
            return this;
        }

        Ask with(String field, String json) {
            body.set(field, Answer.parse(json));
            return this;
        }

        Ask session(String id) {
            session = id;
            return this;
        }
    }

    static Ask ask(String... models) {
        return new Ask(models);
    }

    Answer send(Ask ask) throws Exception {
        return later(ask).get(60, TimeUnit.SECONDS);
    }

    CompletableFuture<Answer> later(Ask ask) {
        return client.sendAsync(request(ask), BodyHandlers.ofString())
                .thenApply(answer ->
                        new Answer(answer.statusCode(), answer.headers().map(), answer.body()));
    }

    HttpRequest request(Ask ask) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(node.url() + "/v1/chat/completions"))
                .timeout(Duration.ofSeconds(60))
                .header("Content-Type", "application/json")
                .header("Authorization", "Bearer " + node.apiKey())
                .POST(HttpRequest.BodyPublishers.ofString(ask.body.toString()));
        if (ask.session != null) {
            request.header("X-Session-Id", ask.session);
        }
        return request.build();
    }

    /** A client of its own connection, that can leave. */
    LeavingClient leaving(Ask ask) throws Exception {
        return LeavingClient.send(URI.create(node.url()), node.apiKey(), ask.session, ask.body.toString());
    }

    JsonNode api(String path) throws Exception {
        return api("GET", path);
    }

    JsonNode api(String method, String path) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(node.url() + path))
                .timeout(Duration.ofSeconds(30))
                .header("Authorization", "Bearer " + node.adminKey())
                .method(method, HttpRequest.BodyPublishers.noBody())
                .build();
        String text = client.send(request, BodyHandlers.ofString()).body();
        return text.isEmpty() ? JSON.missingNode() : Answer.parse(text);
    }

    JsonNode session(String key) throws Exception {
        return api("/api/sessions/" + key);
    }

    /** The last decision that the session keeps; it arrives after the answer. */
    JsonNode decision(String sessionKey, int nth) throws Exception {
        await().atMost(SOON).until(() -> session(sessionKey).path("decisions").size() >= nth);
        return session(sessionKey).path("decisions").path(nth - 1);
    }

    /** Rows of /api/cooldowns of one platform. */
    List<JsonNode> cooldowns(String platform) throws Exception {
        List<JsonNode> rows = new ArrayList<>();
        api("/api/cooldowns").forEach(row -> {
            if (row.path("platform").asText().equals(platform)) {
                rows.add(row);
            }
        });
        return rows;
    }

    /** Ends every cooldown by hand and waits until this node knows. */
    void thaw() throws Exception {
        await().atMost(SOON).until(() -> {
            JsonNode rows = api("/api/cooldowns");
            for (JsonNode row : rows) {
                api("DELETE", "/api/cooldowns/" + row.path("id").asText());
            }
            return rows.isEmpty();
        });
    }

    /** Chats sent to one platform in order: {@code model key}; key checks name no model. */
    List<String> calls(String platform) {
        return simulator.journal().requests(platform).stream()
                .filter(seen -> !seen.model().isBlank())
                .map(seen -> seen.model() + " " + seen.key())
                .toList();
    }

    void fault(FaultRule rule) {
        simulator.faults().add(rule);
    }

    /** Pins a session as a turn that ended well would. */
    void pin(String sessionKey, ModelRef model, KeyId key) throws Exception {
        node.session(sessionKey).tell(new SessionCommand.TurnSucceeded(model, key, true, null));
        await().atMost(SOON)
                .until(() -> model.id().equals(session(sessionKey).path("model").asText())
                        && model.platform()
                                .value()
                                .equals(session(sessionKey).path("platform").asText()));
    }

    /** The id of the n-th key of a platform, counted from one. */
    ProviderKey key(String platform, int n) {
        for (ProviderKey key : node.directory().keysOf(new PlatformId(platform))) {
            if (key.label().equals(platform + "-" + n)) {
                return key;
            }
        }
        throw new AssertionError("no key " + n + " of " + platform);
    }

    /** The health checks of these platforms' keys are over, and what the simulator counted so far is forgotten. */
    void awaitChecked(String... platforms) {
        for (String platform : platforms) {
            await().atMost(SOON).until(() -> key(platform, 1).status() != KeyStatus.UNKNOWN);
        }
        simulator.journal().clear();
    }

    /** Nothing is left of any request: no turn, no lease, no open upstream request. */
    void awaitQuiet(String... platforms) {
        await().atMost(SOON).untilAsserted(() -> {
            assertThat(simulator.journal().openRequests())
                    .as("open upstream requests")
                    .isZero();
            assertThat(api("/api/in-flight")).as("requests in flight").isEmpty();
            for (String platform : platforms) {
                assertThat(node.provider(platform).leases())
                        .as("leases of " + platform)
                        .isEmpty();
            }
        });
    }

    SimulatorJournal journal() {
        return simulator.journal();
    }
}
