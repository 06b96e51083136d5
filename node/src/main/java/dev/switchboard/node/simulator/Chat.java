package dev.switchboard.node.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A chat request, whatever wire format it came in.
 *
 * @param maxTokens most tokens to answer, {@link Integer#MAX_VALUE} for no limit
 * @param choices number of answers, at least 1
 * @param toolResult content of the tool result that ends the conversation, if one does
 * @param jsonMode whether the answer must be JSON
 * @param jsonSchema schema of that JSON, if given
 * @param promptChars characters of all texts in the prompt
 */
record Chat(
        String model,
        boolean stream,
        boolean includeUsage,
        int maxTokens,
        int choices,
        List<Tool> tools,
        ToolChoice toolChoice,
        @Nullable String namedTool,
        boolean parallelTools,
        String lastUserText,
        @Nullable String toolResult,
        boolean jsonMode,
        @Nullable JsonNode jsonSchema,
        long promptChars) {

    /** Takes a negative limit as none at all. */
    Chat {
        maxTokens = maxTokens < 0 ? Integer.MAX_VALUE : maxTokens;
    }

    /** A tool the caller offers, with the JSON schema of its arguments. */
    record Tool(String name, JsonNode parameters) {}

    /** Whether a tool may or must be called. */
    enum ToolChoice {
        AUTO,
        NONE,
        REQUIRED
    }

    /** Tokens of a number of characters: a quarter, rounded up. */
    static int tokens(long chars) {
        return (int) ((chars + 3) / 4);
    }

    int promptTokens() {
        return tokens(promptChars);
    }

    Chat withLastUserText(String text) {
        return new Chat(
                model,
                stream,
                includeUsage,
                maxTokens,
                choices,
                tools,
                toolChoice,
                namedTool,
                parallelTools,
                text,
                toolResult,
                jsonMode,
                jsonSchema,
                promptChars);
    }
}
