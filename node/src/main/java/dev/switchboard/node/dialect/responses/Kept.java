package dev.switchboard.node.dialect.responses;

import akka.util.ByteString;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.switchboard.node.chat.Json;
import org.jspecify.annotations.Nullable;

/**
 * What is remembered of a response.
 *
 * @param response the response object as its caller got it
 * @param messages the conversation up to and with its answer, as chat messages, without instructions
 */
public record Kept(ObjectNode response, ArrayNode messages) {
    /** Its bytes. */
    public ByteString bytes() {
        ObjectNode root = Json.object();
        root.set("response", response);
        root.set("messages", messages);
        return Json.bytes(root);
    }

    /** Reads {@link #bytes()}; null where they are anything else. */
    public static @Nullable Kept read(ByteString bytes) {
        return Json.parseOrNull(bytes) instanceof ObjectNode root
                        && root.path("response") instanceof ObjectNode response
                        && root.path("messages") instanceof ArrayNode messages
                ? new Kept(response, messages)
                : null;
    }
}
