package dev.switchboard.node.statistics;

import dev.switchboard.protocol.domain.FailureKind;
import dev.switchboard.protocol.domain.Mode;
import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.domain.SessionKey;
import dev.switchboard.protocol.statistics.StatisticsCommand.RequestEnded;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One row of the request log.
 *
 * @param sessionKey null where the request was refused before it had a session
 * @param mode {@code balanced}, {@code smart}, {@code fast}, or null for an explicit model
 * @param model the bare id of the model that answered, null where none did
 * @param failure the failure kind on the wire, null for a success
 * @param message at most 500 characters
 * @param node the node that took the request
 */
public record RequestRow(
        Instant at,
        String requestId,
        @Nullable String sessionKey,
        @Nullable String mode,
        String requested,
        @Nullable String platform,
        @Nullable String model,
        int status,
        @Nullable String failure,
        @Nullable String message,
        int attempts,
        boolean stream,
        long totalMs,
        long ttftMs,
        long overheadMs,
        long inputTokens,
        long outputTokens,
        String node)
        implements LogRow {
    static RequestRow of(RequestEnded ended, String node) {
        Mode mode = ended.mode();
        ModelRef model = ended.model();
        FailureKind failure = ended.failure();
        return new RequestRow(
                ended.at(),
                Text.fit(ended.requestId(), 255),
                SessionKey.shown(Text.fit(ended.session().value(), 255)),
                mode == null ? null : mode.wire(),
                Text.fit(ended.requested(), 255),
                model == null ? null : model.platform().value(),
                model == null ? null : Text.fit(model.id(), 255),
                ended.status(),
                failure == null ? null : failure.wire(),
                Text.fitOrNull(ended.message(), 500),
                ended.attempts(),
                ended.stream(),
                ended.totalMs(),
                ended.ttftMs(),
                ended.overheadMicros() / 1000,
                ended.inputTokens(),
                ended.outputTokens(),
                node);
    }
}
