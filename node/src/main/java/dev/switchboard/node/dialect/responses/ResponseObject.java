package dev.switchboard.node.dialect.responses;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.switchboard.node.chat.Json;
import dev.switchboard.node.chat.OpaqueReasoning;
import dev.switchboard.node.dialect.Block;
import dev.switchboard.node.dialect.Blocks;
import dev.switchboard.node.dialect.Fields;
import dev.switchboard.node.dialect.Tokens;
import java.util.Set;

/** The response object and its items. */
final class ResponseObject {
    private final ObjectNode source;
    private final String seed;
    private final long createdAt;
    private final Set<String> customTools;

    /** {@code source} is the request, {@code createdAt} in seconds since 1970. */
    ResponseObject(ObjectNode source, String seed, long createdAt) {
        this.source = source;
        this.seed = seed;
        this.createdAt = createdAt;
        this.customTools = CustomTools.namesIn(source);
    }

    /** The object with a status and the output so far. */
    ObjectNode write(String status, Blocks blocks, ArrayNode output) {
        ObjectNode response = Json.object();
        response.put("id", ResponseIds.response(seed));
        response.put("object", "response");
        response.put("created_at", createdAt);
        response.put("status", status);
        response.put("background", false);
        response.putNull("error");
        response.putNull("incomplete_details");
        response.set("instructions", given("instructions", JsonNodeFactory.instance.nullNode()));
        response.set("max_output_tokens", given("max_output_tokens", JsonNodeFactory.instance.nullNode()));
        response.put("model", blocks.model().isEmpty() ? source.path("model").asText("auto") : blocks.model());
        response.set("output", output.deepCopy());
        response.set("parallel_tool_calls", given("parallel_tool_calls", JsonNodeFactory.instance.booleanNode(true)));
        response.put("previous_response_id", ResponsesRequest.previous(source));
        ObjectNode reasoning = response.putObject("reasoning");
        reasoning.set("effort", nullable(source.path("reasoning").path("effort")));
        reasoning.set("summary", nullable(source.path("reasoning").path("summary")));
        response.set("store", given("store", JsonNodeFactory.instance.booleanNode(true)));
        response.set("temperature", given("temperature", DoubleNode.valueOf(1)));
        ObjectNode text = source.path("text") instanceof ObjectNode asked ? asked.deepCopy() : Json.object();
        if (Fields.absent(text.path("format"))) {
            text.putObject("format").put("type", "text");
        }
        response.set("text", text);
        response.set("tool_choice", given("tool_choice", TextNode.valueOf("auto")));
        response.set("tools", given("tools", JsonNodeFactory.instance.arrayNode()));
        response.set("top_p", given("top_p", DoubleNode.valueOf(1)));
        response.put("truncation", "disabled");
        response.putNull("usage");
        response.set("user", given("user", JsonNodeFactory.instance.nullNode()));
        response.set("metadata", given("metadata", Json.object()));
        return response;
    }

    /** The object of an answer that is over. */
    ObjectNode ended(Blocks blocks, ArrayNode output) {
        String reason = incompleteReason(blocks);
        ObjectNode response = write(reason.isEmpty() ? "completed" : "incomplete", blocks, output);
        if (!reason.isEmpty()) {
            response.putObject("incomplete_details").put("reason", reason);
        }
        response.set("usage", usage(blocks.tokens()));
        return response;
    }

    /** The object of an answer that failed. */
    ObjectNode failed(Blocks blocks, ArrayNode output, String code, String message) {
        ObjectNode response = write("failed", blocks, output);
        response.putObject("error").put("code", code).put("message", message);
        return response;
    }

    private JsonNode given(String name, JsonNode otherwise) {
        JsonNode value = source.path(name);
        return Fields.absent(value) ? otherwise : value;
    }

    private static JsonNode nullable(JsonNode node) {
        return node.isMissingNode() ? JsonNodeFactory.instance.nullNode() : node;
    }

    private static String incompleteReason(Blocks blocks) {
        return switch (blocks.finishReason()) {
            case "length" -> "max_output_tokens";
            case "content_filter" -> "content_filter";
            default -> "";
        };
    }

    private static ObjectNode usage(Tokens tokens) {
        ObjectNode usage = Json.object();
        usage.put("input_tokens", tokens.input());
        usage.putObject("input_tokens_details")
                .put("cached_tokens", tokens.cached())
                .put("cache_write_tokens", 0);
        usage.put("output_tokens", tokens.output());
        usage.putObject("output_tokens_details").put("reasoning_tokens", tokens.reasoning());
        usage.put("total_tokens", tokens.input() + tokens.output());
        if (tokens.estimated()) {
            usage.put("estimated", true);
        }
        return usage;
    }

    /** Whether a call is one of a custom tool. */
    boolean isCustom(Block block) {
        return block instanceof Block.Call call && customTools.contains(call.name());
    }

    /** The status of an item: what a limit cut off is incomplete. */
    static String statusOf(Blocks blocks, boolean last) {
        return last && !incompleteReason(blocks).isEmpty() ? "incomplete" : "completed";
    }

    /** A block as the item at {@code index}; without its content where it only begins. */
    ObjectNode item(Block block, int index, String status, boolean begins) {
        ObjectNode item = Json.object();
        if (block instanceof Block.Thought thought) {
            item.put("id", ResponseIds.item("rs", seed, index)).put("type", "reasoning");
            item.put("status", status);
            ArrayNode summary = item.putArray("summary");
            if (!begins) {
                if (!thought.hidden()) {
                    summary.add(part(block));
                }
                item.put("encrypted_content", OpaqueReasoning.seal(thought.opaque(), thought.text()));
            }
        } else if (block instanceof Block.Call call && isCustom(call)) {
            item.put("id", ResponseIds.item("ctc", seed, index)).put("type", "custom_tool_call");
            item.put("status", status);
            item.put("call_id", call.id());
            item.put("name", call.name());
            item.put("input", begins ? "" : CustomTools.input(call.arguments()));
        } else if (block instanceof Block.Call call) {
            item.put("id", ResponseIds.item("fc", seed, index)).put("type", "function_call");
            item.put("status", status);
            item.put("call_id", call.id());
            item.put("name", call.name());
            item.put("arguments", !begins && call.arguments().isBlank() ? "{}" : call.arguments());
        } else {
            item.put("id", ResponseIds.item("msg", seed, index)).put("type", "message");
            item.put("status", status);
            item.put("role", "assistant");
            ArrayNode content = item.putArray("content");
            if (!begins) {
                content.add(part(block));
            }
        }
        return item;
    }

    /** The content or summary part of a block of text. */
    static ObjectNode part(Block block) {
        ObjectNode part = Json.object();
        if (block instanceof Block.Thought thought) {
            part.put("type", "summary_text").put("text", thought.text());
        } else if (block instanceof Block.Refusal refusal) {
            part.put("type", "refusal").put("refusal", refusal.text());
        } else if (block instanceof Block.Text text) {
            part.put("type", "output_text").put("text", text.text());
            part.putArray("annotations");
            part.putArray("logprobs");
        }
        return part;
    }
}
