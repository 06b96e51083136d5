package dev.switchboard.node.upstream;

import com.fasterxml.jackson.databind.JsonNode;
import dev.switchboard.node.chat.ChatRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Whether a field of a request asks for anything: its value may be what happens anyway, or a mark that changes no answer.
 * Clients send such fields without meaning them, so a format that has no words for one leaves it out instead of refusing the
 * request; what asks for something is refused (contract.md §3).
 */
final class AsksNothing {
    /** For the books of whoever reads them; {@code store} keeps an answer, which is here or nowhere. */
    private static final Set<String> MARKS =
            Set.of("user", "metadata", "store", "prompt_cache_key", "prompt_cache_retention", "safety_identifier");

    private static final Predicate<JsonNode> EMPTY = value -> value.isContainerNode() && value.isEmpty();

    private static final Map<String, Predicate<JsonNode>> DEFAULTS = Map.ofEntries(
            Map.entry("n", number(1)),
            Map.entry("presence_penalty", number(0)),
            Map.entry("frequency_penalty", number(0)),
            Map.entry("repetition_penalty", number(1)),
            Map.entry("min_p", number(0)),
            Map.entry("top_k", number(0).or(number(-1))),
            Map.entry("logprobs", value -> value.isBoolean() && !value.booleanValue()),
            Map.entry("top_logprobs", number(0)),
            Map.entry("logit_bias", EMPTY),
            Map.entry("stop", EMPTY),
            Map.entry("tools", EMPTY),
            Map.entry("functions", EMPTY),
            Map.entry("modalities", value -> value.size() == 1 && word("text").test(value.get(0))),
            Map.entry("service_tier", word("auto", "default")),
            Map.entry("verbosity", word("medium")),
            Map.entry("response_format", value -> word("text").test(value.path("type"))));

    /** Fields that are about tools: without any, their words say how to use none. */
    private static final Map<String, Predicate<JsonNode>> ABOUT_TOOLS = Map.of(
            "tool_choice", word("auto", "none"),
            "function_call", word("auto", "none"),
            "parallel_tool_calls", JsonNode::isBoolean);

    /** Fields about tools that OpenAI itself refuses where there are none. */
    private static final List<String> ONLY_WITH_TOOLS =
            List.of("tools", "functions", "tool_choice", "function_call", "parallel_tool_calls");

    private AsksNothing() {}

    /** Whether the field is absent or asks for nothing. */
    static boolean field(String name, ChatRequest request) {
        JsonNode value = request.root().path(name);
        if (value.isMissingNode() || value.isNull() || MARKS.contains(name)) {
            return true;
        }
        if (!request.needsTools() && ABOUT_TOOLS.containsKey(name)) {
            return ABOUT_TOOLS.get(name).test(value);
        }
        return DEFAULTS.containsKey(name) && DEFAULTS.get(name).test(value);
    }

    /** The fields about tools that a request without tools holds for nothing: no platform has to see them. */
    static List<String> aboutTools(ChatRequest request) {
        List<String> idle = new ArrayList<>();
        for (String name : ONLY_WITH_TOOLS) {
            if (request.root().has(name) && !request.needsTools() && field(name, request)) {
                idle.add(name);
            }
        }
        return idle;
    }

    private static Predicate<JsonNode> number(int wanted) {
        return value -> value.isNumber() && value.doubleValue() == wanted;
    }

    private static Predicate<JsonNode> word(String... wanted) {
        Set<String> words = Set.of(wanted);
        return value -> value.isTextual() && words.contains(value.textValue());
    }
}
