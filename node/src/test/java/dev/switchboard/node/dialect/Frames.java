package dev.switchboard.node.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.switchboard.node.chat.Json;
import dev.switchboard.node.relay.RelayEvent;
import java.util.ArrayList;
import java.util.List;

/** Reads what a rendering streams. */
public final class Frames {
    private Frames() {}

    /** The bytes of all events, as text. */
    public static String text(Rendering rendering, List<RelayEvent> events) {
        StringBuilder all = new StringBuilder();
        events.forEach(event -> all.append(rendering.frame(event).utf8String()));
        return all.toString();
    }

    /** The data of named events; each name must be its data's type. */
    public static List<JsonNode> named(String stream) {
        List<JsonNode> events = new ArrayList<>();
        for (String event : stream.split("\n\n")) {
            String[] lines = event.split("\n");
            assertThat(lines).as(event).hasSize(2);
            JsonNode data = Json.parseOrNull(lines[1].substring("data: ".length()));
            assertThat(data).as(event).isNotNull();
            assertThat(lines[0]).isEqualTo("event: " + data.path("type").asText());
            events.add(data);
        }
        return events;
    }

    /** The types of events. */
    public static List<String> types(List<JsonNode> events) {
        return events.stream().map(event -> event.path("type").asText()).toList();
    }
}
