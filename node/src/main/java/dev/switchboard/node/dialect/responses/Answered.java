package dev.switchboard.node.dialect.responses;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.switchboard.node.chat.Json;
import dev.switchboard.node.chat.OpaqueReasoning;
import dev.switchboard.node.dialect.Block;
import java.util.List;

/** An answer as the chat message that the next turn's conversation holds, with what its provider wants to see again. */
final class Answered {
    private Answered() {}

    static ObjectNode message(List<Block> blocks) {
        StringBuilder text = new StringBuilder();
        ArrayNode calls = JsonNodeFactory.instance.arrayNode();
        ObjectNode message = Json.object().put("role", "assistant");
        for (Block block : blocks) {
            if (block instanceof Block.Thought thought) {
                String sealed = OpaqueReasoning.seal(thought.opaque(), thought.text());
                OpaqueReasoning.open(sealed, thought.text(), message);
            } else if (block instanceof Block.Text said) {
                text.append(said.text());
            } else if (block instanceof Block.Refusal refusal) {
                text.append(refusal.text());
            } else if (block instanceof Block.Call call) {
                ObjectNode node = calls.addObject().put("id", call.id()).put("type", "function");
                node.putObject("function")
                        .put("name", call.name())
                        .put("arguments", call.arguments().isBlank() ? "{}" : call.arguments());
                if (call.extra() != null) {
                    node.set("extra_content", call.extra());
                }
            }
        }
        if (calls.isEmpty()) {
            message.remove(OpaqueReasoning.THOUGHT);
        }
        if (text.length() > 0 || calls.isEmpty()) {
            message.put("content", text.toString());
        } else {
            message.putNull("content");
        }
        if (!calls.isEmpty()) {
            message.set("tool_calls", calls);
        }
        return message;
    }
}
