package dev.switchboard.protocol.cluster;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.switchboard.protocol.CborSerializable;
import dev.switchboard.protocol.domain.FailureKind;
import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.domain.SessionKey;
import dev.switchboard.protocol.session.Ban;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What only one node sees and every dashboard shows; sent to all nodes at a bounded rate. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = DashboardEvent.Routed.class, name = "routed"),
    @JsonSubTypes.Type(value = DashboardEvent.Banned.class, name = "banned"),
    @JsonSubTypes.Type(value = DashboardEvent.Counters.class, name = "counters")
})
public sealed interface DashboardEvent extends CborSerializable {
    /** The address of the node that saw it. */
    String node();

    /** A request ended; {@code model} is null where none answered. */
    record Routed(
            String node,
            Instant at,
            String requestId,
            SessionKey session,
            String requested,
            @Nullable ModelRef model,
            int status,
            @Nullable FailureKind failure,
            int attempts,
            boolean stream,
            long totalMs,
            long ttftMs,
            long inputTokens,
            long outputTokens)
            implements DashboardEvent {}

    /** A session keeps away from a platform. */
    record Banned(String node, SessionKey session, Ban ban) implements DashboardEvent {}

    /** What a node does now; {@code ended} and {@code failed} count requests since its last counters. */
    record Counters(String node, double seconds, long ended, long failed, long inFlight, long streamsOpen)
            implements DashboardEvent {}
}
