package dev.switchboard.node.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;

/** Makes a plausible instance of a JSON schema; the same schema always gives the same instance. */
final class SampleJson {
    private static final int MAX_DEPTH = 12;
    private static final int MAX_NODES = 500;
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private final JsonNode root;
    private int made;

    private SampleJson(JsonNode root) {
        this.root = root;
    }

    static JsonNode of(JsonNode schema) {
        JsonNode instance = new SampleJson(schema).make(schema, "value", 0);
        return instance.isObject() || schema.has("type") ? instance : NODES.objectNode();
    }

    private JsonNode make(JsonNode schema, String name, int depth) {
        if (depth > MAX_DEPTH || ++made > MAX_NODES) {
            return NODES.nullNode();
        }
        if (schema.has("$ref")) {
            String pointer = schema.get("$ref").asText();
            return pointer.startsWith("#") ? make(root.at(pointer.substring(1)), name, depth + 1) : NODES.nullNode();
        }
        if (schema.has("const")) {
            return schema.get("const");
        }
        if (schema.path("enum").size() > 0) {
            return schema.get("enum").get(0);
        }
        for (String either : new String[] {"anyOf", "oneOf", "allOf"}) {
            if (schema.path(either).size() > 0) {
                return make(schema.get(either).get(0), name, depth + 1);
            }
        }
        JsonNode type = schema.path("type");
        return typed(schema, (type.isArray() ? type.path(0) : type).asText("object"), name, depth);
    }

    private JsonNode typed(JsonNode schema, String type, String name, int depth) {
        return switch (type.toLowerCase(Locale.ROOT)) {
            case "string" -> NODES.textNode(text(schema, name));
            case "integer" -> NODES.numberNode(schema.path("minimum").asLong(1));
            case "number" -> NODES.numberNode(schema.path("minimum").asDouble(1.5));
            case "boolean" -> NODES.booleanNode(true);
            case "null" -> NODES.nullNode();
            case "array" -> {
                ArrayNode array = NODES.arrayNode();
                if (schema.has("items")) {
                    array.add(make(schema.get("items"), name, depth + 1));
                }
                yield array;
            }
            default -> {
                ObjectNode object = NODES.objectNode();
                schema.path("properties")
                        .properties()
                        .forEach(each -> object.set(each.getKey(), make(each.getValue(), each.getKey(), depth + 1)));
                yield object;
            }
        };
    }

    private static String text(JsonNode schema, String name) {
        return switch (schema.path("format").asText()) {
            case "date" -> "2026-01-31";
            case "date-time" -> "2026-01-31T12:00:00Z";
            case "uri" -> "https://example.com/";
            case "email" -> "someone@example.com";
            default -> "sample " + name;
        };
    }
}
