package dev.switchboard.node.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.switchboard.node.TestNode;
import dev.switchboard.node.TestNode.Reply;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.awaitility.core.ConditionFactory;

/** A whole node whose upstream is its own simulator: three models that answer 99, 80 and 40 times in a hundred. */
final class LearningRig implements AutoCloseable {
    static final String BEST = "m99";
    static final List<String> MODELS = List.of(BEST, "m80", "m40");

    /** The same speed and latency for all, within one pool; slow enough that a busy machine adds little to it. */
    private static final String ANSWER = "slow-first=30ms words=12";

    private final TestNode node;
    private final String simulator;
    private final List<Served> served = new ArrayList<>();
    private long attempts;

    /**
     * One request.
     *
     * @param answered whether the last of the models that it tried answered
     * @param tries in order; none where every model was cooling
     */
    record Served(boolean answered, List<String> tries) {
        String first() {
            return tries.isEmpty() ? "" : tries.get(0);
        }

        boolean answeredBy(String model) {
            return answered && tries.get(tries.size() - 1).equals(model);
        }
    }

    LearningRig(Clock clock, long seed) throws Exception {
        this.node = TestNode.start("switchboard.catalog = builtin", clock, new SplittableRandom(seed));
        String demo =
                node.get("/api/platforms").item("id", "demo").path("baseUrl").asText();
        simulator = demo.substring(0, demo.indexOf("/demo"));
        faults(seed, 0.01);
        admin(
                "/api/platforms",
                "{\"id\":\"sim\",\"name\":\"Sim\",\"adapter\":\"openai\",\"baseUrl\":\"" + simulator + "/sim/v1\"}");
        admin("/api/keys", "{\"platform\":\"sim\",\"key\":\"sk-sim-1234\"}");
        for (String model : MODELS) {
            admin("/api/models", "{\"platform\":\"sim\",\"id\":\"" + model + "\"}");
        }
    }

    private void admin(String path, String json) throws Exception {
        Reply reply = node.admin("POST", path, json);
        assertThat(reply.status()).as(reply.text()).isEqualTo(201);
    }

    /** How often the best fails from now on, 0 to 1. */
    void bestFails(double probability) throws Exception {
        faults(served.size(), probability);
    }

    private void faults(long seed, double bestFails) throws Exception {
        List<String> rules = new ArrayList<>();
        if (bestFails > 0) {
            rules.add(failing(BEST, bestFails));
        }
        rules.add(failing("m80", 0.2));
        rules.add(failing("m40", 0.6));
        rules.add("{\"platform\":\"sim\",\"fault\":\"" + ANSWER + "\"}");
        HttpRequest control = HttpRequest.newBuilder(URI.create(simulator + "/_control/faults"))
                .POST(BodyPublishers.ofString("{\"replace\":true,\"seed\":" + seed + ",\"rules\":" + rules + "}"))
                .build();
        HttpResponse<String> answer = node.client().send(control, BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }

    private static String failing(String model, double probability) {
        return "{\"platform\":\"sim\",\"model\":\"" + model + "\",\"probability\":" + probability
                + ",\"fault\":\"status=500\"}";
    }

    /** One request of a conversation of its own; returns when the node has counted its attempts. */
    Served request() throws Exception {
        Reply reply = node.chat("auto", "request " + served.size());
        assertThat(reply.status()).as(reply.text()).isIn(200, 502, 503);
        boolean answered = reply.status() == 200;
        List<String> tries = answered
                ? triesOf(reply)
                : named(reply.body().at("/error/message").asText());
        attempts += tries.size();
        soon().until(() -> counted() == attempts);
        Served last = new Served(answered, tries);
        served.add(last);
        return last;
    }

    private List<String> triesOf(Reply reply) {
        if (reply.headers().firstValue("X-Fallback-Attempts").isEmpty()) {
            return List.of(name(reply.headers().firstValue("X-Routed-Via").orElseThrow()));
        }
        String session = reply.headers().firstValue("X-Session-Key").orElseThrow();
        List<String> tries = new ArrayList<>();
        soon().until(() -> {
            for (JsonNode attempt : node.get("/api/sessions/" + session).body().at("/decisions/0/attempts")) {
                tries.add(name(attempt.path("model").asText()));
            }
            return !tries.isEmpty();
        });
        return List.copyOf(tries);
    }

    private static String name(String ref) {
        return ref.replace("sim/", "");
    }

    private static List<String> named(String message) {
        if (!message.contains("Tried: ")) {
            return List.of();
        }
        String list = message.substring(message.indexOf("Tried: ") + "Tried: ".length());
        return List.of(name(list).replace(".", "").split(", "));
    }

    private static ConditionFactory soon() {
        return await().atMost(Duration.ofSeconds(5)).pollInterval(Duration.ofMillis(5));
    }

    private long counted() throws Exception {
        long requests = 0;
        for (JsonNode row : node.get("/api/fallback").body()) {
            requests += row.path("platform").asText().equals("sim")
                    ? row.path("requests").asLong()
                    : 0;
        }
        return requests;
    }

    @Override
    public void close() throws Exception {
        node.stop();
    }
}
