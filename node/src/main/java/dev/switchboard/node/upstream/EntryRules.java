package dev.switchboard.node.upstream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.switchboard.node.chat.Json;
import dev.switchboard.protocol.directory.QuirkRule;
import dev.switchboard.protocol.directory.Quirks;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a platform's entry says of a request: fields it cannot take, and {@link QuirkRule}s. */
final class EntryRules {
    private EntryRules() {}

    /** Throws for the first field that the platform cannot take, or not with that word; gives those to leave out. */
    static List<String> refuse(ChatCall call) throws Inexpressible {
        Quirks quirks = call.platform().quirks();
        List<String> idle = OpenAiBody.refuse(call, quirks.refuse());
        for (Map.Entry<String, List<String>> field : quirks.allow().entrySet()) {
            JsonNode value = call.request().root().path(field.getKey());
            if (!value.isMissingNode() && !value.isNull() && !field.getValue().contains(value.asText())) {
                throw new Inexpressible(
                        field.getKey(),
                        "'" + field.getKey() + "' has to be " + String.join(" or ", field.getValue()) + " for "
                                + call.platform().name());
            }
        }
        return idle;
    }

    /** Keeps the message fields that the platform knows, and gives assistant messages what a rule says they lack. */
    static void messages(ChatCall call, Map<String, @Nullable JsonNode> changes) {
        Quirks quirks = call.platform().quirks();
        List<String> known = quirks.messageFields();
        if (known.isEmpty() && quirks.rules().isEmpty()) {
            return;
        }
        List<QuirkRule> rules = quirks.rules().stream()
                .filter(rule -> !rule.assistant().isEmpty() && counts(rule, call))
                .toList();
        JsonNode changed = changes.get("messages");
        JsonNode messages = changed == null ? call.request().messages() : changed;
        if ((known.isEmpty() && rules.isEmpty()) || !messages.isArray()) {
            return;
        }
        ArrayNode copy = messages.deepCopy();
        boolean different = false;
        for (JsonNode node : copy) {
            if (node instanceof ObjectNode message) {
                int before = message.size();
                if (!known.isEmpty()) {
                    message.retain(known);
                }
                different |= message.size() != before;
                if (message.path("role").asText().equals("assistant")) {
                    for (QuirkRule rule : rules) {
                        different |= complete(message, rule.assistant());
                    }
                }
            }
        }
        if (different) {
            changes.put("messages", copy);
        }
    }

    private static boolean complete(ObjectNode message, Map<String, String> fields) {
        boolean added = false;
        for (Map.Entry<String, String> field : fields.entrySet()) {
            if (!message.hasNonNull(field.getKey())) {
                message.set(field.getKey(), Json.parseOrNull(field.getValue()));
                added = true;
            }
        }
        return added;
    }

    /** Sets what the rules say that are about this request. */
    static void set(ChatCall call, Map<String, @Nullable JsonNode> changes) {
        for (QuirkRule rule : call.platform().quirks().rules()) {
            if (counts(rule, call)) {
                rule.set().forEach((field, value) -> {
                    JsonNode json = Json.parseOrNull(value);
                    changes.put(field, json == null || json.isNull() ? null : json);
                });
                for (String field : rule.lists()) {
                    JsonNode value = call.request().root().path(field);
                    if (value.isValueNode() && !value.isNull()) {
                        changes.put(field, Json.object().putArray("list").add(value));
                    }
                }
            }
        }
    }

    /** The time until response headers that a rule gives the model; null where none does. */
    static @Nullable Duration responseTimeout(ChatCall call) {
        for (QuirkRule rule : call.platform().quirks().rules()) {
            if (rule.responseTimeout() != null && counts(rule, call)) {
                return rule.responseTimeout();
            }
        }
        return null;
    }

    private static boolean counts(QuirkRule rule, ChatCall call) {
        if (rule.embeddings() != call.request().isEmbedding()
                || !rule.isFor(call.model().ref().id())) {
            return false;
        }
        for (Map.Entry<String, String> field : rule.when().entrySet()) {
            JsonNode wanted = Json.parseOrNull(field.getValue());
            if (wanted == null || !same(wanted, call.request().root().path(field.getKey()))) {
                return false;
            }
        }
        return true;
    }

    /** The same value; 0 and 0.0 are. */
    private static boolean same(JsonNode wanted, JsonNode given) {
        return wanted.isNumber() && given.isNumber()
                ? wanted.decimalValue().compareTo(given.decimalValue()) == 0
                : wanted.equals(given);
    }
}
