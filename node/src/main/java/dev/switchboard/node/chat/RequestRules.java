package dev.switchboard.node.chat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a chat request may hold. Null is the same as absent, and what is not named here passes unchecked. */
final class RequestRules {
    private static final Set<String> ROLES = Set.of("system", "developer", "user", "assistant", "tool", "function");
    private static final Set<String> MAY_BE_SILENT = Set.of("assistant", "tool", "function");
    private static final int LONGEST_NAME = 256;

    private RequestRules() {}

    /** An element of a list, told in words only where something is wrong with it. */
    private record Place(@Nullable Place owner, String list, int index) {
        @Override
        public String toString() {
            return (owner == null ? "" : owner + ".") + list + "[" + index + "]";
        }
    }

    static void check(JsonNode root) throws InvalidRequest {
        checkText(root, "model");
        checkModels(root);
        checkBoolean(root, "stream", "stream");
        checkRange(root, "temperature", 0, 2);
        checkRange(root, "top_p", 0, 1);
        checkRange(root, "presence_penalty", -2, 2);
        checkRange(root, "frequency_penalty", -2, 2);
        checkRange(root, "min_p", 0, 1);
        checkWhole(root, "n", 1, 128);
        checkWhole(root, "max_tokens", 1, Integer.MAX_VALUE);
        checkWhole(root, "max_completion_tokens", 1, Integer.MAX_VALUE);
        checkWhole(root, "top_logprobs", 0, 20);
        checkWhole(root, "top_k", -1, Integer.MAX_VALUE);
        checkWhole(root, "seed", Long.MIN_VALUE, Long.MAX_VALUE);
        checkBoolean(root, "logprobs", "logprobs");
        checkBoolean(root, "parallel_tool_calls", "parallel_tool_calls");
        checkText(root, "reasoning_effort");
        checkText(root, "user");
        checkObject(root, "logit_bias");
        checkObject(root, "metadata");
        checkObject(root, "response_format");
        checkFormat(root.path("response_format"));
        checkObject(root, "stream_options");
        checkBoolean(root.path("stream_options"), "include_usage", "stream_options.include_usage");
        checkStop(root.path("stop"));
        checkMessages(root.path("messages"));
        checkTools(root);
    }

    private static void checkFormat(JsonNode format) throws InvalidRequest {
        if (!format.path("type").asText("").equals("json_schema")) {
            return;
        }
        JsonNode named = format.path("json_schema");
        if (!named.isObject()) {
            throw InvalidRequest.field("response_format.json_schema", "must be an object");
        }
        JsonNode schema = named.path("schema");
        if (!absent(schema) && !schema.isObject() && !schema.isBoolean()) {
            throw InvalidRequest.field("response_format.json_schema.schema", "must be a JSON schema");
        }
        String fault = SchemaRules.fault(schema);
        if (fault != null) {
            throw InvalidRequest.field("response_format", "holds a schema that is none: " + fault);
        }
    }

    private static void checkModels(JsonNode root) throws InvalidRequest {
        JsonNode models = root.path("models");
        if (absent(models)) {
            return;
        }
        if (!models.isArray() || strings(models).size() != models.size()) {
            throw InvalidRequest.field("models", "must be a list of model names");
        }
    }

    static List<String> strings(JsonNode list) {
        List<String> found = new ArrayList<>();
        for (JsonNode item : list) {
            if (item.isTextual() && !item.textValue().isBlank()) {
                found.add(item.textValue());
            }
        }
        return found;
    }

    private static void checkMessages(JsonNode messages) throws InvalidRequest {
        if (absent(messages)) {
            throw InvalidRequest.missing("messages");
        }
        if (!messages.isArray() || messages.isEmpty()) {
            throw InvalidRequest.field("messages", "must be a list with at least one message");
        }
        for (int i = 0; i < messages.size(); i++) {
            checkMessage(messages.get(i), new Place(null, "messages", i));
        }
    }

    private static void checkMessage(JsonNode message, Place at) throws InvalidRequest {
        if (!message.isObject()) {
            throw InvalidRequest.field(at.toString(), "must be an object");
        }
        JsonNode role = message.path("role");
        if (absent(role)) {
            throw InvalidRequest.missing(at + ".role");
        }
        if (!role.isTextual() || !ROLES.contains(role.textValue())) {
            throw InvalidRequest.field(
                    at + ".role", "must be one of assistant, developer, function, system, tool, user");
        }
        checkContent(message.path("content"), role.textValue(), at);
        if (role.textValue().equals("tool")) {
            JsonNode id = message.path("tool_call_id");
            if (absent(id)) {
                throw InvalidRequest.missing(at + ".tool_call_id");
            }
            if (!id.isTextual()) {
                throw InvalidRequest.field(at + ".tool_call_id", "must be a string");
            }
        }
        checkToolCalls(message.path("tool_calls"), at);
    }

    private static void checkContent(JsonNode content, String role, Place message) throws InvalidRequest {
        if (absent(content)) {
            if (!MAY_BE_SILENT.contains(role)) {
                throw InvalidRequest.missing(message + ".content");
            }
            return;
        }
        if (content.isTextual()) {
            return;
        }
        if (!content.isArray()) {
            throw InvalidRequest.field(message + ".content", "must be a string or a list of content parts");
        }
        for (int i = 0; i < content.size(); i++) {
            checkPart(content.get(i), new Place(message, "content", i));
        }
    }

    private static void checkPart(JsonNode part, Place at) throws InvalidRequest {
        if (part.isTextual()) {
            return;
        }
        if (!part.isObject() || !part.path("type").isTextual()) {
            throw InvalidRequest.field(at.toString(), "must be an object with a type");
        }
        switch (part.path("type").textValue()) {
            case "text" -> {
                if (!part.path("text").isTextual()) {
                    throw InvalidRequest.field(at + ".text", "must be a string");
                }
            }
            case "image_url" -> {
                JsonNode image = part.path("image_url");
                JsonNode url = image.isObject() ? image.path("url") : image;
                if (!url.isTextual() || url.textValue().isBlank()) {
                    throw InvalidRequest.field(at + ".image_url", "must hold a url");
                }
            }
            default -> {
                // Audio, files and kinds yet to come are for the upstream to judge.
            }
        }
    }

    private static void checkToolCalls(JsonNode calls, Place message) throws InvalidRequest {
        if (absent(calls)) {
            return;
        }
        if (!calls.isArray()) {
            throw InvalidRequest.field(message + ".tool_calls", "must be a list");
        }
        for (int i = 0; i < calls.size(); i++) {
            JsonNode call = calls.get(i);
            Place here = new Place(message, "tool_calls", i);
            if (!call.isObject()) {
                throw InvalidRequest.field(here.toString(), "must be an object");
            }
            if (!absent(call.path("id")) && !call.path("id").isTextual()) {
                throw InvalidRequest.field(here + ".id", "must be a string");
            }
            if (call.path("type").asText("function").equals("function")) {
                checkFunctionName(call.path("function"), here);
                JsonNode arguments = call.path("function").path("arguments");
                if (!absent(arguments) && !arguments.isTextual() && !arguments.isObject()) {
                    throw InvalidRequest.field(here + ".function.arguments", "must be a string of JSON");
                }
            }
        }
    }

    private static void checkTools(JsonNode root) throws InvalidRequest {
        JsonNode tools = root.path("tools");
        if (!absent(tools) && !tools.isArray()) {
            throw InvalidRequest.field("tools", "must be a list");
        }
        for (int i = 0; i < tools.size(); i++) {
            JsonNode tool = tools.get(i);
            Place at = new Place(null, "tools", i);
            if (!tool.isObject() || !tool.path("type").isTextual()) {
                throw InvalidRequest.field(at.toString(), "must be an object with a type");
            }
            if (tool.path("type").textValue().equals("function")) {
                checkFunctionName(tool.path("function"), at);
                JsonNode parameters = tool.path("function").path("parameters");
                if (!absent(parameters) && !parameters.isObject()) {
                    throw InvalidRequest.field(at + ".function.parameters", "must be a JSON schema");
                }
            }
        }
        JsonNode choice = root.path("tool_choice");
        if (!absent(choice) && !choice.isTextual() && !choice.isObject()) {
            throw InvalidRequest.field("tool_choice", "must be a string or an object");
        }
    }

    private static void checkFunctionName(JsonNode function, Place owner) throws InvalidRequest {
        if (!function.isObject()) {
            throw InvalidRequest.field(owner + ".function", "must be an object");
        }
        JsonNode name = function.path("name");
        boolean fit = name.isTextual()
                && !name.textValue().isBlank()
                && name.textValue().length() <= LONGEST_NAME
                && name.textValue().chars().noneMatch(Character::isISOControl);
        if (!fit) {
            throw InvalidRequest.field(owner + ".function.name", "must be a name without control characters");
        }
    }

    private static void checkStop(JsonNode stop) throws InvalidRequest {
        if (absent(stop) || stop.isTextual()) {
            return;
        }
        boolean texts = stop.isArray();
        for (JsonNode item : stop) {
            texts &= item.isTextual();
        }
        if (!texts) {
            throw InvalidRequest.field("stop", "must be a string or a list of strings");
        }
    }

    private static void checkText(JsonNode owner, String name) throws InvalidRequest {
        if (!absent(owner.path(name)) && !owner.path(name).isTextual()) {
            throw InvalidRequest.field(name, "must be a string");
        }
    }

    private static void checkObject(JsonNode owner, String name) throws InvalidRequest {
        if (!absent(owner.path(name)) && !owner.path(name).isObject()) {
            throw InvalidRequest.field(name, "must be an object");
        }
    }

    private static void checkBoolean(JsonNode owner, String name, String at) throws InvalidRequest {
        if (!absent(owner.path(name)) && !owner.path(name).isBoolean()) {
            throw InvalidRequest.field(at, "must be true or false");
        }
    }

    private static void checkRange(JsonNode owner, String name, double low, double high) throws InvalidRequest {
        JsonNode value = owner.path(name);
        if (absent(value)) {
            return;
        }
        if (!value.isNumber() || value.doubleValue() < low || value.doubleValue() > high) {
            throw InvalidRequest.field(name, "must be a number from " + plain(low) + " to " + plain(high));
        }
    }

    private static void checkWhole(JsonNode owner, String name, long low, long high) throws InvalidRequest {
        JsonNode value = owner.path(name);
        if (absent(value)) {
            return;
        }
        boolean whole = value.isNumber() && value.canConvertToExactIntegral() && value.canConvertToLong();
        if (!whole || value.longValue() < low || value.longValue() > high) {
            String top = high >= Integer.MAX_VALUE ? "" : " and at most " + high;
            throw InvalidRequest.field(name, "must be a whole number" + (low > -2 ? " of at least " + low : "") + top);
        }
    }

    private static String plain(double bound) {
        return Long.toString((long) bound);
    }

    static boolean absent(JsonNode node) {
        return node.isMissingNode() || node.isNull();
    }
}
