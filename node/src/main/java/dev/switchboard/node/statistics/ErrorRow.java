package dev.switchboard.node.statistics;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One line of {@code /api/analytics/errors} (contract.md §4): a failed attempt, or a request that failed before any.
 *
 * @param platform null where no model had been tried
 * @param model the bare model id, null where no model had been tried
 * @param kind a failure kind on the wire
 */
public record ErrorRow(
        Instant at,
        String requestId,
        @Nullable String platform,
        @Nullable String model,
        String kind,
        @Nullable String message) {}
