package dev.switchboard.protocol.directory;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.switchboard.protocol.CborSerializable;
import org.jspecify.annotations.Nullable;

/** The answer to {@link DirectoryCommand.Change}. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = ChangeReply.Accepted.class, name = "accepted"),
    @JsonSubTypes.Type(value = ChangeReply.Refused.class, name = "refused")
})
public sealed interface ChangeReply extends CborSerializable {
    /**
     * Persisted; every reachable replica has {@code version}, unless one took longer than the owner waits.
     */
    record Accepted(long version) implements ChangeReply {}

    /** Nothing was changed. */
    record Refused(Reason reason, String message, @Nullable String field) implements ChangeReply {}

    /** Why a change was refused; decides the status of the HTTP answer. */
    enum Reason {
        INVALID,
        NOT_FOUND,
        CONFLICT
    }
}
