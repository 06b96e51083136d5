package dev.switchboard.node.upstream;

import akka.util.ByteString;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.switchboard.node.chat.Json;
import dev.switchboard.node.relay.ChunkEdit;
import dev.switchboard.node.relay.RelayEvent;
import dev.switchboard.node.relay.sse.SseEvent;
import java.util.ArrayList;
import java.util.List;

/** Moves a {@code <think>} block that opens an answer out of its text and into its reasoning. */
final class LeadingThought implements Adapter.Translator {
    private static final String OPEN = "<think>";
    private static final String CLOSE = "</think>";

    private final Adapter.Translator inner;
    private State state = State.START;
    private String pending = "";

    private enum State {
        START,
        INSIDE,
        AFTER
    }

    private record Split(String reasoning, String text) {}

    LeadingThought(Adapter.Translator inner) {
        this.inner = inner;
    }

    /** Whether a body may hold such a block. */
    static boolean mayBeIn(ByteString body) {
        return body.utf8String().contains(OPEN);
    }

    /** Splits the content of a whole message. */
    static void move(ObjectNode message) {
        String content = message.path("content").asText("");
        String start = content.stripLeading();
        int close = start.indexOf(CLOSE);
        if (start.startsWith(OPEN)
                && close >= 0
                && message.path("reasoning_content").asText("").isEmpty()) {
            message.put(
                    "reasoning_content", start.substring(OPEN.length(), close).strip());
            message.put("content", start.substring(close + CLOSE.length()).stripLeading());
        }
    }

    @Override
    public List<RelayEvent> translate(SseEvent event) {
        List<RelayEvent> out = new ArrayList<>();
        for (RelayEvent one : inner.translate(event)) {
            if (state != State.AFTER && one instanceof RelayEvent.Chunk chunk) {
                out.add(split(chunk));
            } else {
                out.add(one);
            }
        }
        return out;
    }

    private RelayEvent split(RelayEvent.Chunk chunk) {
        boolean flush = chunk.facts().finish() && !pending.isEmpty();
        if (chunk.facts().textChars() == 0 && !flush) {
            return chunk;
        }
        if (Json.parseOrNull(chunk.json()) instanceof ObjectNode root
                && root.path("choices").path(0) instanceof ObjectNode choice) {
            ObjectNode delta = choice.path("delta") instanceof ObjectNode given ? given : choice.putObject("delta");
            JsonNode content = delta.path("content");
            Split split = feed(content.asText(""), chunk.facts().finish());
            if (split.reasoning().isEmpty() && split.text().equals(content.asText(""))) {
                return chunk;
            }
            delta.put("content", split.text());
            if (!split.reasoning().isEmpty()) {
                delta.put("reasoning_content", split.reasoning());
            }
            return ChunkEdit.chunk(root);
        }
        return chunk;
    }

    private Split feed(String more, boolean last) {
        String text = pending + more;
        pending = "";
        if (state == State.START) {
            String start = text.stripLeading();
            if (start.startsWith(OPEN)) {
                state = State.INSIDE;
                text = start.substring(OPEN.length());
            } else if (OPEN.startsWith(start) && !last) {
                pending = text;
                return new Split("", "");
            } else {
                state = State.AFTER;
                return new Split("", text);
            }
        }
        int close = text.indexOf(CLOSE);
        if (close >= 0) {
            state = State.AFTER;
            return new Split(
                    text.substring(0, close),
                    text.substring(close + CLOSE.length()).stripLeading());
        }
        int kept = last ? 0 : overlap(text);
        pending = text.substring(text.length() - kept);
        return new Split(text.substring(0, text.length() - kept), "");
    }

    /** How many of the last characters may be the beginning of the closing tag. */
    private static int overlap(String text) {
        for (int length = Math.min(CLOSE.length() - 1, text.length()); length > 0; length--) {
            if (CLOSE.startsWith(text.substring(text.length() - length))) {
                return length;
            }
        }
        return 0;
    }
}
