package dev.switchboard.node.upstream;

import akka.util.ByteString;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.switchboard.node.chat.Json;
import dev.switchboard.protocol.domain.Failure;
import dev.switchboard.protocol.domain.FailureKind;
import dev.switchboard.protocol.domain.Usage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Embeddings in OpenAI's format: {@code POST /embeddings}; vectors come in the encoding the caller asked for. */
final class OpenAiEmbeddings {
    private static final String BASE64 = "base64";

    private OpenAiEmbeddings() {}

    /** The request to {@code url}, with the key in the header {@code Authorization}. */
    static WireRequest request(ChatCall call, String url, @Nullable String token) throws Inexpressible {
        EntryRules.refuse(call);
        Map<String, @Nullable JsonNode> changes = new LinkedHashMap<>();
        changes.put("model", TextNode.valueOf(call.model().ref().id()));
        OpenAiBody.OURS.forEach(name -> changes.put(name, null));
        EntryRules.set(call, changes);
        return new WireRequest(url, WireRequest.bearer(token), call.request().with(changes));
    }

    /** Judges a body; never throws. */
    static JsonAnswer read(ChatCall call, ByteString body) {
        JsonNode parsed = Json.parseOrNull(body);
        Failure wrapped = FailureClassifier.wrapped(parsed, call.secret());
        if (wrapped != null) {
            return new JsonAnswer.Unusable(wrapped);
        }
        if (!(parsed instanceof ObjectNode root)
                || root.path("data").size() != call.request().inputs()) {
            return malformed("The provider's answer does not hold one vector for each input.");
        }
        boolean packed = call.request().root().path("encoding_format").asText().equals(BASE64);
        boolean changed = false;
        for (JsonNode item : root.path("data")) {
            JsonNode vector = item.path("embedding");
            if (!(item instanceof ObjectNode owner) || !(vector.isTextual() || isVector(vector))) {
                return malformed("The provider's answer holds something that is no vector.");
            }
            if (packed && vector.isArray()) {
                owner.put("embedding", pack(vector));
                changed = true;
            } else if (!packed && vector.isTextual()) {
                ArrayNode numbers = unpacked(vector.textValue());
                if (numbers == null) {
                    return malformed("The provider's answer holds something that is no vector.");
                }
                owner.set("embedding", numbers);
                changed = true;
            }
        }
        long tokens = Math.max(0, root.path("usage").path("prompt_tokens").asLong(0));
        Usage usage = new Usage(tokens > 0 ? tokens : call.request().promptTokens(), 0, tokens == 0);
        if (usage.estimated()) {
            root.putObject("usage")
                    .put("prompt_tokens", usage.inputTokens())
                    .put("total_tokens", usage.inputTokens())
                    .put("estimated", true);
            changed = true;
        }
        return new JsonAnswer.Complete(changed ? Json.bytes(root) : body, usage);
    }

    private static JsonAnswer malformed(String message) {
        return OpenAiAnswer.unusable(FailureKind.MALFORMED, message);
    }

    private static boolean isVector(JsonNode vector) {
        boolean numbers = vector.isArray() && !vector.isEmpty();
        for (JsonNode number : vector) {
            numbers &= number.isNumber();
        }
        return numbers;
    }

    private static String pack(JsonNode vector) {
        ByteBuffer buffer = ByteBuffer.allocate(vector.size() * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        vector.forEach(number -> buffer.putFloat(number.floatValue()));
        return Base64.getEncoder().encodeToString(buffer.array());
    }

    private static @Nullable ArrayNode unpacked(String text) {
        ByteBuffer buffer;
        try {
            buffer = ByteBuffer.wrap(Base64.getDecoder().decode(text)).order(ByteOrder.LITTLE_ENDIAN);
        } catch (IllegalArgumentException e) {
            return null;
        }
        ArrayNode numbers = Json.object().putArray("embedding");
        while (buffer.remaining() >= Float.BYTES) {
            numbers.add(buffer.getFloat());
        }
        return numbers.isEmpty() ? null : numbers;
    }
}
