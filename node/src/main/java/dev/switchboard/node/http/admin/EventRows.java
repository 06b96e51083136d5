package dev.switchboard.node.http.admin;

import dev.switchboard.protocol.cluster.DashboardEvent;
import dev.switchboard.protocol.domain.FailureKind;
import dev.switchboard.protocol.domain.KeyStatus;
import dev.switchboard.protocol.domain.SessionKey;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The JSON shapes of {@code /api/events}. */
final class EventRows {
    private EventRows() {}

    /** {@code route}: a request ended on a node. */
    record Route(
            String node,
            Instant at,
            String requestId,
            @Nullable String sessionKey,
            String requested,
            @Nullable String platform,
            @Nullable String model,
            int status,
            @Nullable FailureKind failure,
            int attempts,
            boolean stream,
            long totalMs,
            long ttftMs,
            long inputTokens,
            long outputTokens) {
        static EventFrame frame(DashboardEvent.Routed event) {
            return new EventFrame(
                    "route",
                    new Route(
                            event.node(),
                            event.at(),
                            event.requestId(),
                            SessionKey.shown(event.session().value()),
                            event.requested(),
                            event.model() == null
                                    ? null
                                    : event.model().platform().value(),
                            event.model() == null ? null : event.model().id(),
                            event.status(),
                            event.failure(),
                            event.attempts(),
                            event.stream(),
                            event.totalMs(),
                            event.ttftMs(),
                            event.inputTokens(),
                            event.outputTokens()));
        }
    }

    /** {@code ban}: a session keeps away from a platform. */
    record Ban(String node, String sessionKey, String platform, Instant until, FailureKind reason) {
        static EventFrame frame(DashboardEvent.Banned event) {
            return new EventFrame(
                    "ban",
                    new Ban(
                            event.node(),
                            event.session().value(),
                            event.ban().platform().value(),
                            event.ban().until(),
                            event.ban().reason()));
        }
    }

    /** {@code cooldown}: {@code state} is {@code started} or {@code ended}. */
    record Cooldown(
            String state,
            String id,
            String scope,
            String platform,
            @Nullable String model,
            @Nullable String keyLabel,
            FailureKind reason,
            Instant until) {}

    /** {@code key}: {@code change} is {@code added}, {@code changed} or {@code removed}. */
    record Key(String change, String id, String platform, String label, KeyStatus status, boolean enabled) {}

    /** {@code member}: a node of the cluster and its status now. */
    record Member(String address, String status) {}

    /** {@code stats}: the whole cluster now; {@code successRate} is null where nothing ended. */
    record Stats(
            Instant at,
            int nodes,
            double requestsPerSecond,
            @Nullable Double successRate,
            long inFlight,
            long streamsOpen) {}
}
