package dev.switchboard.node.upstream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.switchboard.node.chat.Json;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;

/** Takes keywords out of every JSON Schema inside a value, however deep; properties that bear their names stay. */
final class SchemaTrim {
    /** Objects under these names map free names to schemas. */
    private static final Set<String> NAMED_SCHEMAS =
            Set.of("properties", "patternProperties", "$defs", "definitions", "dependentSchemas");

    /** Values under these names are data, not schemas. */
    private static final Set<String> DATA = Set.of("enum", "const", "default", "example", "examples");

    private static final Set<String> MAY_BE_NULL = Set.of("const", "default", "example");

    private SchemaTrim() {}

    /** A copy without the keywords. */
    static JsonNode without(Set<String> keywords, JsonNode node) {
        return without((name, value) -> keywords.contains(name), node);
    }

    /** A copy without keywords that are null, as if they were absent; a constant or a default may well be null. */
    static JsonNode withoutNulls(JsonNode node) {
        return without((name, value) -> value.isNull() && !MAY_BE_NULL.contains(name), node);
    }

    private static JsonNode without(BiPredicate<String, JsonNode> keyword, JsonNode node) {
        if (node instanceof ArrayNode list) {
            ArrayNode out = Json.object().putArray("list");
            list.forEach(item -> out.add(without(keyword, item)));
            return out;
        }
        if (!(node instanceof ObjectNode object)) {
            return node;
        }
        ObjectNode out = Json.object();
        for (Map.Entry<String, JsonNode> field : object.properties()) {
            String name = field.getKey();
            if (keyword.test(name, field.getValue())) {
                continue;
            }
            if (DATA.contains(name)) {
                out.set(name, field.getValue());
            } else if (NAMED_SCHEMAS.contains(name) && field.getValue() instanceof ObjectNode named) {
                ObjectNode schemas = out.putObject(name);
                for (Map.Entry<String, JsonNode> entry : named.properties()) {
                    schemas.set(entry.getKey(), without(keyword, entry.getValue()));
                }
            } else {
                out.set(name, without(keyword, field.getValue()));
            }
        }
        return out;
    }
}
