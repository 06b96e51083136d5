package dev.switchboard.node.simulator;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.UncheckedIOException;

/** JSON helpers shared by the wire formats. */
final class Json {
    static final ObjectMapper MAPPER = new ObjectMapper();

    private Json() {}

    /** Appends a JSON string, quotes included. */
    static StringBuilder quote(StringBuilder to, String text) {
        to.append('"');
        JsonStringEncoder.getInstance().quoteAsString(text, to);
        return to.append('"');
    }

    static String quote(String text) {
        return quote(new StringBuilder(text.length() + 16), text).toString();
    }

    static String write(JsonNode node) {
        try {
            return MAPPER.writeValueAsString(node);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
