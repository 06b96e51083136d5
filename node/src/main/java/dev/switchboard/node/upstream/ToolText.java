package dev.switchboard.node.upstream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.switchboard.node.chat.Json;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Tool calls that a model wrote as text in its own template: Hermes and Qwen tags, {@code <function=…>}, Kimi's and DeepSeek's
 * tokens, bare JSON. Only calls of tools that the request offers, with arguments that are an object, count.
 */
final class ToolText {
    private static final String HERMES = "<tool_call>";
    private static final String FUNCTION = "<function=";
    private static final String KIMI = "<|tool_calls_section_begin|>";
    private static final String DEEPSEEK = "<｜tool▁calls▁begin｜>";
    private static final int MOST_PARTS = 256;
    private static final List<String> MARKERS = List.of(HERMES, FUNCTION, KIMI, DEEPSEEK);

    private final JsonNode tools;
    private final ArrayNode calls = Json.object().putArray("tool_calls");

    private ToolText(JsonNode tools) {
        this.tools = tools;
    }

    /** Where the first marker begins, -1 where there is none. */
    static int start(String text) {
        int first = -1;
        for (String marker : MARKERS) {
            int at = text.indexOf(marker);
            first = at >= 0 && (first < 0 || at < first) ? at : first;
        }
        return first;
    }

    /** How many of the last characters may be the beginning of a marker. */
    static int overlap(String text) {
        int longest = 0;
        for (String marker : MARKERS) {
            for (int length = Math.min(marker.length() - 1, text.length()); length > longest; length--) {
                if (marker.startsWith(text.substring(text.length() - length))) {
                    longest = length;
                    break;
                }
            }
        }
        return longest;
    }

    /** The calls in the text as OpenAI tool calls; null where any part of it is not a call that can be made. */
    static @Nullable ArrayNode parse(String text, JsonNode tools) {
        ToolText parser = new ToolText(tools);
        boolean understood = parser.read(text.strip());
        return understood && !parser.calls.isEmpty() ? parser.calls : null;
    }

    private boolean read(String text) {
        if (text.contains("<|tool_call_begin|>")) {
            return each(text, "<|tool_call_begin|>", "<|tool_call_end|>", this::kimi);
        }
        if (text.contains("<｜tool▁call▁begin｜>")) {
            return each(text, "<｜tool▁call▁begin｜>", "<｜tool▁call▁end｜>", this::deepSeek);
        }
        if (text.contains(HERMES)) {
            return each(text, HERMES, "</tool_call>", this::hermes);
        }
        if (text.contains("<function")) {
            return each(text, "<function", "</function>", this::function);
        }
        return json(JsonRepair.unfenced(text));
    }

    private interface Reader {
        boolean read(String inner);
    }

    /** Reads every stretch between the two marks; the last may lack its end. More than a model would write are none. */
    private static boolean each(String text, String begin, String end, Reader reader) {
        int at = text.indexOf(begin);
        for (int part = 0; at >= 0; part++) {
            if (part == MOST_PARTS) {
                return false;
            }
            int from = at + begin.length();
            int to = text.indexOf(end, from);
            int next = text.indexOf(begin, from);
            int until = to >= 0 ? to : next >= 0 ? next : text.length();
            if (!reader.read(text.substring(from, until).strip())) {
                return false;
            }
            at = text.indexOf(begin, until);
        }
        return true;
    }

    /** {@code functions.name:0<|tool_call_argument_begin|>{…}}. */
    private boolean kimi(String inner) {
        String mark = "<|tool_call_argument_begin|>";
        int split = inner.indexOf(mark);
        if (split < 0) {
            return false;
        }
        String name = inner.substring(0, split).strip();
        int number = name.lastIndexOf(':');
        name = number > 0 ? name.substring(0, number) : name;
        name = name.startsWith("functions.") ? name.substring("functions.".length()) : name;
        return add(name, inner.substring(split + mark.length()));
    }

    /** {@code function<sep>name} and fenced JSON on the next lines, or {@code name<sep>{…}}. */
    private boolean deepSeek(String inner) {
        String mark = "<｜tool▁sep｜>";
        String rest = inner.startsWith("function" + mark) ? inner.substring(8 + mark.length()) : inner;
        int sep = rest.indexOf(mark);
        int split = sep >= 0 ? sep : rest.indexOf('\n');
        return split > 0
                && add(rest.substring(0, split).strip(), rest.substring(split + (sep >= 0 ? mark.length() : 1)));
    }

    private boolean hermes(String inner) {
        int function = inner.indexOf(FUNCTION);
        if (function >= 0) {
            return each(inner, "<function", "</function>", this::function);
        }
        return json(inner);
    }

    /** {@code =name>{…}}, {@code =name{…}}, {@code (name){…}}, or {@code =name>} and parameters as tags. */
    private boolean function(String inner) {
        int end = 1;
        while (end < inner.length() && ">)({ \n".indexOf(inner.charAt(end)) < 0) {
            end++;
        }
        if (inner.isEmpty()) {
            return false;
        }
        String name = inner.substring(1, end);
        String rest = inner.substring(end).strip();
        rest = rest.startsWith(">") || rest.startsWith(")") ? rest.substring(1).strip() : rest;
        return rest.startsWith("<parameter=") ? parameters(name, rest) : add(name, rest);
    }

    private boolean parameters(String name, String text) {
        ObjectNode arguments = Json.object();
        JsonNode known = schema(name).path("properties");
        boolean read = each(text, "<parameter=", "</parameter>", inner -> {
            int end = inner.indexOf('>');
            if (end <= 0) {
                return false;
            }
            String key = inner.substring(0, end).strip();
            String value = inner.substring(end + 1).strip();
            JsonNode json = known.path(key).path("type").asText().equals("string") ? null : Json.parseOrNull(value);
            if (json == null) {
                arguments.put(key, value);
            } else {
                arguments.set(key, json);
            }
            return true;
        });
        return read && add(name, arguments.toString());
    }

    private boolean json(String text) {
        String mended = text.startsWith("[") ? text : JsonRepair.object(text);
        JsonNode node = mended == null ? null : Json.parseOrNull(mended);
        if (node == null || (node.isArray() && node.isEmpty())) {
            return false;
        }
        for (JsonNode call :
                node.isArray() ? node : Json.object().putArray("one").add(node)) {
            JsonNode arguments = call.has("arguments") ? call.path("arguments") : call.path("parameters");
            if (!add(
                    call.path("name").asText(""),
                    arguments.isTextual() ? arguments.textValue() : arguments.toString())) {
                return false;
            }
        }
        return true;
    }

    private JsonNode schema(String name) {
        for (JsonNode tool : tools) {
            if (tool.path("function").path("name").asText("").equals(name)) {
                return tool.path("function").path("parameters");
            }
        }
        return tools.path(-1);
    }

    private boolean add(String name, String arguments) {
        String object = JsonRepair.object(arguments);
        boolean offered = false;
        for (JsonNode tool : tools) {
            offered |= tool.path("function").path("name").asText("").equals(name);
        }
        if (!offered || object == null) {
            return false;
        }
        ObjectNode call = calls.addObject();
        call.put("id", "call_" + UUID.randomUUID().toString().replace("-", ""));
        call.put("type", "function");
        call.putObject("function").put("name", name).put("arguments", object);
        return true;
    }
}
