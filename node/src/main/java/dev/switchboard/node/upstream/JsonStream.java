package dev.switchboard.node.upstream;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.switchboard.node.chat.Json;
import dev.switchboard.node.relay.ChunkEdit;
import dev.switchboard.node.relay.ChunkFacts;
import dev.switchboard.node.relay.RelayEvent;
import dev.switchboard.node.relay.sse.SseEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Takes the fence off a streamed answer that has to be JSON, and fails one that begins with talk while nothing has been said,
 * so that another model can be asked. What begins as JSON is passed on as it comes: its end cannot be judged any more.
 */
final class JsonStream implements Adapter.Translator {
    private static final String FENCE = "```";
    private static final int MOST_CHOICES = 128;

    private final Adapter.Translator inner;
    private final JsonFormat format;
    private final Map<Integer, Choice> choices = new HashMap<>();
    private boolean said;
    private boolean failed;

    private static final class Choice {
        private State state = State.START;
        private String held = "";
    }

    private enum State {
        START,
        FENCED,
        PLAIN
    }

    private JsonStream(Adapter.Translator inner, JsonFormat format) {
        this.inner = inner;
        this.format = format;
    }

    /** The translator, with this around it where the call asks for JSON. */
    static Adapter.Translator around(Adapter.Translator inner, ChatCall call) {
        JsonFormat format = JsonFormat.of(call.request());
        return format == null ? inner : new JsonStream(inner, format);
    }

    @Override
    public List<RelayEvent> translate(SseEvent event) {
        List<RelayEvent> out = new ArrayList<>();
        for (RelayEvent one : inner.translate(event)) {
            if (failed) {
                return out;
            }
            out.add(one instanceof RelayEvent.Chunk chunk ? pass(chunk) : one);
        }
        return out;
    }

    private RelayEvent pass(RelayEvent.Chunk chunk) {
        ChunkFacts facts = chunk.facts();
        Choice choice = facts.choice() < 0 ? null : choice(facts.choice());
        if (choice == null || choice.state == State.PLAIN) {
            return chunk;
        }
        if (facts.toolCall()) {
            choice.state = State.PLAIN;
        }
        boolean flush = facts.finish() && !choice.held.isEmpty();
        if (choice.state == State.PLAIN || (facts.textChars() == 0 && !flush)) {
            said |= facts.content();
            return chunk;
        }
        return edited(chunk, choice);
    }

    private @Nullable Choice choice(int index) {
        return choices.size() < MOST_CHOICES
                ? choices.computeIfAbsent(index, made -> new Choice())
                : choices.get(index);
    }

    private RelayEvent edited(RelayEvent.Chunk chunk, Choice choice) {
        if (!(Json.parseOrNull(chunk.json()) instanceof ObjectNode root)
                || !(root.path("choices").path(0) instanceof ObjectNode item)) {
            return chunk;
        }
        ObjectNode delta = item.path("delta") instanceof ObjectNode given ? given : item.putObject("delta");
        String content = delta.path("content").asText("");
        String text = feed(choice, content, chunk.facts().finish());
        if (text == null) {
            failed = true;
            return new RelayEvent.Failed(JsonFormat.failure());
        }
        said |= !text.isEmpty();
        if (text.equals(content)) {
            return chunk;
        }
        delta.put("content", text);
        return ChunkEdit.chunk(root);
    }

    /** What of the text may leave; null where the answer is talk and nothing has been said. */
    private @Nullable String feed(Choice choice, String more, boolean last) {
        String text = choice.held + more;
        choice.held = "";
        if (choice.state == State.FENCED) {
            return unfenced(choice, text, last);
        }
        String start = text.stripLeading();
        boolean fence = start.startsWith(FENCE);
        String body = fence ? afterInfo(start) : start;
        if (body.isEmpty() || (!fence && FENCE.startsWith(start))) {
            if (last) {
                return text;
            }
            choice.held = text;
            return "";
        }
        if (!format.mayBeginWith(body.charAt(0))) {
            choice.state = State.PLAIN;
            return said ? text : null;
        }
        choice.state = fence ? State.FENCED : State.PLAIN;
        return fence ? unfenced(choice, body, last) : text;
    }

    /** What follows the fence and the name of its language. */
    private static String afterInfo(String start) {
        int at = FENCE.length();
        while (at < start.length() && Character.isLetterOrDigit(start.charAt(at))) {
            at++;
        }
        return start.substring(at).stripLeading();
    }

    /** Holds back blanks and backticks at the end: they may be the closing fence. */
    private static String unfenced(Choice choice, String text, boolean last) {
        int end = text.length();
        while (end > 0 && (text.charAt(end - 1) == '`' || Character.isWhitespace(text.charAt(end - 1)))) {
            end--;
        }
        String tail = text.substring(end);
        if (last) {
            return tail.contains(FENCE) ? text.substring(0, end) : text;
        }
        choice.held = tail;
        return text.substring(0, end);
    }
}
