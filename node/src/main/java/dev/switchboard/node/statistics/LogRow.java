package dev.switchboard.node.statistics;

import dev.switchboard.protocol.domain.FailureKind;
import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.statistics.StatisticsCommand.AttemptEnded;
import dev.switchboard.protocol.statistics.StatisticsCommand.RequestEnded;
import org.jspecify.annotations.Nullable;

/** A row that waits to be written to the database. */
sealed interface LogRow permits RequestRow, LogRow.Failed {
    /** A row of the error log; {@code counted} says whether it counts against the model. */
    record Failed(ErrorRow row, boolean counted, String node) implements LogRow {
        /** The row of a failed attempt, null for a success. */
        static @Nullable Failed of(AttemptEnded attempt, String node) {
            FailureKind failure = attempt.failure();
            if (failure == null) {
                return null;
            }
            ModelRef model = attempt.model();
            ErrorRow row = new ErrorRow(
                    attempt.at(),
                    Text.fit(attempt.requestId(), 255),
                    model.platform().value(),
                    Text.fit(model.id(), 255),
                    failure.wire(),
                    Text.fitOrNull(attempt.message(), 500));
            return new Failed(row, failure.countsAgainstModel(), node);
        }

        /** The row of a request that failed before any attempt, null for every other. */
        static @Nullable Failed of(RequestEnded request, String node) {
            if (request.attempts() > 0 || Outcome.of(request) != Outcome.FAILURE) {
                return null;
            }
            ErrorRow row = new ErrorRow(
                    request.at(),
                    Text.fit(request.requestId(), 255),
                    null,
                    null,
                    kindOf(request).wire(),
                    Text.fitOrNull(request.message(), 500));
            return new Failed(row, false, node);
        }

        private static FailureKind kindOf(RequestEnded request) {
            FailureKind failure = request.failure();
            if (failure != null) {
                return failure;
            }
            if (request.status() == 429) {
                return FailureKind.RATE_LIMITED;
            }
            if (request.status() == 504) {
                return FailureKind.TIMEOUT;
            }
            return request.status() < 500 ? FailureKind.CLIENT_FAULT : FailureKind.SERVER_ERROR;
        }
    }
}
