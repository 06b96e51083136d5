package dev.switchboard.node.dialect.responses;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.switchboard.node.chat.InvalidRequest;
import dev.switchboard.node.chat.Json;
import dev.switchboard.node.dialect.Fields;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Function and custom tools and their choice; the tools that OpenAI runs itself are refused by name. */
final class ResponsesTools {
    private ResponsesTools() {}

    static void translate(ObjectNode source, ObjectNode chat) throws InvalidRequest {
        JsonNode tools = Fields.optionalList(source, "tools", "");
        Map<String, ObjectNode> functions = new LinkedHashMap<>();
        for (int i = 0; i < tools.size(); i++) {
            function(tools.get(i), "tools[" + i + "]", functions);
        }
        boolean parallel =
                Fields.absent(source.path("parallel_tool_calls")) || Fields.flag(source, "parallel_tool_calls", "");
        JsonNode choice = choice(source.path("tool_choice"), functions);
        if (functions.isEmpty()) {
            return;
        }
        ArrayNode list = chat.putArray("tools");
        functions.values().forEach(list::add);
        if (choice != null) {
            chat.set("tool_choice", choice);
        }
        if (!parallel) {
            chat.put("parallel_tool_calls", false);
        }
    }

    private static void function(JsonNode tool, String at, Map<String, ObjectNode> functions) throws InvalidRequest {
        if (!tool.isObject()) {
            throw Fields.invalid(at, "must be an object");
        }
        String type = Fields.text(tool, "type", at + ".");
        if (CustomTools.is(type)) {
            functions.put(Fields.text(tool, "name", at + "."), CustomTools.function(tool, at));
            return;
        }
        if (!type.equals("function")) {
            throw Fields.unsupported(
                    at + ".type",
                    "names the built-in tool '" + type + "'; only function and custom tools are served here");
        }
        String name = Fields.text(tool, "name", at + ".");
        Fields.optionalObject(tool, "parameters", at + ".");
        ObjectNode out = Json.object().put("type", "function");
        ObjectNode function = out.putObject("function").put("name", name);
        Fields.copy(tool, function, "description", "parameters", "strict");
        functions.put(name, out);
    }

    /** The chat API's words for a choice; a choice among allowed tools leaves the others out. */
    private static @Nullable JsonNode choice(JsonNode choice, Map<String, ObjectNode> functions) throws InvalidRequest {
        if (Fields.absent(choice)) {
            return null;
        }
        if (choice.isTextual()) {
            return word(choice, "tool_choice", functions);
        }
        if (!choice.isObject()) {
            throw Fields.invalid("tool_choice", "must be a string or an object");
        }
        String type = Fields.text(choice, "type", "tool_choice.");
        if (type.equals("function") || CustomTools.is(type)) {
            ObjectNode named = Json.object().put("type", "function");
            named.putObject("function").put("name", known(choice, "tool_choice.", functions));
            return named;
        }
        if (!type.equals("allowed_tools")) {
            throw Fields.unsupported(
                    "tool_choice.type",
                    "names the built-in tool '" + type + "'; only function and custom tools are served here");
        }
        Set<String> allowed = new HashSet<>();
        JsonNode list = Fields.optionalList(choice, "tools", "tool_choice.");
        for (int i = 0; i < list.size(); i++) {
            allowed.add(known(list.get(i), "tool_choice.tools[" + i + "].", functions));
        }
        functions.keySet().retainAll(allowed);
        return word(choice.path("mode"), "tool_choice.mode", functions);
    }

    private static JsonNode word(JsonNode word, String at, Map<String, ObjectNode> functions) throws InvalidRequest {
        String text = word.asText("");
        if (!Set.of("auto", "none", "required").contains(text)) {
            throw Fields.invalid(at, "must be one of auto, none, required");
        }
        if (functions.isEmpty() && text.equals("required")) {
            throw Fields.invalid(at, "needs tools");
        }
        return word;
    }

    private static String known(JsonNode owner, String at, Map<String, ObjectNode> functions) throws InvalidRequest {
        String name = Fields.text(owner, "name", at);
        if (!functions.containsKey(name)) {
            throw Fields.invalid(at + "name", "names no tool of this request");
        }
        return name;
    }
}
