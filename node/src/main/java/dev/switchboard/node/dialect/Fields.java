package dev.switchboard.node.dialect;

import akka.util.ByteString;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.switchboard.node.chat.ChatRequest;
import dev.switchboard.node.chat.InvalidRequest;
import dev.switchboard.node.chat.Json;
import java.io.IOException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the fields of a request and names the one at fault. Null is the same as absent. */
public final class Fields {
    private Fields() {}

    /** The body as an object. */
    public static ObjectNode body(ByteString bytes) throws InvalidRequest {
        JsonNode root;
        try {
            root = Json.parseRequest(bytes);
        } catch (IOException e) {
            throw new InvalidRequest("The request body is not valid JSON", null, "invalid_json");
        }
        if (root instanceof ObjectNode object) {
            return object;
        }
        throw new InvalidRequest("The request body must be a JSON object", null, "invalid_json");
    }

    /** Whether a field is missing or null. */
    public static boolean absent(JsonNode node) {
        return node.isMissingNode() || node.isNull();
    }

    /** A field that breaks a rule. */
    public static InvalidRequest invalid(String param, String rule) {
        return new InvalidRequest("'" + param + "' " + rule, param, "invalid_value");
    }

    /** A field that is not there. */
    public static InvalidRequest missing(String param) {
        return new InvalidRequest("Missing required parameter: '" + param + "'", param, "missing_required_parameter");
    }

    /** A field that exists in the dialect and cannot be served here. */
    public static InvalidRequest unsupported(String param, String why) {
        return new InvalidRequest("'" + param + "' " + why, param, "unsupported_parameter");
    }

    /** A text that must be there; {@code at} is the owner's place with a trailing dot, or empty for the root. */
    public static String text(JsonNode owner, String name, String at) throws InvalidRequest {
        String value = optionalText(owner, name, at);
        if (value == null) {
            throw missing(at + name);
        }
        return value;
    }

    /** A text, or null where it is absent. */
    public static @Nullable String optionalText(JsonNode owner, String name, String at) throws InvalidRequest {
        JsonNode value = owner.path(name);
        if (absent(value)) {
            return null;
        }
        if (!value.isTextual()) {
            throw invalid(at + name, "must be a string");
        }
        return value.textValue();
    }

    /** A flag, false where it is absent. */
    public static boolean flag(JsonNode owner, String name, String at) throws InvalidRequest {
        JsonNode value = owner.path(name);
        if (!absent(value) && !value.isBoolean()) {
            throw invalid(at + name, "must be true or false");
        }
        return value.asBoolean(false);
    }

    /** An object, or a missing node where it is absent. */
    public static JsonNode optionalObject(JsonNode owner, String name, String at) throws InvalidRequest {
        JsonNode value = owner.path(name);
        if (!absent(value) && !value.isObject()) {
            throw invalid(at + name, "must be an object");
        }
        return value;
    }

    /** A list, or a missing node where it is absent. */
    public static JsonNode optionalList(JsonNode owner, String name, String at) throws InvalidRequest {
        JsonNode value = owner.path(name);
        if (!absent(value) && !value.isArray()) {
            throw invalid(at + name, "must be a list");
        }
        return value;
    }

    /** A whole number of at least {@code low}, or null where it is absent. */
    public static @Nullable Integer optionalWhole(JsonNode owner, String name, int low) throws InvalidRequest {
        JsonNode value = owner.path(name);
        if (absent(value)) {
            return null;
        }
        if (!value.isNumber() || !value.canConvertToExactIntegral() || !value.canConvertToInt()) {
            throw invalid(name, "must be a whole number");
        }
        if (value.intValue() < low) {
            throw invalid(name, "must be a whole number of at least " + low);
        }
        return value.intValue();
    }

    /** Refuses root fields that nobody here knows: nothing is dropped in silence (contract.md §3). */
    public static void onlyKnown(ObjectNode root, Set<String> known) throws InvalidRequest {
        for (var field : root.properties()) {
            if (!known.contains(field.getKey()) && !field.getValue().isNull()) {
                throw new InvalidRequest(
                        "Unknown parameter: '" + field.getKey() + "'", field.getKey(), "unknown_parameter");
            }
        }
    }

    /** Copies the fields that are there. */
    public static void copy(JsonNode from, ObjectNode to, String... names) {
        for (String name : names) {
            if (!absent(from.path(name))) {
                to.set(name, from.path(name));
            }
        }
    }

    /** Carries the session that the body names over to a chat request. */
    public static void copySession(JsonNode from, ObjectNode to) {
        ChatRequest.sessionHint(from).ifPresent(hint -> to.put("session_id", hint));
    }
}
