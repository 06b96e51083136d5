package dev.switchboard.node.proof;

import static dev.switchboard.node.proof.ProofRig.ask;
import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.node.simulator.Fault;
import dev.switchboard.node.simulator.FaultRule;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An answer to {@code response_format} is JSON: without fences, after one failover, or it is an error. */
class JsonAnswersTest {
    private static final String OBJECT = "{\"type\":\"json_object\"}";
    private static final String SCHEMA =
            """
            {"type":"json_schema","json_schema":{"name":"n","schema":
              {"type":"object","properties":{"n":{"type":"integer"}},"required":["n"]}}}""";
    private static ProofRig rig;

    @BeforeAll
    static void start() throws Exception {
        ProofRig.Plan plan = new ProofRig.Plan();
        for (String id : List.of("talk", "chat", "third", "fenced", "good", "wrong")) {
            plan.platform(id, 1).model(id, "m", 1, 8000);
        }
        rig = ProofRig.start(plan);
        for (String id : List.of("talk", "chat", "third")) {
            say(id, "Sure, here you are.");
        }
        say("fenced", "```json {\"n\": 7} ```");
        say("good", "{\"n\":7}");
        say("wrong", "{\"n\":\"seven\"}");
    }

    @AfterAll
    static void stop() throws Exception {
        rig.close();
    }

    private static void say(String platform, String text) {
        rig.fault(FaultRule.of(Fault.of(Map.of("text", text))).platform(platform));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void talkIsFailedOverOnceAndHurtsNoModel(boolean stream) throws Exception {
        Answer answer = rig.send(ask("talk/m", "good/m").with("response_format", OBJECT).stream(stream));
        assertThat(answer.problem()).isNull();
        assertThat(answer.routedVia()).isEqualTo("good/m");
        assertThat(answer.fallbacks()).isEqualTo(1);
        assertThat(answer.content()).isEqualTo("{\"n\":7}");
        assertThat(rig.cooldowns("talk")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void talkOfTwoModelsIsAnError(boolean stream) throws Exception {
        int before = rig.calls("third").size();
        Answer answer = rig.send(ask("talk/m", "chat/m", "third/m").with("response_format", OBJECT).stream(stream));
        assertThat(answer.status()).isEqualTo(502);
        assertThat(answer.problem()).isNull();
        assertThat(answer.error().path("message").asText()).contains("response_format", "talk/m", "chat/m");
        assertThat(rig.calls("third")).hasSize(before);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void fencesAreRemoved(boolean stream) throws Exception {
        Answer answer = rig.send(ask("fenced/m").with("response_format", SCHEMA).stream(stream));
        assertThat(answer.problem()).isNull();
        assertThat(answer.content()).isEqualTo("{\"n\": 7}");
    }

    @Test
    void aWholeAnswerFitsTheSchema() throws Exception {
        Answer answer = rig.send(ask("wrong/m", "good/m").with("response_format", SCHEMA));
        assertThat(answer.routedVia()).isEqualTo("good/m");
        assertThat(answer.content()).isEqualTo("{\"n\":7}");
    }

    @Test
    void withoutAFormatTalkIsAnAnswer() throws Exception {
        assertThat(rig.send(ask("talk/m")).content()).isEqualTo("Sure, here you are.");
    }

    @Test
    void aFormatThatIsNoneIsRefused() throws Exception {
        Answer answer = rig.send(
                ask("good/m").with("response_format", "{\"type\":\"json_schema\",\"json_schema\":{\"schema\":7}}"));
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.error().path("param").asText()).isEqualTo("response_format.json_schema.schema");
    }
}
