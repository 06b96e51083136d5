package dev.switchboard.node.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.switchboard.node.TestNode;
import dev.switchboard.node.TestNode.Reply;
import dev.switchboard.node.chat.Json;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Holds what a node answers to its own description at {@code /v1/openapi.json}. */
final class Described {
    private static final String SCHEMAS = "#/components/schemas/";

    private final JsonNode document;
    private final Map<String, Schema> schemas = new HashMap<>();
    private final Set<String> seen = new TreeSet<>();

    private Described(JsonNode document) {
        this.document = document;
    }

    /** By what that node says of itself. */
    static Described by(TestNode node) throws Exception {
        return new Described(node.send("GET", "/v1/openapi.json", null, null).body());
    }

    /** The operations of which an answer was checked, and of the streamed ones the events. */
    Set<String> seen() {
        return seen;
    }

    /** Every operation of the document, the streamed ones twice. */
    Set<String> all() {
        Set<String> all = new TreeSet<>();
        for (var path : document.path("paths").properties()) {
            for (var operation : path.getValue().properties()) {
                String name = operation.getKey().toUpperCase(Locale.ROOT) + " " + path.getKey();
                JsonNode content = operation.getValue().at("/responses/200/content");
                content.fieldNames().forEachRemaining(type -> all.add(name + " " + type));
            }
        }
        return all;
    }

    /** Fails where an answer is not what the document says. */
    void check(String method, String path, Reply reply) {
        String template = template(path.replaceFirst("\\?.*", ""), method);
        JsonNode responses = document.path("paths")
                .path(template)
                .path(method.toLowerCase(Locale.ROOT))
                .path("responses");
        String type = reply.headers().firstValue("Content-Type").orElse("").replaceFirst(";.*", "");
        JsonNode schema = responses
                .path(reply.status() == 200 ? "200" : "default")
                .path("content")
                .path(type)
                .path("schema");
        assertThat(schema.isObject())
                .as("%s %s has %d %s", method, path, reply.status(), type)
                .isTrue();
        if (type.equals("text/event-stream")) {
            events(name(schema.at("/contentSchema/$ref")), reply.text());
        } else {
            fits(name(schema.path("$ref")), reply.body());
        }
        if (reply.status() == 200) {
            seen.add(method + " " + template + " " + type);
        }
    }

    private void events(String schema, String stream) {
        int events = 0;
        for (String line : stream.split("\n")) {
            if (line.startsWith("data:") && !line.equals("data: [DONE]")) {
                JsonNode event = Json.parseOrNull(line.substring("data:".length()));
                assertThat(event).as(line).isNotNull();
                fits(schema, event);
                events++;
            }
        }
        assertThat(events).as(stream).isPositive();
    }

    private String template(String path, String method) {
        String found = path;
        if (!document.path("paths").has(path)) {
            for (var candidate : document.path("paths").properties()) {
                boolean serves = candidate.getValue().has(method.toLowerCase(Locale.ROOT));
                if (serves
                        && path.matches(candidate.getKey().replaceAll("\\{[^}]*}", "[^/].*"))
                        && (found.equals(path) || candidate.getKey().length() > found.length())) {
                    found = candidate.getKey();
                }
            }
        }
        return found;
    }

    private static String name(JsonNode reference) {
        assertThat(reference.asText()).startsWith(SCHEMAS);
        return reference.asText().substring(SCHEMAS.length());
    }

    /** Fails where a value does not fit the schema of that name. */
    void fits(String schema, JsonNode value) {
        assertThat(schemas.computeIfAbsent(schema, this::schema).validate(value))
                .as("%s as %s", value, schema)
                .isEmpty();
    }

    private Schema schema(String name) {
        ObjectNode root = Json.object().put("$ref", SCHEMAS + name);
        root.set("components", document.path("components"));
        return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(root);
    }
}
