package dev.switchboard.node.upstream;

import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;

/** JSON documents made of the words that wire formats use, in every wrong place. */
final class JsonNoise {
    private static final int DEEPEST = 7;
    private static final List<String> NAMES = List.of(
            "choices",
            "delta",
            "message",
            "content",
            "tool_calls",
            "function",
            "arguments",
            "name",
            "usage",
            "prompt_tokens",
            "error",
            "errors",
            "success",
            "code",
            "status",
            "finish_reason",
            "index",
            "candidates",
            "parts",
            "text",
            "thought",
            "functionCall",
            "args",
            "usageMetadata",
            "promptTokenCount",
            "finishReason",
            "promptFeedback",
            "inlineData",
            "role",
            "reasoning",
            "refusal",
            "details",
            "data",
            "models",
            "id");
    private static final List<String> LEAVES = List.of(
            "null",
            "true",
            "false",
            "0",
            "-1",
            "1e99",
            "429",
            "\"\"",
            "\"x\"",
            "\"429\"",
            "\"stop\"",
            "\"STOP\"",
            "{}",
            "[]");

    private JsonNoise() {}

    static Arbitrary<String> documents() {
        return Arbitraries.longs().map(seed -> document(new Random(seed), 0));
    }

    private static String document(Random random, int depth) {
        int kind = depth >= DEEPEST ? 2 : random.nextInt(depth == 0 ? 1 : 3);
        if (kind == 2) {
            return LEAVES.get(random.nextInt(LEAVES.size()));
        }
        StringBuilder text = new StringBuilder(kind == 0 ? "{" : "[");
        int size = 1 + random.nextInt(3);
        for (int i = 0; i < size; i++) {
            text.append(i == 0 ? "" : ",");
            if (kind == 0) {
                text.append('"').append(NAMES.get(random.nextInt(NAMES.size()))).append("\":");
            }
            text.append(document(random, depth + 1));
        }
        return text.append(kind == 0 ? "}" : "]").toString();
    }
}
