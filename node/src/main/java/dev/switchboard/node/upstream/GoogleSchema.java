package dev.switchboard.node.upstream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.switchboard.node.chat.Json;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** JSON Schema cut down to the subset that Google takes: references written out, unions as {@code anyOf}, the rest left out. */
final class GoogleSchema {
    private static final Set<String> AS_IS = Set.of(
            "title",
            "description",
            "nullable",
            "maxItems",
            "minItems",
            "minProperties",
            "maxProperties",
            "minLength",
            "maxLength",
            "pattern",
            "minimum",
            "maximum",
            "default",
            "example",
            "propertyOrdering");

    private static final Map<String, Set<String>> FORMATS = Map.of(
            "string", Set.of("enum", "date-time"),
            "number", Set.of("float", "double"),
            "integer", Set.of("int32", "int64"));

    private static final int MOST_NODES = 20_000;

    private final JsonNode root;
    private final String at;
    private final Deque<String> open = new ArrayDeque<>();
    private int written;

    private GoogleSchema(JsonNode root, String at) {
        this.root = root;
        this.at = at;
    }

    /** The trimmed copy; a schema that grows beyond bounds when written out is refused by its field's name. */
    static ObjectNode of(JsonNode schema, String at) throws Inexpressible {
        return new GoogleSchema(schema, at).trim(schema);
    }

    private ObjectNode trim(JsonNode schema) throws Inexpressible {
        written++;
        if (written > MOST_NODES) {
            throw new Inexpressible(at, "'" + at + "' is too large when its references are written out");
        }
        JsonNode reference = schema.path("$ref");
        if (reference.isTextual()) {
            return referred(schema, reference.textValue());
        }
        ObjectNode out = Json.object();
        for (Map.Entry<String, JsonNode> field : schema.properties()) {
            if (AS_IS.contains(field.getKey())) {
                out.set(field.getKey(), field.getValue());
            }
        }
        type(schema, out);
        constants(schema, out);
        String format = schema.path("format").asText("");
        if (FORMATS.getOrDefault(out.path("type").asText(), Set.of()).contains(format)) {
            out.put("format", format);
        }
        properties(schema, out);
        items(schema, out);
        unions(schema, out);
        for (JsonNode part : schema.path("allOf")) {
            merge(out, trim(part));
        }
        required(schema, out);
        return out;
    }

    private ObjectNode referred(JsonNode schema, String reference) throws Inexpressible {
        JsonNode target = reference.startsWith("#") ? root.at(pointer(reference)) : root.path("");
        // A schema that holds itself cannot be written out: below it, anything goes.
        if (open.contains(reference) || !target.isObject()) {
            return Json.object().put("type", "object");
        }
        open.push(reference);
        ObjectNode out = trim(target);
        open.pop();
        if (schema.path("description").isTextual()) {
            out.set("description", schema.path("description"));
        }
        return out;
    }

    private static String pointer(String reference) {
        String pointer = reference.substring(1);
        return pointer.isEmpty() || pointer.startsWith("/") ? pointer : "/" + pointer;
    }

    private static void type(JsonNode schema, ObjectNode out) {
        JsonNode type = schema.path("type");
        if (type.isTextual()) {
            out.set("type", type);
        } else if (type.isArray()) {
            List<String> names = new ArrayList<>();
            type.forEach(name -> names.add(name.asText()));
            if (names.remove("null")) {
                out.put("nullable", true);
            }
            if (names.size() == 1) {
                out.put("type", names.get(0));
            } else if (names.size() > 1) {
                ArrayNode any = out.putArray("anyOf");
                names.forEach(name -> any.addObject().put("type", name));
            }
        } else if (schema.path("properties").isObject()) {
            out.put("type", "object");
        } else if (schema.path("items").isObject()) {
            out.put("type", "array");
        }
    }

    /** Only strings can be enumerated. */
    private static void constants(JsonNode schema, ObjectNode out) {
        ArrayNode values = Json.object().putArray("enum");
        for (JsonNode value : schema.path("enum")) {
            if (value.isTextual() && !value.textValue().isEmpty()) {
                values.add(value);
            } else if (value.isNull()) {
                out.put("nullable", true);
            }
        }
        if (schema.path("const").isTextual()) {
            values.add(schema.path("const"));
        }
        String type = out.path("type").asText("string");
        if (!values.isEmpty() && type.equals("string")) {
            out.put("type", "string");
            out.set("enum", values);
        }
    }

    private void properties(JsonNode schema, ObjectNode out) throws Inexpressible {
        if (schema.path("properties").isObject()) {
            ObjectNode properties = out.putObject("properties");
            for (Map.Entry<String, JsonNode> property :
                    schema.path("properties").properties()) {
                properties.set(property.getKey(), trim(property.getValue()));
            }
        }
    }

    private void items(JsonNode schema, ObjectNode out) throws Inexpressible {
        JsonNode items = schema.path("items");
        if (items.isObject()) {
            out.set("items", trim(items));
        } else if (out.path("type").asText().equals("array")) {
            JsonNode first =
                    items.isArray() ? items.path(0) : schema.path("prefixItems").path(0);
            out.set("items", first.isObject() ? trim(first) : Json.object().put("type", "string"));
        }
    }

    private void unions(JsonNode schema, ObjectNode out) throws Inexpressible {
        List<JsonNode> choices = new ArrayList<>();
        schema.path("anyOf").forEach(choices::add);
        schema.path("oneOf").forEach(choices::add);
        List<ObjectNode> kept = new ArrayList<>();
        for (JsonNode choice : choices) {
            if (choice.path("type").asText().equals("null")) {
                out.put("nullable", true);
            } else {
                kept.add(trim(choice));
            }
        }
        if (kept.size() == 1) {
            merge(out, kept.get(0));
        } else if (!kept.isEmpty()) {
            ArrayNode any = out.withArray("anyOf");
            kept.forEach(any::add);
        }
    }

    private static void merge(ObjectNode out, ObjectNode more) {
        for (Map.Entry<String, JsonNode> field : more.properties()) {
            JsonNode own = out.path(field.getKey());
            if (own instanceof ObjectNode properties && field.getValue() instanceof ObjectNode others) {
                properties.setAll(others);
            } else if (own instanceof ArrayNode list && field.getKey().equals("required")) {
                field.getValue().forEach(list::add);
            } else if (own.isMissingNode()) {
                out.set(field.getKey(), field.getValue());
            }
        }
    }

    /** A property that is required but not described is refused. */
    private static void required(JsonNode schema, ObjectNode out) {
        ArrayNode names = Json.object().putArray("required");
        List<JsonNode> wanted = new ArrayList<>();
        schema.path("required").forEach(wanted::add);
        out.path("required").forEach(wanted::add);
        for (JsonNode name : wanted) {
            boolean listed = false;
            for (JsonNode known : names) {
                listed |= known.equals(name);
            }
            if (!listed && name.isTextual() && out.path("properties").has(name.textValue())) {
                names.add(name);
            }
        }
        out.remove("required");
        if (!names.isEmpty()) {
            out.set("required", names);
        }
    }
}
