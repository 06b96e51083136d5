package dev.switchboard.node.relay;

import dev.switchboard.protocol.domain.Failure;
import dev.switchboard.protocol.domain.Usage;
import org.jspecify.annotations.Nullable;

/**
 * How one streamed answer ended.
 *
 * @param failure null where the answer is complete; of kind CANCELLED where the client or the gateway gave it up
 * @param usage upstream's, else estimated from what was sent so far
 * @param ttfbMs from the attempt's start to its first text, reasoning or tool call
 * @param busyMs from the attempt's start to its end
 * @param chunks events with text, reasoning or tool calls
 * @param skipped events that could not be read
 */
public record StreamEnd(@Nullable Failure failure, Usage usage, long ttfbMs, long busyMs, long chunks, long skipped) {}
