package dev.switchboard.protocol.directory;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One difference that depends on the model or on what the caller asks. Values are JSON text.
 *
 * @param model the model's id, or its beginning and {@code *}; null for every model
 * @param embeddings whether it is about embeddings, else about chats
 * @param when request fields and the values they must have for the rule to count; empty for always
 * @param set request fields to send with these values instead, {@code null} to leave one out
 * @param lists request fields to send as a list where they are a single value
 * @param assistant fields that each assistant message gets where it has none
 * @param responseTimeout until response headers; null for the platform's
 */
public record QuirkRule(
        @Nullable String model,
        boolean embeddings,
        Map<String, String> when,
        Map<String, String> set,
        List<String> lists,
        Map<String, String> assistant,
        @Nullable Duration responseTimeout) {
    /** Whether the rule is about that model. */
    public boolean isFor(String modelId) {
        if (model == null) {
            return true;
        }
        return model.endsWith("*") ? modelId.startsWith(model.substring(0, model.length() - 1)) : modelId.equals(model);
    }
}
