package dev.switchboard.node.dialect.responses;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.switchboard.node.chat.InvalidRequest;
import dev.switchboard.node.chat.Json;
import dev.switchboard.node.dialect.Fields;
import java.util.HashSet;
import java.util.Set;

/**
 * Custom tools, which the client runs and which take one free text: for models they are functions with that text as their only
 * argument.
 */
final class CustomTools {
    private static final String TYPE = "custom";
    private static final String INPUT = "input";

    private CustomTools() {}

    /** The names of the custom tools that a request offers. */
    static Set<String> namesIn(JsonNode source) {
        Set<String> names = new HashSet<>();
        for (JsonNode tool : source.path("tools")) {
            if (is(tool.path("type").asText())) {
                names.add(tool.path("name").asText());
            }
        }
        return names;
    }

    /** Whether a type is that of a custom tool. */
    static boolean is(String type) {
        return type.equals(TYPE);
    }

    /** The tool as a chat's function; a grammar becomes part of its description. */
    static ObjectNode function(JsonNode tool, String at) throws InvalidRequest {
        ObjectNode out = Json.object().put("type", "function");
        ObjectNode function = out.putObject("function").put("name", Fields.text(tool, "name", at + "."));
        String description = Fields.optionalText(tool, "description", at + ".");
        JsonNode format = Fields.optionalObject(tool, "format", at + ".");
        StringBuilder words = new StringBuilder(description == null ? "" : description);
        if (!Fields.absent(format)
                && Fields.text(format, "type", at + ".format.").equals("grammar")) {
            words.append(words.length() == 0 ? "" : "\n\n")
                    .append("The input has to follow this grammar (")
                    .append(format.path("syntax").asText("lark"))
                    .append("):\n")
                    .append(Fields.text(format, "definition", at + ".format."));
        }
        function.put("description", words.toString());
        ObjectNode parameters = function.putObject("parameters").put("type", "object");
        parameters.putObject("properties").putObject(INPUT).put("type", "string");
        parameters.putArray("required").add(INPUT);
        return out;
    }

    /** A text as the arguments of such a function. */
    static String arguments(String input) {
        return Json.object().put(INPUT, input).toString();
    }

    /** The text in arguments; arguments of another shape as they are. */
    static String input(String arguments) {
        JsonNode parsed = Json.parseOrNull(arguments);
        return parsed != null && parsed.path(INPUT).isTextual()
                ? parsed.path(INPUT).textValue()
                : arguments;
    }
}
