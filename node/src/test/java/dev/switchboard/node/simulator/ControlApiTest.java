package dev.switchboard.node.simulator;

import static dev.switchboard.node.simulator.SimulatorHarness.chat;
import static dev.switchboard.node.simulator.SimulatorHarness.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The control API and the faults ordered through it or in the process. */
class ControlApiTest {
    private static SimulatorHarness harness;

    @BeforeAll
    static void start() throws Exception {
        harness = new SimulatorHarness();
    }

    @AfterAll
    static void stop() {
        harness.close();
    }

    @BeforeEach
    void clear() throws Exception {
        send("DELETE", "faults", "");
        send("DELETE", "requests", "");
    }

    private static HttpResponse<String> send(String method, String path, String body) throws Exception {
        return harness.client.send(
                harness.request("/_control/" + path)
                        .method(method, HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void ordersListsReplacesAndDropsFaults() throws Exception {
        String rules = "[{\"platform\":\"alpha\",\"times\":1,\"fault\":\"status=503 retry-after=7\"},"
                + "{\"key\":\"sk-test\",\"on\":\"models\",\"fault\":{\"status\":401,\"no-done\":true,\"gzip\":false}}]";
        JsonNode listed = json(send("POST", "faults", rules).body());
        assertThat(listed).hasSize(2);
        assertThat(listed.at("/1/fault").asText()).isEqualTo("status=401 no-done=true");
        assertThat(harness.openAi("hi").statusCode()).isEqualTo(503);
        assertThat(harness.openAi("hi").statusCode()).isEqualTo(200);
        assertThat(harness.get("/alpha/v1/models", "authorization", "Bearer sk-test")
                        .statusCode())
                .isEqualTo(401);
        assertThat(json(send("GET", "faults", "").body())).hasSize(1);
        send("PUT", "faults", "{\"rules\":[{\"fault\":\"status=500\"}],\"seed\":3}");
        assertThat(json(send("GET", "faults", "").body())).hasSize(1);
        assertThat(harness.openAi("hi").statusCode()).isEqualTo(500);
        send("DELETE", "faults", "");
        assertThat(harness.openAi("hi").statusCode()).isEqualTo(200);
    }

    @Test
    void refusesWhatItCannotRead() throws Exception {
        for (String wrong : new String[] {
            "{",
            "[{\"fault\":\"nonsense\"}]",
            "[{\"platfrom\":\"a\",\"fault\":\"gzip\"}]",
            "[{}]",
            "[{\"fault\":\"gzip\",\"times\":0}]",
            "[{\"fault\":\"gzip\",\"on\":\"sundays\"}]"
        }) {
            assertThat(send("POST", "faults", wrong).statusCode()).as(wrong).isEqualTo(400);
        }
        assertThat(json(send("GET", "faults", "").body())).isEmpty();
        assertThat(send("GET", "nothing", "").statusCode()).isEqualTo(404);
    }

    @Test
    void tellsWhatItSaw() throws Exception {
        harness.openAi("remember me");
        harness.post("/beta/v1/chat/completions", chat("m", "[[status=503]]", true), "authorization", "Bearer k2");
        JsonNode seen = json(send("GET", "requests?platform=beta", "").body());
        assertThat(seen).hasSize(1);
        JsonNode request = seen.get(0);
        assertThat(request.path("model").asText()).isEqualTo("m");
        assertThat(request.path("key").asText()).isEqualTo("k2");
        assertThat(request.path("stream").asBoolean()).isTrue();
        assertThat(request.path("fault").asText()).isEqualTo("status=503");
        assertThat(request.at("/headers/content-type").asText()).isEqualTo("application/json");
        assertThat(json(request.path("body").asText()).path("model").asText()).isEqualTo("m");
        assertThat(json(send("GET", "requests", "").body())).hasSize(2);
        JsonNode state = json(send("GET", "state", "").body());
        assertThat(state.path("requests").asInt()).isEqualTo(2);
        assertThat(state.path("openRequests").asInt()).isZero();
        assertThat(state.path("openConnections").asInt()).isPositive();
        assertThat(state.at("/platforms/beta/peak").asInt()).isEqualTo(1);
    }

    @Test
    void takesOrdersInTheProcessToo() throws Exception {
        harness.simulator
                .faults()
                .add(FaultRule.of("status=429 retry-after=3")
                        .platform("alpha")
                        .model("echo")
                        .times(1));
        assertThat(harness.openAi("hi").headers().firstValue("retry-after")).hasValue("3");
        assertThat(harness.openAi("hi").statusCode()).isEqualTo(200);
        assertThat(harness.simulator.journal().requests("alpha"))
                .extracting(SimulatorJournal.Seen::fault)
                .containsExactly("status=429 retry-after=3", "");
    }
}
