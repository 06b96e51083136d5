package dev.switchboard.node.upstream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.switchboard.node.chat.ChatRequest;
import dev.switchboard.node.chat.Json;
import dev.switchboard.protocol.directory.Quirks;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What has to change in a caller's request before an OpenAI-shaped upstream can read it; all else stays as it came. */
final class OpenAiBody {
    /** Fields that are for this gateway only. */
    static final List<String> OURS = List.of("models", "session_id", "conversation", "conversation_id");

    private static final Set<String> ONLY_WITH_TOOLS = Set.of("parallel_tool_calls", "tool_choice");
    private static final String MAX_TOKENS = "max_tokens";
    private static final String MAX_COMPLETION_TOKENS = "max_completion_tokens";

    /** Where Gemini's answers carry the signature of a tool call; elsewhere the field is unknown, and refused by many. */
    private static final String SIGNATURE = "extra_content";

    private OpenAiBody() {}

    /** Root fields to set, or to leave out where the value is null. */
    static Map<String, @Nullable JsonNode> changes(ChatCall call) throws Inexpressible {
        ChatRequest request = call.request();
        Quirks quirks = call.platform().quirks();
        Map<String, @Nullable JsonNode> changes = new LinkedHashMap<>();
        EntryRules.refuse(call);
        changes.put("model", TextNode.valueOf(call.model().ref().id()));
        OURS.forEach(name -> changes.put(name, null));
        changes.put("stream_options", streamOptions(request));
        JsonNode messages = plainMessages(request.messages(), wantsSignatures(call));
        if (messages != null) {
            changes.put("messages", messages);
        }
        EntryRules.messages(call, changes);
        limitTokens(request, quirks, changes);
        EntryRules.set(call, changes);
        quirks.force().forEach((name, value) -> {
            if (!ONLY_WITH_TOOLS.contains(name) || request.needsTools()) {
                JsonNode json = Json.parseOrNull(value);
                changes.put(name, json == null ? TextNode.valueOf(value) : json);
            }
        });
        rename(request, quirks.rename(), changes);
        return changes;
    }

    /** Throws for the first of the fields that the request carries. */
    static void refuse(ChatCall call, Iterable<String> fields) throws Inexpressible {
        for (String field : fields) {
            if (call.request().root().hasNonNull(field)) {
                throw new Inexpressible(field, call);
            }
        }
    }

    /** Leaves out fields that hold the value they have anyway, and throws for another value; values are JSON text. */
    static void dropDefaults(ChatCall call, Map<String, String> defaults, Map<String, @Nullable JsonNode> changes)
            throws Inexpressible {
        for (Map.Entry<String, String> only : defaults.entrySet()) {
            JsonNode value = call.request().root().path(only.getKey());
            if (!value.isMissingNode() && !value.isNull()) {
                if (!value.toString().equals(only.getValue())) {
                    throw new Inexpressible(only.getKey(), call);
                }
                changes.put(only.getKey(), null);
            }
        }
    }

    /**
     * Writes list-shaped content as text, for formats that take nothing else; a part that is no text is refused by name.
     * Null content becomes empty text where asked.
     */
    static void flattenContent(ChatCall call, Map<String, @Nullable JsonNode> changes, boolean nullToEmpty)
            throws Inexpressible {
        JsonNode given = changes.get("messages") == null ? call.request().messages() : changes.get("messages");
        if (given == null) {
            return;
        }
        JsonNode messages = given.deepCopy();
        boolean changed = false;
        for (int i = 0; i < messages.size(); i++) {
            JsonNode content = messages.get(i).path("content");
            boolean absent = content.isMissingNode() || content.isNull();
            if (messages.get(i) instanceof ObjectNode message && (content.isArray() || (absent && nullToEmpty))) {
                message.put("content", absent ? "" : textOf(call, content, "messages[" + i + "].content"));
                changed = true;
            }
        }
        if (changed) {
            changes.put("messages", messages);
        }
    }

    private static String textOf(ChatCall call, JsonNode parts, String at) throws Inexpressible {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < parts.size(); i++) {
            JsonNode part = parts.get(i);
            if (!part.isTextual() && !part.path("text").isTextual()) {
                throw new Inexpressible(at + "[" + i + "]", call);
            }
            text.append(part.isTextual() ? part.textValue() : part.path("text").textValue());
        }
        return text.toString();
    }

    /** A conversation that Gemini began may go on anywhere; only Gemini, whoever serves it, reads its signatures. */
    private static boolean wantsSignatures(ChatCall call) {
        return call.model().ref().id().toLowerCase(Locale.ROOT).contains("gemini");
    }

    private static @Nullable JsonNode streamOptions(ChatRequest request) {
        if (!request.stream()) {
            return null;
        }
        ObjectNode options =
                request.root().path("stream_options") instanceof ObjectNode given ? given.deepCopy() : Json.object();
        return options.put("include_usage", true);
    }

    private static void limitTokens(ChatRequest request, Quirks quirks, Map<String, @Nullable JsonNode> changes) {
        boolean asked = false;
        for (String name : List.of(MAX_TOKENS, MAX_COMPLETION_TOKENS)) {
            JsonNode value = request.root().path(name);
            if (value.isNumber()) {
                asked = true;
                int fitted = fit(value.intValue(), quirks);
                if (fitted != value.intValue()) {
                    changes.put(name, IntNode.valueOf(fitted));
                }
            }
        }
        Integer otherwise = quirks.maxTokensDefault();
        if (!asked && otherwise != null) {
            changes.put(MAX_TOKENS, IntNode.valueOf(otherwise));
        }
    }

    /** A token limit within the platform's floor and ceiling. */
    static int fit(int tokens, Quirks quirks) {
        Integer floor = quirks.maxTokensFloor();
        Integer ceiling = quirks.maxTokensCeiling();
        int raised = floor == null ? tokens : Math.max(tokens, floor);
        return ceiling == null ? raised : Math.min(raised, ceiling);
    }

    private static void rename(
            ChatRequest request, Map<String, String> names, Map<String, @Nullable JsonNode> changes) {
        names.forEach((from, to) -> {
            JsonNode value = changes.containsKey(from)
                    ? changes.get(from)
                    : request.root().get(from);
            if (value != null && !value.isNull()) {
                changes.put(from, null);
                changes.put(to, value);
            }
        });
    }

    /**
     * The messages in the strict shape: no developer role, arguments as text, parts as objects, ids bare; tool calls
     * with their signatures where {@code signed}. Null where they are so already.
     */
    private static @Nullable JsonNode plainMessages(JsonNode messages, boolean signed) {
        boolean plain = true;
        for (JsonNode message : messages) {
            plain &= isPlain(message, signed);
        }
        if (plain) {
            return null;
        }
        ArrayNode copy = messages.deepCopy();
        copy.forEach(message -> makePlain(message, signed));
        return copy;
    }

    private static boolean isPlain(JsonNode message, boolean signed) {
        for (JsonNode call : message.path("tool_calls")) {
            boolean unread = !signed && call.has(SIGNATURE);
            if (unread || !call.path("function").path("arguments").isTextual() || isSigned(call.path("id"))) {
                return false;
            }
        }
        if (isSigned(message.path("tool_call_id"))) {
            return false;
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

    private static void makePlain(JsonNode node, boolean signed) {
        if (!(node instanceof ObjectNode message)) {
            return;
        }
        if (message.path("role").asText().equals("developer")) {
            message.put("role", "system");
        }
        textArguments(message);
        for (JsonNode call : message.path("tool_calls")) {
            if (!signed && call instanceof ObjectNode signable) {
                signable.remove(SIGNATURE);
            }
        }
        message.path("tool_calls").forEach(call -> bareId(call, "id"));
        bareId(message, "tool_call_id");
        if (message.path("content") instanceof ArrayNode parts) {
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
    }

    private static void bareId(JsonNode holder, String field) {
        if (holder instanceof ObjectNode object && isSigned(object.path(field))) {
            object.put(field, CallSignature.bare(object.path(field).asText()));
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
