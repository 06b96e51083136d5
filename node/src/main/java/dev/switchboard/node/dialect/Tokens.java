package dev.switchboard.node.dialect;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * An answer's usage.
 *
 * @param input all prompt tokens, those from a cache included
 * @param output all answer tokens, reasoning included
 * @param cached prompt tokens that came from a cache
 * @param reasoning answer tokens that were reasoning
 * @param estimated whether the gateway estimated them
 */
public record Tokens(long input, long output, long cached, long reasoning, boolean estimated) {
    /** Before upstream has told any. */
    public static final Tokens NONE = new Tokens(0, 0, 0, 0, false);

    static Tokens read(JsonNode usage) {
        long input = count(usage.path("prompt_tokens"));
        long output = count(usage.path("completion_tokens"));
        long cached = count(usage.path("prompt_tokens_details").path("cached_tokens"));
        long reasoning = count(usage.path("completion_tokens_details").path("reasoning_tokens"));
        return new Tokens(
                input,
                output,
                Math.min(cached, input),
                Math.min(reasoning, output),
                usage.path("estimated").asBoolean(false));
    }

    private static long count(JsonNode node) {
        return node.isNumber() ? Math.max(0, node.longValue()) : 0;
    }
}
