package dev.switchboard.node.http.docs;

import akka.util.ByteString;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.switchboard.node.http.Access;
import dev.switchboard.node.http.Endpoint;
import dev.switchboard.node.http.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;

/** The OpenAPI document of {@code /v1}: paths from the route table, words and schemas from the files beside it. */
final class OpenApi {
    private static final String FOLDER = "openapi/";
    private static final String SCHEMA = "#/components/schemas/";

    private OpenApi() {}

    /** The document of those endpoints that are under {@code /v1}. */
    static ObjectNode describe(List<Endpoint> endpoints) {
        ObjectNode document = resource("head.json");
        ObjectNode words = resource("operations.json");
        ObjectNode paths = document.putObject("paths");
        for (Endpoint endpoint : endpoints) {
            if (endpoint.path().startsWith("/v1/")) {
                String path = endpoint.path().replace("*}", "}");
                ObjectNode item = paths.path(path) instanceof ObjectNode known ? known : paths.putObject(path);
                item.set(
                        endpoint.method().toLowerCase(Locale.ROOT),
                        operation(endpoint, path, words.path(endpoint.method() + " " + path)));
            }
        }
        return document;
    }

    private static ObjectNode operation(Endpoint endpoint, String path, JsonNode words) {
        ObjectNode operation = Json.MAPPER.createObjectNode();
        operation.put("summary", words.path("summary").asText(""));
        ArrayNode security = operation.putArray("security");
        if (endpoint.access() == Access.API) {
            security.addObject().putArray("bearer");
            security.addObject().putArray("apiKey");
        }
        ArrayNode parameters = operation.putArray("parameters");
        for (String segment : path.split("/")) {
            if (segment.startsWith("{")) {
                ObjectNode parameter = parameters.addObject();
                parameter.put("name", segment.substring(1, segment.length() - 1));
                parameter.put("in", "path").put("required", true);
                parameter.putObject("schema").put("type", "string");
            }
        }
        boolean routed = words.path("routed").asBoolean(false);
        if (routed) {
            for (String name : List.of("X-Session-Id", "X-Request-Id")) {
                parameters.addObject().put("$ref", "#/components/parameters/" + name);
            }
        }
        for (var query : words.path("query").properties()) {
            parameters
                    .addObject()
                    .put("name", query.getKey())
                    .put("in", "query")
                    .set("schema", query.getValue());
        }
        if (words.has("request")) {
            ObjectNode body = operation.putObject("requestBody").put("required", true);
            json(body, words.path("request").asText());
        }
        ObjectNode responses = operation.putObject("responses");
        ObjectNode answer = responses.putObject("200").put("description", "The answer.");
        if (routed) {
            headers(answer, "X-Request-Id", "X-Routed-Via", "X-Fallback-Attempts", "X-Session-Key", "X-Session-Status");
        }
        if (words.has("answer")) {
            json(answer, words.path("answer").asText());
        }
        if (words.has("events")) {
            answer.withObject("/content")
                    .putObject("text/event-stream")
                    .putObject("schema")
                    .put("type", "string")
                    .put("description", words.path("events").asText())
                    .put("contentMediaType", "application/json")
                    .putObject("contentSchema")
                    .put("$ref", SCHEMA + words.path("event").asText());
        }
        ObjectNode refusal = responses.putObject("default").put("description", "A refusal or a failure.");
        headers(refusal, "X-Request-Id", "Retry-After", "x-should-retry");
        json(refusal, words.path("errors").asText("Error"));
        return operation;
    }

    private static void headers(ObjectNode response, String... names) {
        ObjectNode headers = response.putObject("headers");
        for (String name : names) {
            headers.putObject(name).put("$ref", "#/components/headers/" + name);
        }
    }

    private static void json(ObjectNode owner, String schema) {
        owner.putObject("content")
                .putObject("application/json")
                .putObject("schema")
                .put("$ref", SCHEMA + schema);
    }

    private static ObjectNode resource(String name) {
        try (InputStream in = OpenApi.class.getClassLoader().getResourceAsStream(FOLDER + name)) {
            if (in == null) {
                throw new IllegalStateException("the jar lacks " + FOLDER + name);
            }
            return Json.object(ByteString.fromArrayUnsafe(in.readAllBytes()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
