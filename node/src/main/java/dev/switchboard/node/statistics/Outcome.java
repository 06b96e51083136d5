package dev.switchboard.node.statistics;

import dev.switchboard.protocol.domain.FailureKind;
import dev.switchboard.protocol.statistics.StatisticsCommand.RequestEnded;
import org.jspecify.annotations.Nullable;

/** How a request counts in the success rate; the code is what the request log holds. */
enum Outcome {
    FAILURE(0),
    SUCCESS(1),
    /** The caller went away. */
    NEITHER(2);

    private static final int CLIENT_CLOSED = 499;
    private final int code;

    Outcome(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }

    static Outcome of(RequestEnded request) {
        return of(
                request.status(),
                request.failure() == null ? null : request.failure().wire());
    }

    static Outcome of(RequestRow row) {
        return of(row.status(), row.failure());
    }

    private static Outcome of(int status, @Nullable String failure) {
        if (status == CLIENT_CLOSED || FailureKind.CANCELLED.wire().equals(failure)) {
            return NEITHER;
        }
        return status < 400 && failure == null ? SUCCESS : FAILURE;
    }
}
