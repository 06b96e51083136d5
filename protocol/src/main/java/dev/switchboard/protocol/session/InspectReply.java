package dev.switchboard.protocol.session;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.switchboard.protocol.CborSerializable;
import java.util.List;

/** The answer to {@link SessionCommand.Inspect}. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = InspectReply.Found.class, name = "found"),
    @JsonSubTypes.Type(value = InspectReply.Unknown.class, name = "unknown")
})
public sealed interface InspectReply extends CborSerializable {
    /** The session and its last decisions, newest last. */
    record Found(SessionSummary summary, List<RouteDecision> decisions) implements InspectReply {}

    /** No such session is known. */
    record Unknown(String key) implements InspectReply {}
}
