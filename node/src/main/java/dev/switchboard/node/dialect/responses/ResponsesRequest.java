package dev.switchboard.node.dialect.responses;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.switchboard.node.chat.ChatRequest;
import dev.switchboard.node.chat.InvalidRequest;
import dev.switchboard.node.chat.Json;
import dev.switchboard.node.dialect.FieldNames;
import dev.switchboard.node.dialect.Fields;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A request of OpenAI's Responses API as a chat request (docs/dialects.md). */
public final class ResponsesRequest {
    /** Fields that change nothing here: caching, tiers, limits of built-in tools, and what only is echoed. */
    private static final Set<String> WITHOUT_EFFECT = Set.of(
            "service_tier",
            "prompt_cache_options",
            "prompt_cache_retention",
            "safety_identifier",
            "user",
            "max_tool_calls",
            "stream_options",
            "client_metadata",
            "include");

    private static final Set<String> KNOWN = Set.of(
            "model",
            "models",
            "input",
            "instructions",
            "previous_response_id",
            "tools",
            "tool_choice",
            "parallel_tool_calls",
            "max_output_tokens",
            "temperature",
            "top_p",
            "reasoning",
            "text",
            "stream",
            "store",
            "metadata",
            "truncation",
            "background",
            "top_logprobs",
            "session_id",
            "conversation",
            "conversation_id",
            "prompt_cache_key");

    private static final Map<String, String> RENAMED = renamed();

    private ResponsesRequest() {}

    private static Map<String, String> renamed() {
        Map<String, String> names = new LinkedHashMap<>();
        names.put("messages$", "input");
        names.put("max_(completion_)?tokens$", "max_output_tokens");
        names.put("reasoning_effort$", "reasoning.effort");
        names.put("verbosity$", "text.verbosity");
        names.put("response_format(\\.json_schema)?", "text.format");
        names.put("(tools\\[\\d+])\\.function", "$1");
        return names;
    }

    /**
     * A translated request.
     *
     * @param messages the conversation so far, without instructions: what is remembered with the answer
     * @param store whether it is remembered at all
     * @param names what the chat's fields are called in the original
     */
    public record Translated(ChatRequest chat, ArrayNode messages, boolean store, FieldNames names) {}

    /** The ids of the responses that a request builds on: the previous one and those that its references name. */
    public static Set<String> needs(ObjectNode source) throws InvalidRequest {
        Set<String> ids = new LinkedHashSet<>();
        String previous = Fields.optionalText(source, "previous_response_id", "");
        if (previous != null) {
            ids.add(previous);
        }
        for (JsonNode item : source.path("input")) {
            if (item.path("type").asText("").equals("item_reference")) {
                String owner = ResponseIds.responseOf(item.path("id").asText(""));
                if (owner != null) {
                    ids.add(owner);
                }
            }
        }
        return ids;
    }

    /** Translates; {@code kept} are those of {@link #needs} that are remembered. Throws naming the Responses field. */
    public static Translated translate(ObjectNode source, Map<String, Kept> kept) throws InvalidRequest {
        check(source);
        ArrayNode conversation = JsonNodeFactory.instance.arrayNode();
        String previous = Fields.optionalText(source, "previous_response_id", "");
        if (previous != null) {
            Kept earlier = kept.get(previous);
            if (earlier == null) {
                throw new InvalidRequest(
                        "Previous response with id '" + previous + "' not found.",
                        "previous_response_id",
                        "previous_response_not_found");
            }
            conversation.addAll(earlier.messages());
        }
        List<String> origins = new ArrayList<>();
        conversation.forEach(message -> origins.add("previous_response_id"));
        InputItems items = new InputItems(conversation, kept);
        items.translate(source.path("input"));
        origins.addAll(items.origins());
        ObjectNode chat = Json.object();
        Fields.copy(source, chat, "model", "models", "temperature", "top_p");
        ArrayNode messages = chat.putArray("messages");
        String instructions = Fields.optionalText(source, "instructions", "");
        if (instructions != null && !instructions.isEmpty()) {
            messages.addObject().put("role", "system").put("content", instructions);
            origins.add(0, "instructions");
        }
        messages.addAll(conversation);
        Integer maxTokens = Fields.optionalWhole(source, "max_output_tokens", 1);
        if (maxTokens != null) {
            chat.put("max_tokens", maxTokens);
        }
        if (Fields.flag(source, "stream", "")) {
            chat.put("stream", true).putObject("stream_options").put("include_usage", true);
        }
        ResponsesTools.translate(source, chat);
        reasoning(source, chat);
        text(Fields.optionalObject(source, "text", ""), chat);
        Fields.copySession(source, chat);
        boolean store = Fields.absent(source.path("store")) || Fields.flag(source, "store", "");
        FieldNames names = new FieldNames(RENAMED, origins);
        return new Translated(names.checked(chat), conversation, store, names);
    }

    private static void check(ObjectNode source) throws InvalidRequest {
        Set<String> known = new HashSet<>(KNOWN);
        known.addAll(WITHOUT_EFFECT);
        Fields.onlyKnown(source, known);
        Fields.optionalObject(source, "metadata", "");
        Fields.optionalList(source, "include", "");
        if (Fields.flag(source, "background", "")) {
            throw Fields.unsupported("background", "is not supported here: answers are not made in the background");
        }
        String truncation = Fields.optionalText(source, "truncation", "");
        if (truncation != null && !truncation.equals("disabled")) {
            throw Fields.unsupported("truncation", "can only be disabled here");
        }
        Integer logprobs = Fields.optionalWhole(source, "top_logprobs", 0);
        if (logprobs != null && logprobs > 0) {
            throw Fields.unsupported("top_logprobs", "is not supported here; /v1/chat/completions has it");
        }
    }

    private static void reasoning(ObjectNode source, ObjectNode chat) throws InvalidRequest {
        JsonNode reasoning = Fields.optionalObject(source, "reasoning", "");
        String effort = Fields.optionalText(reasoning, "effort", "reasoning.");
        if (effort != null) {
            chat.put("reasoning_effort", effort);
        }
    }

    private static void text(JsonNode text, ObjectNode chat) throws InvalidRequest {
        String verbosity = Fields.optionalText(text, "verbosity", "text.");
        if (verbosity != null) {
            chat.put("verbosity", verbosity);
        }
        JsonNode format = Fields.optionalObject(text, "format", "text.");
        if (Fields.absent(format)) {
            return;
        }
        String type = Fields.text(format, "type", "text.format.");
        switch (type) {
            case "text" -> {
                // What a model says anyway.
            }
            case "json_object" -> chat.putObject("response_format").put("type", "json_object");
            case "json_schema" -> schema(format, chat.putObject("response_format"));
            default -> throw Fields.invalid("text.format.type", "must be one of json_object, json_schema, text");
        }
    }

    private static void schema(JsonNode format, ObjectNode out) throws InvalidRequest {
        String name = Fields.text(format, "name", "text.format.");
        if (!format.path("schema").isObject()) {
            throw Fields.invalid("text.format.schema", "must be a JSON schema");
        }
        ObjectNode schema =
                out.put("type", "json_schema").putObject("json_schema").put("name", name);
        Fields.copy(format, schema, "description", "schema", "strict");
    }

    /** The response that a request continues; null for a new conversation. */
    static @Nullable String previous(JsonNode source) {
        return source.path("previous_response_id").isTextual()
                ? source.path("previous_response_id").textValue()
                : null;
    }
}
