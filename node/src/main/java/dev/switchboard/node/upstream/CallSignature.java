package dev.switchboard.node.upstream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.switchboard.node.chat.OpaqueReasoning;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * The signature of the thought behind a tool call, carried in the call's id. Every client of every dialect sends ids back as
 * they were, which few do with fields they do not know; so the next turn of a session goes to the provider whole, on any node
 * and after any loss, and nothing has to be remembered for it.
 */
final class CallSignature {
    private static final String MARK = "__sig__";

    private CallSignature() {}

    /** The id with the signature in it. */
    static String sign(String id, String signature) {
        return id
                + MARK
                + Base64.getUrlEncoder().withoutPadding().encodeToString(signature.getBytes(StandardCharsets.UTF_8));
    }

    /** Signs the id of a tool call that came in OpenAI's format with its signature beside it; true where it did. */
    static boolean carry(JsonNode toolCall) {
        JsonNode signature = toolCall.path(OpaqueReasoning.EXTRA).path("google").path("thought_signature");
        String id = toolCall.path("id").asText("");
        if (!(toolCall instanceof ObjectNode call) || !signature.isTextual() || id.isEmpty() || of(id) != null) {
            return false;
        }
        call.put("id", sign(id, signature.textValue()));
        return true;
    }

    /** The signature in an id; null where it holds none. */
    static @Nullable String of(String id) {
        int mark = id.indexOf(MARK);
        if (mark < 0) {
            return null;
        }
        try {
            byte[] signature = Base64.getUrlDecoder().decode(id.substring(mark + MARK.length()));
            return new String(signature, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** The id as the provider gave it: what other providers are sent, some of which bound its length. */
    static String bare(String id) {
        int mark = id.indexOf(MARK);
        return mark < 0 ? id : id.substring(0, mark);
    }
}
