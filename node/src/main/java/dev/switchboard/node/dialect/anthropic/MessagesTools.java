package dev.switchboard.node.dialect.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.switchboard.node.chat.InvalidRequest;
import dev.switchboard.node.dialect.Fields;
import java.util.HashSet;
import java.util.Set;

/** Tools and their choice: only tools that the client runs itself. */
final class MessagesTools {
    private MessagesTools() {}

    static void translate(ObjectNode source, ObjectNode chat) throws InvalidRequest {
        JsonNode tools = Fields.optionalList(source, "tools", "");
        Set<String> names = new HashSet<>();
        if (!tools.isEmpty()) {
            ArrayNode list = chat.putArray("tools");
            for (int i = 0; i < tools.size(); i++) {
                names.add(tool(tools.get(i), "tools[" + i + "]", list.addObject()));
            }
        }
        choice(Fields.optionalObject(source, "tool_choice", ""), names, chat);
    }

    private static String tool(JsonNode tool, String at, ObjectNode out) throws InvalidRequest {
        if (!tool.isObject()) {
            throw Fields.invalid(at, "must be an object");
        }
        String type = Fields.optionalText(tool, "type", at + ".");
        if (type != null && !type.equals("custom")) {
            throw Fields.unsupported(
                    at + ".type", "names the built-in tool '" + type + "'; only tools of the client are served here");
        }
        String name = Fields.text(tool, "name", at + ".");
        JsonNode schema = tool.path("input_schema");
        if (Fields.absent(schema)) {
            throw Fields.missing(at + ".input_schema");
        }
        if (!schema.isObject()) {
            throw Fields.invalid(at + ".input_schema", "must be a JSON schema");
        }
        ObjectNode function = out.put("type", "function").putObject("function").put("name", name);
        Fields.copy(tool, function, "description", "strict");
        function.set("parameters", schema);
        return name;
    }

    private static void choice(JsonNode choice, Set<String> names, ObjectNode chat) throws InvalidRequest {
        if (Fields.absent(choice)) {
            return;
        }
        String type = Fields.text(choice, "type", "tool_choice.");
        if (names.isEmpty() && !type.equals("none") && !type.equals("auto")) {
            throw Fields.invalid("tool_choice", "needs tools");
        }
        String word =
                switch (type) {
                    case "auto", "none" -> type;
                    case "any" -> "required";
                    case "tool" -> named(Fields.text(choice, "name", "tool_choice."), names, chat);
                    default -> throw Fields.invalid("tool_choice.type", "must be one of any, auto, none, tool");
                };
        if (names.isEmpty()) {
            return;
        }
        if (!word.isEmpty()) {
            chat.put("tool_choice", word);
        }
        if (Fields.flag(choice, "disable_parallel_tool_use", "tool_choice.")) {
            chat.put("parallel_tool_calls", false);
        }
    }

    private static String named(String name, Set<String> names, ObjectNode chat) throws InvalidRequest {
        if (!names.contains(name)) {
            throw Fields.invalid("tool_choice.name", "names no tool of this request");
        }
        ObjectNode function = JsonNodeFactory.instance.objectNode().put("name", name);
        chat.putObject("tool_choice").put("type", "function").set("function", function);
        return "";
    }
}
