package dev.switchboard.node.upstream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.switchboard.node.chat.Json;
import org.jspecify.annotations.Nullable;

/**
 * Mends tool arguments that are nearly JSON: code fences, raw line breaks in strings, commas before a closing bracket, missing
 * closing brackets, an object inside a string. Text that stops inside a string was cut off; completing it would invent what
 * the model did not say, so it is not mended.
 */
final class JsonRepair {
    private JsonRepair() {}

    /** The arguments as a JSON object's text, unchanged where they are one already; null where they cannot be. */
    static @Nullable String object(String text) {
        String trimmed = unfenced(text.strip());
        if (trimmed.isEmpty() || trimmed.equals("null")) {
            return "{}";
        }
        JsonNode node = Json.parseOrNull(trimmed);
        if (node instanceof ObjectNode) {
            return trimmed;
        }
        if (node != null) {
            return node.isTextual() && Json.parseOrNull(node.textValue()) instanceof ObjectNode
                    ? node.textValue()
                    : null;
        }
        String mended = mend(trimmed);
        return mended != null && Json.parseOrNull(mended) instanceof ObjectNode ? mended : null;
    }

    /** The text inside a code fence, where it is in one. */
    static String unfenced(String text) {
        if (!text.startsWith("```")) {
            return text;
        }
        int line = text.indexOf('\n');
        int end = text.lastIndexOf("```");
        return line > 0 && end > line ? text.substring(line + 1, end).strip() : text;
    }

    private static @Nullable String mend(String text) {
        StringBuilder out = new StringBuilder();
        StringBuilder open = new StringBuilder();
        boolean inString = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (inString) {
                if (c == '\\' && i + 1 < text.length()) {
                    out.append(c).append(text.charAt(++i));
                    continue;
                }
                inString = c != '"';
                out.append(Character.isISOControl(c) ? escaped(c) : String.valueOf(c));
                continue;
            }
            switch (c) {
                case '"' -> inString = true;
                case '{' -> open.append('}');
                case '[' -> open.append(']');
                case '}', ']' -> {
                    if (open.length() == 0 || open.charAt(open.length() - 1) != c) {
                        return null;
                    }
                    open.setLength(open.length() - 1);
                    dropComma(out);
                }
                default -> {
                    // Everything else is as it was.
                }
            }
            out.append(c);
        }
        if (inString) {
            return null;
        }
        dropComma(out);
        return out.append(open.reverse()).toString();
    }

    private static String escaped(char c) {
        return switch (c) {
            case '\n' -> "\\n";
            case '\r' -> "\\r";
            case '\t' -> "\\t";
            default -> String.format("\\u%04x", (int) c);
        };
    }

    private static void dropComma(StringBuilder out) {
        int end = out.length();
        while (end > 0 && Character.isWhitespace(out.charAt(end - 1))) {
            end--;
        }
        if (end > 0 && out.charAt(end - 1) == ',') {
            out.setLength(end - 1);
        }
    }
}
