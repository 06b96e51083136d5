package dev.switchboard.node.upstream;

import akka.util.ByteString;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.switchboard.node.chat.Json;
import dev.switchboard.node.chat.OpaqueReasoning;
import dev.switchboard.node.relay.ChunkEdit;
import dev.switchboard.node.relay.ChunkFacts;
import dev.switchboard.node.relay.RelayEvent;
import dev.switchboard.node.relay.sse.SseEvent;
import dev.switchboard.protocol.domain.Failure;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A streamed answer that is OpenAI-shaped already: every event is checked, and passed on as it came wherever clients can read it. */
final class OpenAiStream implements Adapter.Translator {
    private static final int MOST_CHOICES = 128;
    private static final ByteString DONE = ByteString.fromString("[DONE]");

    private final @Nullable String secret;
    private final String origin;
    private final Map<Integer, ToolPieces> calls = new HashMap<>();
    private boolean marked;
    private boolean spoke;
    private boolean called;

    OpenAiStream(ChatCall call) {
        this.secret = call.secret();
        this.origin = call.model().ref().toString();
    }

    @Override
    public List<RelayEvent> translate(SseEvent event) {
        ByteString data = event.data();
        if (data.length() <= DONE.length() + 2 && data.utf8String().strip().equals("[DONE]")) {
            return List.of(RelayEvent.Done.DONE);
        }
        ChunkFacts facts = ChunkFacts.read(data);
        if (facts == null) {
            return List.of(RelayEvent.Skipped.SKIPPED);
        }
        boolean named = event.type().equals("error") && !facts.shaped();
        if (facts.error() || named) {
            Failure failure = FailureClassifier.event(Json.parseOrNull(data), secret);
            return List.of(failure == null ? RelayEvent.Skipped.SKIPPED : new RelayEvent.Failed(failure));
        }
        if (!facts.shaped() && facts.usage() == null) {
            return List.of(RelayEvent.Skipped.SKIPPED);
        }
        return facts.several() ? parted(data) : List.of(passed(data, facts));
    }

    /** A chunk of several choices as a chunk for each: what follows judges one choice at a time. */
    private List<RelayEvent> parted(ByteString data) {
        if (!(Json.parseOrNull(data) instanceof ObjectNode root)) {
            return List.of(RelayEvent.Skipped.SKIPPED);
        }
        JsonNode usage = root.remove("usage");
        Iterator<JsonNode> choices = root.path("choices").iterator();
        List<RelayEvent> parts = new ArrayList<>();
        while (choices.hasNext()) {
            root.putArray("choices").add(choices.next());
            if (!choices.hasNext() && usage != null) {
                root.set("usage", usage);
            }
            ByteString part = Json.bytes(root);
            ChunkFacts facts = ChunkFacts.read(part);
            parts.add(facts == null ? RelayEvent.Skipped.SKIPPED : passed(part, facts));
        }
        return parts;
    }

    private RelayEvent passed(ByteString data, ChunkFacts facts) {
        if (facts.message()) {
            return reshaped(data);
        }
        spoke |= facts.content();
        called |= facts.toolCall();
        boolean odd = (facts.opaque() && !marked) || (facts.toolCall() && (facts.callHead() || renumbers()));
        if (odd && Json.parseOrNull(data) instanceof ObjectNode root && settle(root)) {
            return ChunkEdit.chunk(root);
        }
        return facts.listContent() ? ChunkEdit.joined(data) : new RelayEvent.Chunk(data, facts);
    }

    /** The chunk with its messages as deltas. */
    private RelayEvent reshaped(ByteString data) {
        if (!(Json.parseOrNull(data) instanceof ObjectNode root)) {
            return RelayEvent.Skipped.SKIPPED;
        }
        root.put("object", "chat.completion.chunk");
        for (JsonNode choice : root.path("choices")) {
            if (choice instanceof ObjectNode item && !item.path("delta").isObject()) {
                JsonNode message = item.remove("message");
                item.set("delta", message instanceof ObjectNode said ? news(said) : Json.object());
            }
        }
        settle(root);
        return ChunkEdit.chunk(root);
    }

    /** What a message adds to the deltas before it: one that ends a stream of deltas says again what they said. */
    private ObjectNode news(ObjectNode message) {
        if (!spoke) {
            return message;
        }
        ObjectNode news = Json.object();
        if (!called && message.has("tool_calls")) {
            news.set("tool_calls", message.path("tool_calls"));
        }
        return news;
    }

    private boolean renumbers() {
        return calls.values().stream().anyMatch(ToolPieces::renumbers);
    }

    /** Puts tool calls right, and prepares what only the provider reads for its way back; true where the chunk changed. */
    private boolean settle(ObjectNode root) {
        boolean changed = false;
        for (JsonNode choice : root.path("choices")) {
            int index = choice.path("index").asInt(0);
            if (choice.path("delta") instanceof ObjectNode delta
                    && (calls.containsKey(index) || calls.size() < MOST_CHOICES)) {
                if (!marked && OpaqueReasoning.mark(delta, origin)) {
                    marked = true;
                    changed = true;
                }
                changed |= calls.computeIfAbsent(index, unknown -> new ToolPieces())
                        .settle(delta.path("tool_calls"));
                ChunkEdit.joinContent(delta);
            }
        }
        return changed;
    }
}
