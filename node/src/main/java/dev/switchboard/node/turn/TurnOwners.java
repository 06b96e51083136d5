package dev.switchboard.node.turn;

import akka.actor.typed.javadsl.ActorContext;
import dev.switchboard.protocol.domain.KeyId;
import dev.switchboard.protocol.domain.LeaseId;
import dev.switchboard.protocol.domain.Limits;
import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.provider.LeaseReply;
import dev.switchboard.protocol.provider.LeaseResult;
import dev.switchboard.protocol.provider.ProviderCommand;
import dev.switchboard.protocol.session.SessionCommand;
import dev.switchboard.protocol.session.SessionView;
import dev.switchboard.protocol.turn.TurnMessage;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How one turn speaks to the owners of its session and of the platforms it tries. */
final class TurnOwners {
    private final ActorContext<TurnMessage> context;
    private final TurnServices services;
    private final TurnRequest request;
    private final InFlight.Entry entry;

    TurnOwners(ActorContext<TurnMessage> context, TurnServices services, TurnRequest request, InFlight.Entry entry) {
        this.context = context;
        this.services = services;
        this.request = request;
        this.entry = entry;
    }

    void openSession(Duration time) {
        context.ask(
                SessionView.class,
                services.session().apply(request.session()),
                time,
                replyTo -> new SessionCommand.Open(request.target().mode(), replyTo),
                (view, failure) -> failure == null ? new TurnEvent.Opened(view) : new TurnEvent.SessionSilent());
    }

    void tellSession(SessionCommand command) {
        services.session().apply(request.session()).tell(command);
    }

    void acquire(
            LeaseId id, ModelRef model, @Nullable KeyId preferred, Set<KeyId> out, boolean exclusive, Duration time) {
        context.ask(
                LeaseReply.class,
                services.provider().apply(model.platform()),
                time,
                replyTo -> new ProviderCommand.Acquire(
                        id,
                        model,
                        request.session(),
                        preferred,
                        out,
                        request.chat().estimatedTokens(),
                        exclusive,
                        request.requestId(),
                        context.getSelf(),
                        replyTo),
                (answer, failure) -> failure == null ? new TurnEvent.Leased(answer) : new TurnEvent.LeaseSilent(id));
    }

    void settle(ModelRef model, LeaseId id, LeaseResult result) {
        entry.released();
        services.provider().apply(model.platform()).tell(new ProviderCommand.Settle(id, result));
    }

    /** Passes on what the provider said of its limits, if that is news. */
    void learn(HeldLease lease, StatedBefore before, Instant now) {
        Limits stated = lease.statedLimits();
        if (before.isNews(lease.key, lease.model, stated, now)) {
            services.provider()
                    .apply(lease.model.platform())
                    .tell(new ProviderCommand.LearnLimits(lease.model, lease.key, stated));
        }
    }

    /** The platform's owner has restarted and is told of the lease again. */
    void announce(HeldLease lease) {
        services.provider()
                .apply(lease.model.platform())
                .tell(new ProviderCommand.Announce(
                        lease.id,
                        lease.model,
                        lease.key,
                        request.session(),
                        request.chat().estimatedTokens(),
                        lease.exclusive,
                        lease.probe,
                        request.requestId(),
                        lease.grantedAt,
                        context.getSelf()));
    }
}
