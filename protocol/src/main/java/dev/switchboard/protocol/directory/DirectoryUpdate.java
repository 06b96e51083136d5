package dev.switchboard.protocol.directory;

import akka.actor.typed.ActorRef;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.switchboard.protocol.CborSerializable;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the owner of the directory sends to replicas. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = DirectoryUpdate.Page.class, name = "page"),
    @JsonSubTypes.Type(value = DirectoryUpdate.Heartbeat.class, name = "heartbeat")
})
public sealed interface DirectoryUpdate extends CborSerializable {
    /**
     * One page of the whole directory at {@code version}; a version is complete with its last page. Pages keep every
     * message far below the remoting frame limit; changes are rare, so sending all rows is simpler than differences.
     *
     * @param acknowledgeTo who wants {@link DirectoryCommand.Acknowledge} of the whole version; an earlier version's
     *     owner, which does not know it, leaves it out
     */
    record Page(
            long version,
            int index,
            int count,
            List<Platform> platforms,
            List<Model> models,
            List<ProviderKey> keys,
            Map<String, String> settings,
            @Nullable String apiKeyCipher,
            @Nullable String adminKeyCipher,
            @Nullable Grants grants,
            @Nullable ActorRef<DirectoryCommand> acknowledgeTo)
            implements DirectoryUpdate {
        /** An earlier version sends no grants. */
        public Page {
            grants = grants == null ? Grants.NONE : grants;
        }
    }

    /** The owner is alive at this version; a replica that is behind subscribes again. */
    record Heartbeat(long version) implements DirectoryUpdate {}
}
