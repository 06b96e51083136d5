package dev.switchboard.node.statistics;

/**
 * The measures of {@code /api/analytics} (contract.md §4). Percentiles are exact below 200 ms, above that within 2.5 %.
 *
 * @param requests requests; per model and platform, attempts
 * @param successRate successes over successes and failures, 1 where there was neither
 * @param latencyP50Ms median time of a successful request, 0 where not measured
 * @param ttftP50Ms median time to first token, 0 where not measured
 */
public record Measures(
        long requests,
        double successRate,
        long inputTokens,
        long outputTokens,
        long latencyP50Ms,
        long latencyP95Ms,
        long ttftP50Ms,
        long ttftP95Ms) {
    /** Nothing happened. */
    public static final Measures NONE = new Measures(0, 1, 0, 0, 0, 0, 0, 0);
}
