package dev.switchboard.node.directory;

import dev.switchboard.node.directory.DirectoryEvent.AuditText;
import dev.switchboard.protocol.directory.ChangeReply;
import org.jspecify.annotations.Nullable;

/** What becomes of one asked change. */
sealed interface Decision {
    /** It happens. */
    record Happens(Fact fact, @Nullable AuditText audit) implements Decision {}

    /** It is so already. */
    enum Unchanged implements Decision {
        INSTANCE
    }

    /** It does not happen, and why. */
    record Refuses(ChangeReply.Refused reply) implements Decision {}
}
