package dev.switchboard.node.dialect.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.switchboard.node.chat.ChatRequest;
import dev.switchboard.node.chat.InvalidRequest;
import dev.switchboard.node.chat.Json;
import dev.switchboard.node.dialect.FieldNames;
import dev.switchboard.node.dialect.Fields;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A request of Anthropic's Messages API as a chat request (docs/dialects.md). */
public final class MessagesRequest {
    /** Fields that change nothing here: caching, tiers and editing of a context that the gateway does not keep. */
    private static final Set<String> WITHOUT_EFFECT = Set.of(
            "service_tier",
            "cache_control",
            "context_management",
            "inference_geo",
            "speed",
            "betas",
            "diagnostics",
            "billing_policy",
            "user_profile_id",
            "workspace_id");

    private static final Set<String> KNOWN = Set.of(
            "model",
            "models",
            "messages",
            "system",
            "max_tokens",
            "stop_sequences",
            "stream",
            "temperature",
            "top_p",
            "top_k",
            "tools",
            "tool_choice",
            "thinking",
            "output_config",
            "output_format",
            "metadata",
            "session_id",
            "conversation",
            "conversation_id",
            "prompt_cache_key");

    private static final int LOW_BUDGET = 4_096;
    private static final int MEDIUM_BUDGET = 16_384;

    private static final Map<String, String> RENAMED = renamed("output_config.format");
    private static final Map<String, String> RENAMED_EARLIER = renamed("output_format");

    private MessagesRequest() {}

    private static Map<String, String> renamed(String format) {
        Map<String, String> names = new LinkedHashMap<>();
        names.put("stop$", "stop_sequences");
        names.put("(tools\\[\\d+])\\.function\\.parameters", "$1.input_schema");
        names.put("(tools\\[\\d+])\\.function", "$1");
        names.put("reasoning_effort$", "thinking");
        names.put("response_format(\\.json_schema)?", format);
        names.put("parallel_tool_calls$", "tool_choice.disable_parallel_tool_use");
        return names;
    }

    /** A translated request, and what its fields are called in the original. */
    public record Translated(ChatRequest chat, FieldNames names) {}

    /**
     * What the gateway makes of the model's name.
     *
     * @param model the name to ask for
     * @param explicit whether the caller chose one model; only then thinking becomes a {@code reasoning_effort}
     */
    public record Naming(String model, boolean explicit) {}

    /** Translates a request for an answer; throws naming Anthropic's field. */
    public static ChatRequest chat(ObjectNode source, Naming naming) throws InvalidRequest {
        return translated(source, naming).chat();
    }

    /** As {@link #chat}, with the names. */
    public static Translated translated(ObjectNode source, Naming naming) throws InvalidRequest {
        if (Fields.absent(source.path("max_tokens"))) {
            throw Fields.missing("max_tokens");
        }
        return translate(source, naming);
    }

    /** Translates a request whose tokens are counted: it needs no {@code max_tokens}. */
    public static ChatRequest counted(ObjectNode source, Naming naming) throws InvalidRequest {
        return translate(source, naming).chat();
    }

    private static Translated translate(ObjectNode source, Naming naming) throws InvalidRequest {
        if (!Fields.absent(source.path("thread"))) {
            throw new InvalidRequest(
                    "'thread' is not supported here: send the whole conversation", "thread", AnthropicError.NO_THREADS);
        }
        Set<String> known = new HashSet<>(KNOWN);
        known.addAll(WITHOUT_EFFECT);
        Fields.onlyKnown(source, known);
        Fields.optionalObject(source, "metadata", "");
        ObjectNode chat = Json.object();
        chat.put("model", naming.model());
        ArrayNode messages = chat.putArray("messages");
        system(source.path("system"), messages);
        List<String> origins = new ArrayList<>(messages.isEmpty() ? List.of() : List.of("system"));
        MessagesContent content = new MessagesContent(messages);
        content.translate(source.path("messages"));
        origins.addAll(content.origins());
        Integer maxTokens = Fields.optionalWhole(source, "max_tokens", 1);
        if (maxTokens != null) {
            chat.put("max_tokens", maxTokens);
        }
        temperature(source, chat);
        stop(source, chat);
        Fields.copy(source, chat, "models", "top_p", "top_k");
        if (Fields.flag(source, "stream", "")) {
            chat.put("stream", true).putObject("stream_options").put("include_usage", true);
        }
        MessagesTools.translate(source, chat);
        thinking(source, naming, chat);
        boolean newer = !Fields.absent(source.path("output_config").path("format"));
        format(source, newer, chat);
        Fields.copySession(source, chat);
        FieldNames names = new FieldNames(newer ? RENAMED : RENAMED_EARLIER, origins);
        return new Translated(names.checked(chat), names);
    }

    private static void system(JsonNode system, ArrayNode messages) throws InvalidRequest {
        if (Fields.absent(system)) {
            return;
        }
        String text = system.isTextual() ? system.textValue() : MessagesContent.joined(system, "system", "\n\n");
        if (!text.isEmpty()) {
            messages.addObject().put("role", "system").put("content", text);
        }
    }

    private static void temperature(ObjectNode source, ObjectNode chat) throws InvalidRequest {
        JsonNode value = source.path("temperature");
        if (Fields.absent(value)) {
            return;
        }
        if (!value.isNumber() || value.doubleValue() < 0 || value.doubleValue() > 1) {
            throw Fields.invalid("temperature", "must be a number from 0 to 1");
        }
        chat.set("temperature", value);
    }

    private static void stop(ObjectNode source, ObjectNode chat) throws InvalidRequest {
        JsonNode sequences = Fields.optionalList(source, "stop_sequences", "");
        for (JsonNode sequence : sequences) {
            if (!sequence.isTextual()) {
                throw Fields.invalid("stop_sequences", "must be a list of strings");
            }
        }
        if (!sequences.isEmpty()) {
            chat.set("stop", sequences);
        }
    }

    /** A hint for one chosen model; other models think as they are made to, and many refuse the field. */
    private static void thinking(ObjectNode source, Naming naming, ObjectNode chat) throws InvalidRequest {
        JsonNode thinking = Fields.optionalObject(source, "thinking", "");
        String effort = null;
        if (!Fields.absent(thinking)) {
            String type = Fields.text(thinking, "type", "thinking.");
            switch (type) {
                case "enabled" -> {
                    JsonNode budget = thinking.path("budget_tokens");
                    if (!budget.isIntegralNumber() || budget.longValue() < 1) {
                        throw Fields.invalid("thinking.budget_tokens", "must be a whole number of at least 1");
                    }
                    long tokens = budget.longValue();
                    effort = tokens < LOW_BUDGET ? "low" : tokens < MEDIUM_BUDGET ? "medium" : "high";
                }
                case "disabled", "adaptive" -> {
                    // Nothing to ask for.
                }
                default -> throw Fields.invalid("thinking.type", "must be one of adaptive, disabled, enabled");
            }
        }
        JsonNode output = Fields.optionalObject(source, "output_config", "");
        String asked = Fields.optionalText(output, "effort", "output_config.");
        if (asked != null) {
            effort = asked.equals("low") || asked.equals("medium") ? asked : "high";
        }
        if (effort != null && naming.explicit()) {
            chat.put("reasoning_effort", effort);
        }
    }

    private static void format(ObjectNode source, boolean newer, ObjectNode chat) throws InvalidRequest {
        JsonNode format = newer
                ? source.path("output_config").path("format")
                : Fields.optionalObject(source, "output_format", "");
        String at = newer ? "output_config.format." : "output_format.";
        if (Fields.absent(format)) {
            return;
        }
        if (!Fields.text(format, "type", at).equals("json_schema")) {
            throw Fields.invalid(at + "type", "must be json_schema");
        }
        if (!format.path("schema").isObject()) {
            throw Fields.invalid(at + "schema", "must be a JSON schema");
        }
        ObjectNode schema =
                chat.putObject("response_format").put("type", "json_schema").putObject("json_schema");
        schema.put("name", "answer").set("schema", format.path("schema"));
    }

    /** Whether the caller said that it wants to see no thinking. */
    public static boolean hidesThinking(JsonNode source) {
        return source.path("thinking").path("type").asText("").equals("disabled");
    }
}
