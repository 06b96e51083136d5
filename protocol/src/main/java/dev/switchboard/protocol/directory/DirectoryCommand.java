package dev.switchboard.protocol.directory;

import akka.actor.typed.ActorRef;
import dev.switchboard.protocol.CborSerializable;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the single owner of the directory is told and asked. */
public sealed interface DirectoryCommand extends CborSerializable {
    /** Makes one change, whole or not at all; {@code actor} is who did it, for the audit trail. */
    record Change(DirectoryChange change, String actor, ActorRef<ChangeReply> replyTo) implements DirectoryCommand {}

    /**
     * A node's replica wants every version from now on: first the whole directory in pages, then each new version. The
     * subscriber is watched, and repeats itself when the owner moved.
     */
    record Subscribe(ActorRef<DirectoryUpdate> replica) implements DirectoryCommand {}

    /** The replica has published this version: who asks its node from now on, gets it or a later one. */
    record Acknowledge(long version, ActorRef<DirectoryUpdate> replica) implements DirectoryCommand {}

    /** Asks for the newest audit entries. */
    record ReadAudit(int limit, ActorRef<AuditTrail> replyTo) implements DirectoryCommand {}

    /** The singleton manager's stop message. */
    enum Stop implements DirectoryCommand {
        INSTANCE
    }

    /** Audit entries, newest first; secrets are masked. */
    record AuditTrail(List<AuditEntry> entries) implements CborSerializable {}

    /** One audit entry (contract.md §4, {@code /api/audit}). */
    record AuditEntry(
            Instant at, String actor, String action, String target, @Nullable String before, @Nullable String after) {}
}
