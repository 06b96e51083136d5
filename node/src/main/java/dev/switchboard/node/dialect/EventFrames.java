package dev.switchboard.node.dialect;

import akka.util.ByteString;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.switchboard.node.chat.Json;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Server-sent events with a name, gathered until they are taken. */
public final class EventFrames {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    /** Adds one event whose name is its {@code type}. */
    public void add(ObjectNode event) {
        text("event: ");
        text(event.path("type").asText());
        text("\ndata: ");
        out.writeBytes(Json.array(event));
        text("\n\n");
    }

    private void text(String text) {
        out.writeBytes(text.getBytes(StandardCharsets.UTF_8));
    }

    /** What was added since it was last asked. */
    public ByteString take() {
        ByteString taken = ByteString.fromArrayUnsafe(out.toByteArray());
        out.reset();
        return taken;
    }
}
