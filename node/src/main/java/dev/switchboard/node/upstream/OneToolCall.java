package dev.switchboard.node.upstream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.switchboard.node.chat.ChatRequest;
import dev.switchboard.node.chat.Json;
import dev.switchboard.node.relay.RelayEvent;
import dev.switchboard.node.relay.sse.SseEvent;
import java.util.ArrayList;
import java.util.List;

/**
 * Holds answers to {@code parallel_tool_calls: false} whether or not their platform knows the field: of several tool calls the
 * first is told, and a model calls the next when it has the first's result.
 */
final class OneToolCall implements Adapter.Translator {
    private final Adapter.Translator inner;

    private OneToolCall(Adapter.Translator inner) {
        this.inner = inner;
    }

    /** The translator, with this around it where the call wants one tool call at a time. */
    static Adapter.Translator around(Adapter.Translator inner, ChatCall call) {
        return isWanted(call.request()) ? new OneToolCall(inner) : inner;
    }

    private static boolean isWanted(ChatRequest request) {
        JsonNode parallel = request.root().path("parallel_tool_calls");
        return parallel.isBoolean() && !parallel.booleanValue() && request.needsTools();
    }

    /** The whole answer with the first call of each choice. */
    static JsonAnswer.Complete of(ChatRequest request, JsonAnswer.Complete answer) {
        if (!isWanted(request) || !(Json.parseOrNull(answer.body()) instanceof ObjectNode root)) {
            return answer;
        }
        boolean changed = false;
        for (JsonNode choice : root.path("choices")) {
            if (choice.path("message").path("tool_calls") instanceof ArrayNode calls) {
                while (calls.size() > 1) {
                    calls.remove(calls.size() - 1);
                    changed = true;
                }
            }
        }
        return changed ? new JsonAnswer.Complete(Json.bytes(root), answer.usage()) : answer;
    }

    @Override
    public List<RelayEvent> translate(SseEvent event) {
        List<RelayEvent> out = new ArrayList<>();
        for (RelayEvent one : inner.translate(event)) {
            out.add(one instanceof RelayEvent.Chunk chunk && chunk.facts().toolCall() ? first(chunk) : one);
        }
        return out;
    }

    /** The chunk without pieces of later calls; its facts stay, for upstream did say something. */
    private static RelayEvent first(RelayEvent.Chunk chunk) {
        if (!(Json.parseOrNull(chunk.json()) instanceof ObjectNode root)) {
            return chunk;
        }
        boolean changed = false;
        for (JsonNode choice : root.path("choices")) {
            if (choice.path("delta") instanceof ObjectNode delta
                    && delta.path("tool_calls") instanceof ArrayNode pieces) {
                changed |= keepFirst(delta, pieces);
            }
        }
        return changed ? new RelayEvent.Chunk(Json.bytes(root), chunk.facts()) : chunk;
    }

    private static boolean keepFirst(ObjectNode delta, ArrayNode pieces) {
        int before = pieces.size();
        for (int i = before - 1; i >= 0; i--) {
            if (pieces.get(i).path("index").asInt(0) > 0) {
                pieces.remove(i);
            }
        }
        if (pieces.isEmpty()) {
            delta.remove("tool_calls");
        }
        return pieces.size() < before;
    }
}
