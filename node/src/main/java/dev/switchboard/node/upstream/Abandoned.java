package dev.switchboard.node.upstream;

import dev.switchboard.protocol.domain.Failure;
import dev.switchboard.protocol.domain.FailureKind;

/** The gateway itself ended an exchange: by a time limit, or because nobody wants the answer any more. */
final class Abandoned extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final FailureKind kind;

    private Abandoned(FailureKind kind, String message) {
        super(message, null, false, false);
        this.kind = kind;
    }

    static Abandoned cancelled() {
        return new Abandoned(FailureKind.CANCELLED, "The request was given up.");
    }

    static Abandoned timedOut(long millis) {
        return new Abandoned(FailureKind.TIMEOUT, "The provider sent no response within " + millis + " ms.");
    }

    Failure failure() {
        return Failure.of(kind, String.valueOf(getMessage()));
    }
}
