package dev.switchboard.node.upstream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.switchboard.node.chat.Json;
import java.util.Map;
import java.util.Set;

/** Takes keywords out of every JSON Schema inside a value, however deep; properties that bear their names stay. */
final class SchemaTrim {
    /** Objects under these names map free names to schemas. */
    private static final Set<String> NAMED_SCHEMAS =
            Set.of("properties", "patternProperties", "$defs", "definitions", "dependentSchemas");

    /** Values under these names are data, not schemas. */
    private static final Set<String> DATA = Set.of("enum", "const", "default", "example", "examples");

    private SchemaTrim() {}

    /** A copy without the keywords. */
    static JsonNode without(Set<String> keywords, JsonNode node) {
        if (node instanceof ArrayNode list) {
            ArrayNode out = Json.object().putArray("list");
            list.forEach(item -> out.add(without(keywords, item)));
            return out;
        }
        if (!(node instanceof ObjectNode object)) {
            return node;
        }
        ObjectNode out = Json.object();
        for (Map.Entry<String, JsonNode> field : object.properties()) {
            String name = field.getKey();
            if (keywords.contains(name)) {
                continue;
            }
            if (DATA.contains(name)) {
                out.set(name, field.getValue());
            } else if (NAMED_SCHEMAS.contains(name) && field.getValue() instanceof ObjectNode named) {
                ObjectNode schemas = out.putObject(name);
                for (Map.Entry<String, JsonNode> entry : named.properties()) {
                    schemas.set(entry.getKey(), without(keywords, entry.getValue()));
                }
            } else {
                out.set(name, without(keywords, field.getValue()));
            }
        }
        return out;
    }
}
