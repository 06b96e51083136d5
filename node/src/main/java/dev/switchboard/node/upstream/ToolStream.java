package dev.switchboard.node.upstream;

import akka.util.ByteString;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.switchboard.node.chat.Json;
import dev.switchboard.node.relay.ChunkEdit;
import dev.switchboard.node.relay.ChunkFacts;
import dev.switchboard.node.relay.RelayEvent;
import dev.switchboard.node.relay.sse.SseEvent;
import dev.switchboard.protocol.domain.Failure;
import dev.switchboard.protocol.domain.FailureKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Watches the stream of a request that offers tools: calls written as text become tool calls, and arguments that are no JSON at
 * the end are completed where closing brackets are all that is missing, else the answer fails. Chunks that hold neither pass
 * as they came. Answers of several choices are left alone.
 */
final class ToolStream implements Adapter.Translator {
    private static final int MOST_HELD = 1 << 20;
    private static final long MOST_ARGUMENTS = 8 << 20;
    private static final int MOST_CALLS = 1024;

    private final Adapter.Translator inner;
    private final JsonNode tools;
    private final Map<Integer, StringBuilder> arguments = new TreeMap<>();
    private final StringBuilder held = new StringBuilder();
    private @Nullable JsonNode sample;
    private long argumentChars;
    private boolean holding;
    private boolean textOnly;

    private ToolStream(Adapter.Translator inner, JsonNode tools) {
        this.inner = inner;
        this.tools = tools;
    }

    /** The translator itself where the request offers no tools, or wants several answers. */
    static Adapter.Translator around(Adapter.Translator inner, ChatCall call) {
        JsonNode root = call.request().root();
        boolean watch = !root.path("tools").isEmpty() && root.path("n").asInt(1) == 1;
        return watch ? new ToolStream(inner, root.path("tools")) : inner;
    }

    @Override
    public List<RelayEvent> translate(SseEvent event) {
        List<RelayEvent> out = new ArrayList<>();
        for (RelayEvent one : inner.translate(event)) {
            if (one instanceof RelayEvent.Chunk chunk) {
                chunk(chunk, out);
            } else {
                if (one == RelayEvent.Done.DONE) {
                    settle(out);
                }
                out.add(one);
            }
        }
        return out;
    }

    private void chunk(RelayEvent.Chunk chunk, List<RelayEvent> out) {
        ChunkFacts facts = chunk.facts();
        boolean marked = holding || held.length() > 0 || (facts.textChars() > 0 && mayHoldMark(chunk.json()));
        boolean watched = facts.toolCall() || facts.finish() || (marked && !textOnly);
        if (!watched || !(Json.parseOrNull(chunk.json()) instanceof ObjectNode root)) {
            out.add(chunk);
            return;
        }
        sample = root;
        JsonNode choice = root.path("choices").path(0);
        collect(choice.path("delta").path("tool_calls"));
        RelayEvent leaving = chunk;
        if (marked && !textOnly && facts.textChars() > 0 && choice.path("delta") instanceof ObjectNode delta) {
            leaving = text(root, delta, facts);
        }
        if (!facts.finish()) {
            out.add(leaving);
            return;
        }
        List<RelayEvent> last = new ArrayList<>();
        boolean called = settle(last);
        if (leaving == chunk && last.isEmpty()) {
            out.add(chunk);
            return;
        }
        finish(root, facts, called, last, out);
    }

    /** A last chunk that also says something is taken apart: what it says, what is settled, the finish. */
    private static void finish(
            ObjectNode root, ChunkFacts facts, boolean called, List<RelayEvent> settled, List<RelayEvent> out) {
        ObjectNode first = root.deepCopy();
        first.remove("usage");
        if (first.path("choices").path(0) instanceof ObjectNode choice) {
            choice.putNull("finish_reason");
        }
        out.add(new RelayEvent.Chunk(Json.bytes(first), facts.withoutFinish()));
        out.addAll(settled);
        if (root.path("choices").path(0) instanceof ObjectNode choice) {
            choice.putObject("delta");
            if (called) {
                choice.put("finish_reason", "tool_calls");
            }
        }
        out.add(ChunkEdit.chunk(root));
    }

    /** A byte that opens a mark, plain or escaped as some encoders do. */
    private static boolean mayHoldMark(ByteString json) {
        byte[] bytes = json.toArrayUnsafe();
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == '<' || (bytes[i] == '\\' && i + 1 < bytes.length && bytes[i + 1] == 'u')) {
                return true;
            }
        }
        return false;
    }

    private void collect(JsonNode pieces) {
        for (JsonNode piece : pieces) {
            int index = piece.path("index").asInt(0);
            StringBuilder all = arguments.get(index);
            if (all == null && arguments.size() < MOST_CALLS) {
                all = new StringBuilder();
                arguments.put(index, all);
            }
            if (all != null && argumentChars < MOST_ARGUMENTS) {
                String more = piece.path("function").path("arguments").asText("");
                all.append(more);
                argumentChars += more.length();
            }
        }
    }

    /** Keeps back what is, or may become, a call; the facts stay those of the original, for upstream did say something. */
    private RelayEvent text(ObjectNode root, ObjectNode delta, ChunkFacts facts) {
        held.append(delta.path("content").asText(""));
        String said = "";
        if (!holding) {
            String all = held.toString();
            int mark = ToolText.start(all);
            holding = mark >= 0;
            int free = holding ? mark : all.length() - ToolText.overlap(all);
            said = all.substring(0, free);
            held.delete(0, free);
        }
        if (held.length() > MOST_HELD) {
            said = held.toString();
            held.setLength(0);
            holding = false;
            textOnly = true;
        }
        delta.put("content", said);
        return new RelayEvent.Chunk(Json.bytes(root), facts);
    }

    /** The end: says what is held, as calls or as the text it is, and completes arguments. True where calls were made of text. */
    private boolean settle(List<RelayEvent> out) {
        String text = held.toString();
        held.setLength(0);
        boolean called = false;
        if (!text.isEmpty()) {
            ArrayNode calls = holding && arguments.isEmpty() ? ToolText.parse(text, tools) : null;
            ObjectNode delta = Json.object();
            if (calls != null) {
                called = true;
                for (int i = 0; i < calls.size(); i++) {
                    ((ObjectNode) calls.get(i)).put("index", i);
                }
                delta.set("tool_calls", calls);
            } else {
                delta.put("content", text);
            }
            out.add(uncounted(delta));
        }
        holding = false;
        for (Map.Entry<Integer, StringBuilder> entry : arguments.entrySet()) {
            complete(entry.getKey(), entry.getValue().toString(), out);
        }
        arguments.clear();
        return called;
    }

    private void complete(int index, String all, List<RelayEvent> out) {
        String said = all.strip();
        String mended = JsonRepair.object(said);
        if (mended == null || !mended.startsWith(said)) {
            if (Json.parseOrNull(said) == null) {
                out.add(new RelayEvent.Failed(
                        Failure.of(FailureKind.MALFORMED, "The provider's tool arguments are not JSON.")));
            }
            return;
        }
        String missing = mended.substring(said.length());
        if (!missing.isEmpty()) {
            ObjectNode delta = Json.object();
            ObjectNode piece = delta.putArray("tool_calls").addObject().put("index", index);
            piece.putObject("function").put("arguments", missing);
            out.add(uncounted(delta));
        }
    }

    private RelayEvent uncounted(ObjectNode delta) {
        ObjectNode root = Json.object();
        JsonNode like = sample == null ? root : sample;
        for (String name : List.of("id", "created", "model")) {
            if (like.has(name)) {
                root.set(name, like.path(name));
            }
        }
        root.put("object", "chat.completion.chunk");
        ObjectNode choice = root.putArray("choices").addObject().put("index", 0);
        choice.set("delta", delta);
        choice.putNull("finish_reason");
        return ChunkEdit.chunk(root) instanceof RelayEvent.Chunk chunk
                ? new RelayEvent.Chunk(chunk.json(), chunk.facts().uncounted())
                : RelayEvent.Skipped.SKIPPED;
    }
}
