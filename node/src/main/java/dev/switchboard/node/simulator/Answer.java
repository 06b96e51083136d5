package dev.switchboard.node.simulator;

import java.util.List;

/**
 * What a simulated model says.
 *
 * @param reasoning its thoughts, empty for none
 * @param finish {@code stop}, {@code length} or {@code tool_calls}, or what was ordered
 * @param completionTokens tokens of text, reasoning and tool calls
 * @param reasoningTokens those of reasoning
 */
record Answer(
        String text,
        String reasoning,
        List<ToolCall> toolCalls,
        String finish,
        int completionTokens,
        int reasoningTokens) {

    /** One tool call, arguments as JSON text. */
    record ToolCall(String id, String name, String arguments) {}
}
