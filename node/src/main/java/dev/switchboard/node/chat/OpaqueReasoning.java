package dev.switchboard.node.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a provider wants to see again of its own reasoning, which only it can read: signatures and encrypted thoughts. Chat
 * messages carry it in fields of their own; the other dialects seal those fields into the one text that their clients send
 * back as it was. So the client is the memory: a conversation goes on whole on any node and after any loss.
 */
public final class OpaqueReasoning {
    /** The signature of what a Gemini said, wherever Gemini is served in OpenAI's format. */
    public static final String EXTRA = "extra_content";

    /** The thoughts themselves, for the few models that want to read them again; never sent under this name. */
    public static final String THOUGHT = "switchboard_thought";

    /** Lists of blocks, as OpenRouter and LiteLLM have them. */
    private static final List<String> LISTS = List.of("reasoning_details", "thinking_blocks");

    /** Where a list comes from, {@code platform/model}, on its first block: another provider would refuse it. */
    private static final String ORIGIN = "origin";

    private static final Set<String> GROWING = Set.of("text", "summary", "thinking");
    private static final String SIGNATURE = "signature";
    private static final String AS_TOLD = "as_told";
    private static final String SEAL = "sb1_";
    private static final int MOST_CHARS = 1 << 20;

    private OpaqueReasoning() {}

    /** Whether a message's field of that name is such a list. */
    public static boolean isList(String name) {
        return LISTS.contains(name);
    }

    /** Writes where the message's lists come from; true where there are any. */
    public static boolean mark(ObjectNode message, String origin) {
        boolean marked = false;
        for (String name : LISTS) {
            if (message.path(name).path(0) instanceof ObjectNode first) {
                first.put(ORIGIN, origin);
                marked = true;
            }
        }
        return marked;
    }

    /** Whether a message holds what {@link #keepOwn} would change. */
    public static boolean isMarked(JsonNode message) {
        for (String name : LISTS) {
            if (originOf(message.path(name)) != null) {
                return true;
            }
        }
        return message.has(THOUGHT);
    }

    /** Takes away what comes from elsewhere than {@code origin}, and the marks; lists without a mark stay. */
    public static void keepOwn(ObjectNode message, String origin) {
        message.remove(THOUGHT);
        for (String name : LISTS) {
            String from = originOf(message.path(name));
            if (from == null) {
                continue;
            }
            if (from.equals(origin)) {
                message.path(name).forEach(block -> ((ObjectNode) block).remove(ORIGIN));
            } else {
                message.remove(name);
            }
        }
    }

    private static @Nullable String originOf(JsonNode list) {
        for (JsonNode block : list) {
            if (!block.isObject()) {
                return null;
            }
        }
        for (JsonNode block : list) {
            if (block.path(ORIGIN).isTextual()) {
                return block.path(ORIGIN).textValue();
            }
        }
        return null;
    }

    /** Whether a message, or a piece of one, holds any. */
    public static boolean isIn(JsonNode message) {
        return message.path(EXTRA).isObject()
                || LISTS.stream().anyMatch(name -> !message.path(name).isEmpty());
    }

    /** Adds what a message, or a piece of one, holds: blocks told in pieces become one. */
    public static void gather(JsonNode message, ObjectNode into) {
        if (message.path(EXTRA).isObject()) {
            into.set(EXTRA, message.path(EXTRA));
        }
        for (String name : LISTS) {
            for (JsonNode piece : message.path(name)) {
                if (piece.isObject()) {
                    add(piece, into.withArray(name));
                }
            }
        }
    }

    private static void add(JsonNode piece, ArrayNode blocks) {
        ObjectNode open = blocks.isEmpty() ? null : (ObjectNode) blocks.get(blocks.size() - 1);
        boolean goesOn = open != null
                && piece.hasNonNull("index") == open.hasNonNull("index")
                && piece.path("index").equals(open.path("index"))
                && piece.path("type").equals(open.path("type"))
                && (piece.hasNonNull("index") || !open.hasNonNull(SIGNATURE));
        if (open == null || !goesOn) {
            blocks.add(piece.deepCopy());
            return;
        }
        for (var field : piece.properties()) {
            JsonNode value = field.getValue();
            if (GROWING.contains(field.getKey()) && value.isTextual()) {
                String before = open.path(field.getKey()).asText("");
                open.put(field.getKey(), before + value.textValue());
            } else if (!value.isNull()) {
                open.set(field.getKey(), value);
            }
        }
    }

    /**
     * The fields as one text; never empty, for clients drop a thought that has no signature.
     *
     * @param fields what was gathered; null for nothing
     * @param thought what the client is told beside it, which is not written twice
     */
    public static String seal(@Nullable JsonNode fields, String thought) {
        ObjectNode sealed = fields instanceof ObjectNode given ? given.deepCopy() : Json.object();
        for (String name : LISTS) {
            for (JsonNode block : sealed.path(name)) {
                for (String field : GROWING) {
                    if (!thought.isEmpty() && block.path(field).asText("").equals(thought)) {
                        ((ObjectNode) block).remove(field);
                        ((ObjectNode) block).put(AS_TOLD, field);
                    }
                }
            }
        }
        byte[] json = Json.array(sealed);
        byte[] bounded = json.length > MOST_CHARS ? "{}".getBytes(StandardCharsets.UTF_8) : json;
        return SEAL + Base64.getUrlEncoder().withoutPadding().encodeToString(bounded);
    }

    /**
     * Puts what was sealed back into an assistant's message; a text that was sealed elsewhere changes nothing.
     *
     * @param thought what the client was told beside it, empty for nothing
     */
    public static void open(String sealed, String thought, ObjectNode message) {
        if (!sealed.startsWith(SEAL)) {
            return;
        }
        JsonNode fields;
        try {
            byte[] json = Base64.getUrlDecoder().decode(sealed.substring(SEAL.length()));
            fields = Json.parseOrNull(new String(json, StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            return;
        }
        if (fields == null) {
            return;
        }
        if (!thought.isEmpty()) {
            message.put(THOUGHT, message.path(THOUGHT).asText("") + thought);
        }
        if (fields.path(EXTRA).isObject()) {
            message.set(EXTRA, fields.path(EXTRA));
        }
        for (String name : LISTS) {
            for (JsonNode block : fields.path(name)) {
                if (block instanceof ObjectNode told) {
                    JsonNode field = told.remove(AS_TOLD);
                    if (field != null && GROWING.contains(field.asText())) {
                        told.put(field.asText(), thought);
                    }
                    message.withArray(name).add(told);
                }
            }
        }
    }
}
