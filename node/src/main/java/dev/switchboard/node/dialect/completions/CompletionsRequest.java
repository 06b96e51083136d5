package dev.switchboard.node.dialect.completions;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.switchboard.node.chat.ChatRequest;
import dev.switchboard.node.chat.InvalidRequest;
import dev.switchboard.node.chat.Json;
import dev.switchboard.node.dialect.FieldNames;
import dev.switchboard.node.dialect.Fields;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A completions request as a chat request: the prompt is the one user message (docs/dialects.md). */
public final class CompletionsRequest {
    /** The one message is the prompt. */
    public static final FieldNames NAMES = new FieldNames(Map.of("messages.*", "prompt"), List.of());

    private static final String[] SAME = {
        "model",
        "models",
        "max_tokens",
        "temperature",
        "top_p",
        "n",
        "stream",
        "stream_options",
        "stop",
        "presence_penalty",
        "frequency_penalty",
        "logit_bias",
        "seed",
        "user"
    };

    private static final Set<String> OTHERS = Set.of(
            "prompt",
            "suffix",
            "echo",
            "best_of",
            "logprobs",
            "session_id",
            "conversation",
            "conversation_id",
            "metadata",
            "prompt_cache_key");

    private CompletionsRequest() {}

    /**
     * A translated request.
     *
     * @param echo the prompt, where the answer is to begin with it; empty otherwise
     */
    public record Translated(ChatRequest chat, String echo) {}

    /** Translates; throws naming the field at fault. */
    public static Translated translate(ObjectNode source) throws InvalidRequest {
        Set<String> known = new java.util.HashSet<>(OTHERS);
        known.addAll(Set.of(SAME));
        Fields.onlyKnown(source, known);
        String prompt = prompt(source.path("prompt"));
        String suffix = Fields.optionalText(source, "suffix", "");
        if (suffix != null && !suffix.isEmpty()) {
            throw Fields.unsupported("suffix", "is not supported here: chat models do not insert");
        }
        Integer bestOf = Fields.optionalWhole(source, "best_of", 1);
        if (bestOf != null && bestOf > 1) {
            throw Fields.unsupported("best_of", "can only be 1 here");
        }
        if (!Fields.absent(source.path("logprobs"))) {
            throw Fields.unsupported("logprobs", "is not supported here; /v1/chat/completions has it");
        }
        ObjectNode chat = Json.object();
        Fields.copy(source, chat, SAME);
        chat.putArray("messages").addObject().put("role", "user").put("content", prompt);
        Fields.copySession(source, chat);
        return new Translated(NAMES.checked(chat), Fields.flag(source, "echo", "") ? prompt : "");
    }

    private static String prompt(JsonNode prompt) throws InvalidRequest {
        if (Fields.absent(prompt)) {
            throw Fields.missing("prompt");
        }
        if (prompt.isArray() && prompt.size() > 1 && prompt.get(0).isTextual()) {
            throw Fields.unsupported("prompt", "can hold only one prompt a request here");
        }
        JsonNode one = prompt.isArray() && !prompt.isEmpty() ? prompt.get(0) : prompt;
        if (!one.isTextual()) {
            throw Fields.invalid("prompt", "must be a string or a list with one string");
        }
        return one.textValue();
    }
}
