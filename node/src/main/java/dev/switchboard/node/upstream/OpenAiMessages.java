package dev.switchboard.node.upstream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.switchboard.node.chat.Json;
import dev.switchboard.node.chat.OpaqueReasoning;
import dev.switchboard.protocol.directory.QuirkRule;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A conversation's messages for an OpenAI-shaped upstream: in the strict shape, and with what this model wants to see again of
 * its own reasoning, but not what another one said only to itself.
 */
final class OpenAiMessages {
    private static final String THOUGHT = "reasoning_content";

    private final boolean gemini;
    private final boolean readsThoughts;
    private final String origin;

    private OpenAiMessages(ChatCall call) {
        this.gemini = call.model().ref().id().toLowerCase(Locale.ROOT).contains("gemini");
        this.readsThoughts = readsThoughts(call);
        this.origin = call.model().ref().toString();
    }

    /**
     * The messages without developer role, with arguments as text, parts as objects, bare ids. Null where they are so
     * already.
     */
    static @Nullable JsonNode plain(ChatCall call) {
        JsonNode messages = call.request().messages();
        OpenAiMessages rules = new OpenAiMessages(call);
        for (JsonNode message : messages) {
            if (!rules.isPlain(message)) {
                ArrayNode copy = messages.deepCopy();
                copy.forEach(rules::makePlain);
                return copy;
            }
        }
        return null;
    }

    /** Whether a rule of the platform says that the model's answers have to keep their thoughts. */
    private static boolean readsThoughts(ChatCall call) {
        for (QuirkRule rule : call.platform().quirks().rules()) {
            if (rule.assistant().containsKey(THOUGHT)
                    && rule.isFor(call.model().ref().id())) {
                return true;
            }
        }
        return false;
    }

    private boolean isPlain(JsonNode message) {
        if (OpaqueReasoning.isMarked(message) || isSigned(message.path("tool_call_id"))) {
            return false;
        }
        if (!gemini && message.has(OpaqueReasoning.EXTRA)) {
            return false;
        }
        for (JsonNode call : message.path("tool_calls")) {
            boolean unread = !gemini && call.has(OpaqueReasoning.EXTRA);
            if (unread || !call.path("function").path("arguments").isTextual() || isSigned(call.path("id"))) {
                return false;
            }
        }
        for (JsonNode part : message.path("content")) {
            if (part.isTextual() || part.path("image_url").isTextual()) {
                return false;
            }
        }
        return !message.path("role").asText().equals("developer");
    }

    private static boolean isSigned(JsonNode id) {
        return !CallSignature.bare(id.asText("")).equals(id.asText(""));
    }

    private void makePlain(JsonNode node) {
        if (!(node instanceof ObjectNode message)) {
            return;
        }
        if (message.path("role").asText().equals("developer")) {
            message.put("role", "system");
        }
        reasoning(message);
        textArguments(message);
        for (JsonNode call : message.path("tool_calls")) {
            if (call instanceof ObjectNode signable) {
                signature(signable);
                bareId(signable, "id");
            }
        }
        bareId(message, "tool_call_id");
        if (message.path("content") instanceof ArrayNode parts) {
            objects(parts);
        }
    }

    private void reasoning(ObjectNode message) {
        if (readsThoughts && message.has(OpaqueReasoning.THOUGHT) && !message.hasNonNull(THOUGHT)) {
            message.set(THOUGHT, message.path(OpaqueReasoning.THOUGHT));
        }
        OpaqueReasoning.keepOwn(message, origin);
        if (!gemini) {
            message.remove(OpaqueReasoning.EXTRA);
        }
    }

    /** A conversation that Gemini began may go on anywhere; only Gemini, whoever serves it, reads its signatures. */
    private void signature(ObjectNode call) {
        if (!gemini) {
            call.remove(OpaqueReasoning.EXTRA);
            return;
        }
        String signature = CallSignature.of(call.path("id").asText(""));
        if (signature != null && !call.hasNonNull(OpaqueReasoning.EXTRA)) {
            call.putObject(OpaqueReasoning.EXTRA).putObject("google").put("thought_signature", signature);
        }
    }

    private static void objects(ArrayNode parts) {
        for (int i = 0; i < parts.size(); i++) {
            JsonNode part = parts.get(i);
            if (part.isTextual()) {
                parts.set(i, Json.object().put("type", "text").put("text", part.textValue()));
            } else if (part.path("image_url").isTextual() && part instanceof ObjectNode image) {
                ObjectNode url = JsonNodeFactory.instance.objectNode();
                url.set("url", image.path("image_url"));
                image.set("image_url", url);
            }
        }
    }

    private static void bareId(ObjectNode holder, String field) {
        if (isSigned(holder.path(field))) {
            holder.put(field, CallSignature.bare(holder.path(field).asText()));
        }
    }

    /** Writes tool arguments that are objects, or are missing, as the text that the format wants; true where it did. */
    static boolean textArguments(JsonNode message) {
        boolean changed = false;
        for (JsonNode call : message.path("tool_calls")) {
            if (call.path("function") instanceof ObjectNode function
                    && !function.path("arguments").isTextual()) {
                JsonNode arguments = function.path("arguments");
                function.put("arguments", arguments.isContainerNode() ? arguments.toString() : "{}");
                changed = true;
            }
        }
        return changed;
    }
}
