package dev.switchboard.protocol.domain;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One classified upstream failure.
 *
 * @param status the upstream status, 0 where there was none
 * @param code the upstream's own code, such as {@code context_length_exceeded}
 * @param message upstream's words, without secrets; shown in traces and, for client faults, to the caller
 * @param retryAfter how long upstream asked to wait, if it did
 */
public record Failure(
        FailureKind kind, int status, @Nullable String code, String message, @Nullable Duration retryAfter) {
    /** A failure that upstream gave no status, code or wait for. */
    public static Failure of(FailureKind kind, String message) {
        return new Failure(kind, 0, null, message, null);
    }
}
