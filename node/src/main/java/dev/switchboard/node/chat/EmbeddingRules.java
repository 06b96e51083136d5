package dev.switchboard.node.chat;

import com.fasterxml.jackson.databind.JsonNode;

/** What a request for embeddings may hold; what is not named here passes unchecked. */
final class EmbeddingRules {
    private static final int MOST_INPUTS = 2048;
    private static final int CHARS_PER_TOKEN = 4;

    private EmbeddingRules() {}

    static void check(JsonNode root) throws InvalidRequest {
        if (!root.path("model").isTextual() || root.path("model").textValue().isBlank()) {
            throw RequestRules.absent(root.path("model"))
                    ? InvalidRequest.missing("model")
                    : InvalidRequest.field("model", "must be a string");
        }
        if (!RequestRules.absent(root.path("models"))) {
            throw InvalidRequest.field("models", "is not for embeddings: every model has vectors of its own");
        }
        JsonNode input = root.path("input");
        if (RequestRules.absent(input)) {
            throw InvalidRequest.missing("input");
        }
        boolean text = input.isTextual() && !input.textValue().isEmpty();
        if (!text && !(input.isArray() && !input.isEmpty())) {
            throw InvalidRequest.field("input", "must be a text, a list of texts or tokens, and not empty");
        }
        for (int i = 0; i < input.size(); i++) {
            checkItem(input.get(i), "input[" + i + "]");
        }
        if (count(input) > MOST_INPUTS) {
            throw InvalidRequest.field("input", "must hold at most " + MOST_INPUTS + " items");
        }
        JsonNode format = root.path("encoding_format");
        if (!RequestRules.absent(format)
                && !format.asText().equals("float")
                && !format.asText().equals("base64")) {
            throw InvalidRequest.field("encoding_format", "must be float or base64");
        }
        JsonNode dimensions = root.path("dimensions");
        if (!RequestRules.absent(dimensions) && (!dimensions.isIntegralNumber() || dimensions.longValue() < 1)) {
            throw InvalidRequest.field("dimensions", "must be a whole number of at least 1");
        }
    }

    private static void checkItem(JsonNode item, String at) throws InvalidRequest {
        boolean fit = item.isIntegralNumber()
                || (item.isTextual() && !item.textValue().isEmpty())
                || (item.isArray() && !item.isEmpty());
        for (JsonNode token : item) {
            fit &= token.isIntegralNumber();
        }
        if (!fit) {
            throw InvalidRequest.field(at, "must be a text that is not empty, or a list of tokens");
        }
    }

    /** How many vectors are asked for: a list of bare tokens is one input. */
    static int count(JsonNode input) {
        return input.isArray() && !input.get(0).isNumber() ? input.size() : 1;
    }

    /** The tokens of the longest input. */
    static long longest(JsonNode input) {
        if (!input.isArray() || input.get(0).isNumber()) {
            return tokens(input);
        }
        long longest = 0;
        for (JsonNode item : input) {
            longest = Math.max(longest, tokens(item));
        }
        return longest;
    }

    static long tokens(JsonNode input) {
        if (input.isTextual()) {
            return (input.textValue().length() + CHARS_PER_TOKEN - 1) / CHARS_PER_TOKEN;
        }
        if (input.isNumber()) {
            return 1;
        }
        long tokens = 0;
        for (JsonNode item : input) {
            tokens += tokens(item);
        }
        return tokens;
    }
}
