package dev.switchboard.node.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;

/** Instances of JSON schemas. */
class SampleJsonTest {
    private static JsonNode of(String schema) {
        return SampleJson.of(SimulatorHarness.json(schema));
    }

    @Test
    void followsTypesEnumsAndUnions() {
        JsonNode made =
                of("{\"type\":\"object\",\"properties\":{\"a\":{\"anyOf\":[{\"const\":\"x\"},{\"type\":\"null\"}]},"
                        + "\"b\":{\"type\":\"array\",\"items\":{\"type\":\"number\"}},\"c\":{\"type\":[\"boolean\",\"null\"]},"
                        + "\"d\":{\"type\":\"string\",\"format\":\"date\"}}}");
        assertThat(made).hasToString("{\"a\":\"x\",\"b\":[1.5],\"c\":true,\"d\":\"2026-01-31\"}");
        assertThat(of("{}")).hasToString("{}");
        assertThat(of("null")).hasToString("{}");
    }

    @Test
    void endsOnCyclesHoweverWide() {
        StringBuilder schema = new StringBuilder("{\"type\":\"object\",\"properties\":{");
        for (int i = 0; i < 20; i++) {
            schema.append(i == 0 ? "" : ",").append("\"p").append(i).append("\":{\"$ref\":\"#\"}");
        }
        JsonNode made = of(schema.append("}}").toString());
        assertThat(made).hasSize(20);
        assertThat(made.toString().length()).isLessThan(500_000);
    }
}
