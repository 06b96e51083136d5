package dev.switchboard.node.upstream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.switchboard.node.chat.ChatRequest;
import dev.switchboard.node.chat.Json;
import dev.switchboard.protocol.directory.Quirks;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
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

    /** Fields of the OpenAI format that platforms with a format like it do not know. */
    static final List<String> BEYOND_THE_COMMON = List.of(
            "min_p",
            "n",
            "logit_bias",
            "logprobs",
            "top_logprobs",
            "reasoning_effort",
            "verbosity",
            "modalities",
            "prediction",
            "audio",
            "web_search_options",
            "service_tier",
            "store",
            "metadata",
            "user",
            "prompt_cache_key",
            "prompt_cache_retention",
            "safety_identifier");

    private OpenAiBody() {}

    /** Root fields to set, or to leave out where the value is null. */
    static Map<String, @Nullable JsonNode> changes(ChatCall call) throws Inexpressible {
        ChatRequest request = call.request();
        Quirks quirks = call.platform().quirks();
        Map<String, @Nullable JsonNode> changes = new LinkedHashMap<>();
        EntryRules.refuse(call).forEach(name -> changes.put(name, null));
        AsksNothing.aboutTools(request).forEach(name -> changes.put(name, null));
        changes.put("model", TextNode.valueOf(call.model().ref().id()));
        OURS.forEach(name -> changes.put(name, null));
        changes.put("stream_options", streamOptions(request));
        JsonNode messages = OpenAiMessages.plain(call);
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

    /** The same for a platform that does not know those fields; throws for the first that asks for something. */
    static Map<String, @Nullable JsonNode> changes(ChatCall call, List<String> unknown) throws Inexpressible {
        List<String> idle = refuse(call, unknown);
        Map<String, @Nullable JsonNode> changes = changes(call);
        idle.forEach(name -> changes.put(name, null));
        return changes;
    }

    /** Throws for the first of the fields that asks for something; gives those to leave out, which ask for nothing. */
    static List<String> refuse(ChatCall call, List<String> fields) throws Inexpressible {
        List<String> idle = new ArrayList<>();
        for (String field : fields) {
            if (!AsksNothing.field(field, call.request())) {
                throw new Inexpressible(field, call);
            }
            if (call.request().root().has(field)) {
                idle.add(field);
            }
        }
        return idle;
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
}
