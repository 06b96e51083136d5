package dev.switchboard.node.upstream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.switchboard.node.chat.Json;
import dev.switchboard.node.chat.OpaqueReasoning;
import dev.switchboard.node.relay.ChunkEdit;
import dev.switchboard.node.relay.RelayEvent;
import dev.switchboard.node.relay.sse.SseEvent;
import dev.switchboard.protocol.domain.Failure;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One answer of Google's, whole or in pieces, as OpenAI's; counts what has been said so far. */
final class GoogleAnswer {
    private static final Map<String, String> FINISH = Map.of(
            "MAX_TOKENS", "length",
            "SAFETY", "content_filter",
            "RECITATION", "content_filter",
            "BLOCKLIST", "content_filter",
            "PROHIBITED_CONTENT", "content_filter",
            "SPII", "content_filter",
            "IMAGE_SAFETY", "content_filter");

    private static final int MOST_CANDIDATES = 128;

    private final ChatCall call;
    private final long created = System.currentTimeMillis() / 1000;
    private final Map<Integer, Integer> toolCalls = new HashMap<>();
    private String id = "chatcmpl-" + UUID.randomUUID();

    GoogleAnswer(ChatCall call) {
        this.call = call;
    }

    /** Whether the body has the shape of an answer at all. */
    static boolean isOne(JsonNode body) {
        return body.path("candidates").isArray()
                || body.path("promptFeedback").isObject()
                || body.path("usageMetadata").isObject();
    }

    /** The whole answer. */
    ObjectNode whole(JsonNode body) {
        ObjectNode root = envelope(body, "chat.completion");
        ArrayNode choices = root.putArray("choices");
        for (JsonNode candidate : body.path("candidates")) {
            ObjectNode message = Json.object().put("role", "assistant");
            message.putNull("content");
            int index = index(candidate);
            say(candidate, index, message, false);
            ObjectNode choice = choices.addObject().put("index", index);
            choice.set("message", message);
            choice.put("finish_reason", finish(candidate, index, "stop"));
        }
        if (body.path("usageMetadata").isObject()) {
            root.set("usage", usage(body.path("usageMetadata")));
        }
        return root;
    }

    /** What one streamed event becomes. */
    List<RelayEvent> chunks(SseEvent event) {
        JsonNode body = Json.parseOrNull(event.data());
        if (body == null) {
            return List.of(
                    event.data().utf8String().strip().equals("[DONE]")
                            ? RelayEvent.Done.DONE
                            : RelayEvent.Skipped.SKIPPED);
        }
        Failure failure = FailureClassifier.wrapped(body, call.secret());
        if (failure != null) {
            return List.of(new RelayEvent.Failed(failure));
        }
        if (!isOne(body)) {
            return List.of(RelayEvent.Skipped.SKIPPED);
        }
        List<RelayEvent> out = new ArrayList<>();
        boolean finished = false;
        for (JsonNode candidate : body.path("candidates")) {
            int index = index(candidate);
            ObjectNode delta = Json.object();
            if (!toolCalls.containsKey(index)) {
                toolCalls.put(index, 0);
                delta.put("role", "assistant");
            }
            say(candidate, index, delta, true);
            String finish = finish(candidate, index, null);
            finished |= finish != null;
            ObjectNode root = envelope(body, "chat.completion.chunk");
            ObjectNode choice = root.putArray("choices").addObject().put("index", index);
            choice.set("delta", delta);
            choice.put("finish_reason", finish);
            out.add(ChunkEdit.chunk(root));
        }
        if (finished && body.path("usageMetadata").isObject()) {
            ObjectNode root = envelope(body, "chat.completion.chunk");
            root.putArray("choices");
            root.set("usage", usage(body.path("usageMetadata")));
            out.add(ChunkEdit.chunk(root));
        }
        return out;
    }

    /** An index that no request can ask for is the first. */
    private static int index(JsonNode candidate) {
        int index = candidate.path("index").asInt(0);
        return index > 0 && index < MOST_CANDIDATES ? index : 0;
    }

    private ObjectNode envelope(JsonNode body, String object) {
        id = body.path("responseId").asText(id);
        return Json.object()
                .put("id", id)
                .put("object", object)
                .put("created", created)
                .put("model", call.model().ref().id());
    }

    private void say(JsonNode candidate, int index, ObjectNode message, boolean piece) {
        StringBuilder text = new StringBuilder();
        StringBuilder thoughts = new StringBuilder();
        ArrayNode calls = Json.object().putArray("tool_calls");
        ArrayNode images = Json.object().putArray("images");
        JsonNode signature = null;
        for (JsonNode part : candidate.path("content").path("parts")) {
            if (part.path("text").isTextual()) {
                (part.path("thought").asBoolean(false) ? thoughts : text)
                        .append(part.path("text").textValue());
                signature = part.path("thoughtSignature").isTextual() ? part.path("thoughtSignature") : signature;
            } else if (part.path("functionCall").isObject()) {
                toolCall(part, index, calls.addObject(), piece);
            } else if (part.path("inlineData").isObject()) {
                image(part.path("inlineData"), images.addObject());
            }
        }
        if (text.length() > 0) {
            message.put("content", text.toString());
        }
        if (thoughts.length() > 0) {
            message.put("reasoning_content", thoughts.toString());
        }
        if (signature != null) {
            message.putObject(OpaqueReasoning.EXTRA).putObject("google").set("thought_signature", signature);
        }
        if (!calls.isEmpty()) {
            message.set("tool_calls", calls);
        }
        if (!images.isEmpty()) {
            message.set("images", images);
        }
    }

    private void toolCall(JsonNode part, int index, ObjectNode out, boolean piece) {
        int number = toolCalls.merge(index, 1, Integer::sum) - 1;
        JsonNode function = part.path("functionCall");
        if (piece) {
            out.put("index", number);
        }
        String given = function.path("id").asText("");
        String id = given.isEmpty() ? "call_" + UUID.randomUUID().toString().replace("-", "") : given;
        JsonNode signature = part.path("thoughtSignature");
        out.put("id", signature.isTextual() ? CallSignature.sign(id, signature.textValue()) : id);
        out.put("type", "function");
        out.putObject("function")
                .put("name", function.path("name").asText(""))
                .put(
                        "arguments",
                        function.path("args").isObject() ? function.path("args").toString() : "{}");
        if (signature.isTextual()) {
            out.putObject(OpaqueReasoning.EXTRA).putObject("google").set("thought_signature", signature);
        }
    }

    private static void image(JsonNode data, ObjectNode out) {
        String url = "data:" + data.path("mimeType").asText("image/png") + ";base64,"
                + data.path("data").asText("");
        out.put("type", "image_url").putObject("image_url").put("url", url);
    }

    private @Nullable String finish(JsonNode candidate, int index, @Nullable String otherwise) {
        String reason = candidate.path("finishReason").asText("");
        if (reason.isEmpty() || reason.equals("FINISH_REASON_UNSPECIFIED")) {
            return otherwise;
        }
        String known = FINISH.get(reason);
        if (known != null) {
            return known;
        }
        return toolCalls.getOrDefault(index, 0) > 0 ? "tool_calls" : "stop";
    }

    private static ObjectNode usage(JsonNode metadata) {
        long input = count(metadata, "promptTokenCount") + count(metadata, "toolUsePromptTokenCount");
        long thoughts = count(metadata, "thoughtsTokenCount");
        long output = count(metadata, "candidatesTokenCount") + thoughts;
        ObjectNode usage = Json.object()
                .put("prompt_tokens", input)
                .put("completion_tokens", output)
                .put("total_tokens", input + output);
        if (metadata.path("cachedContentTokenCount").isNumber()) {
            usage.putObject("prompt_tokens_details").put("cached_tokens", count(metadata, "cachedContentTokenCount"));
        }
        if (thoughts > 0) {
            usage.putObject("completion_tokens_details").put("reasoning_tokens", thoughts);
        }
        return usage;
    }

    private static long count(JsonNode metadata, String name) {
        return Math.min(Integer.MAX_VALUE, Math.max(0, metadata.path(name).asLong(0)));
    }
}
