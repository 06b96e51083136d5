package dev.switchboard.node.directory;

import dev.switchboard.protocol.directory.ChangeReply;
import org.jspecify.annotations.Nullable;

/** Ends the decision on a change early; never leaves {@link Changes}. */
final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient ChangeReply.Refused reply;

    private Refusal(ChangeReply.Reason reason, String message, @Nullable String field) {
        super(message, null, false, false);
        this.reply = new ChangeReply.Refused(reason, message, field);
    }

    static Refusal invalid(String field, String message) {
        return new Refusal(ChangeReply.Reason.INVALID, field + " " + message, field);
    }

    static Refusal notFound(String what) {
        return new Refusal(ChangeReply.Reason.NOT_FOUND, "there is no " + what, null);
    }

    static Refusal conflict(String field, String message) {
        return new Refusal(ChangeReply.Reason.CONFLICT, message, field);
    }

    ChangeReply.Refused reply() {
        return reply;
    }
}
