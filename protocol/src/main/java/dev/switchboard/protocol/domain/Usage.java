package dev.switchboard.protocol.domain;

/**
 * Tokens of one answer.
 *
 * @param estimated true where upstream sent none and characters were counted instead (behaviour.md §5)
 */
public record Usage(long inputTokens, long outputTokens, boolean estimated) {
    /** Input and output together. */
    public long totalTokens() {
        return inputTokens + outputTokens;
    }
}
