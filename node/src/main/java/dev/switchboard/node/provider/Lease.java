package dev.switchboard.node.provider;

import akka.actor.typed.ActorRef;
import dev.switchboard.protocol.domain.KeyId;
import dev.switchboard.protocol.domain.LeaseId;
import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.domain.SessionKey;
import dev.switchboard.protocol.provider.GrantNumber;
import dev.switchboard.protocol.turn.TurnMessage;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One lease in flight.
 *
 * @param owner the turn; null after a restart until the turn announces itself
 * @param grant null where an earlier owner granted it
 * @param trial whether its success reopens a cooled model: it is the probe, or another key tried by the request that
 *     cooled the model
 */
record Lease(
        LeaseId id,
        ModelRef model,
        KeyId key,
        SessionKey session,
        String requestId,
        @Nullable ActorRef<TurnMessage> owner,
        long estimate,
        boolean exclusive,
        boolean probe,
        boolean trial,
        Instant grantedAt,
        @Nullable GrantNumber grant,
        Windows.Reservation reservation) {
    Lease ownedBy(ActorRef<TurnMessage> turn) {
        return new Lease(
                id,
                model,
                key,
                session,
                requestId,
                turn,
                estimate,
                exclusive,
                probe,
                trial,
                grantedAt,
                grant,
                reservation);
    }
}
