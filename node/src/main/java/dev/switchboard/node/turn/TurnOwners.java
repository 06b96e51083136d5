package dev.switchboard.node.turn;

import akka.actor.typed.ActorRef;
import dev.switchboard.protocol.domain.KeyId;
import dev.switchboard.protocol.domain.LeaseId;
import dev.switchboard.protocol.domain.Limits;
import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.provider.LeaseResult;
import dev.switchboard.protocol.provider.ProviderCommand;
import dev.switchboard.protocol.session.SessionCommand;
import dev.switchboard.protocol.turn.TurnMessage;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How one turn speaks to the owners of its session and of the platforms it tries. They answer to the turn's actor itself;
 * asks meet moving shards during a hand-over: each is short and repeated, the first soonest.
 */
final class TurnOwners {
    /** The time for the first ask. */
    static final Duration FIRST_ASK = Duration.ofMillis(400);
    /** The time for every ask after the first. */
    static final Duration ASK = Duration.ofSeconds(1);
    /** How long asks are repeated: twelve seconds cover the loss of a node. */
    static final Duration PATIENCE = Duration.ofSeconds(12);

    /** The same for the session: twice the loss of a node, since a turn without its bans and pin breaks a promise. */
    static final Duration SESSION_PATIENCE = Duration.ofSeconds(24);

    private final ActorRef<TurnMessage> self;
    private final TurnTimers timers;
    private final TurnServices services;
    private final TurnRequest request;
    private final InFlight.Entry entry;
    private boolean sessionChanges;
    private int silences;
    private int views;

    TurnOwners(
            ActorRef<TurnMessage> self,
            TurnTimers timers,
            TurnServices services,
            TurnRequest request,
            InFlight.Entry entry) {
        this.self = self;
        this.timers = timers;
        this.services = services;
        this.request = request;
        this.entry = entry;
    }

    void openSession() {
        views++;
        timers.ask(silences == 0 ? FIRST_ASK : ASK);
        services.session()
                .accept(
                        request.session(),
                        new SessionCommand.Open(request.target().mode(), self.narrow()));
    }

    /** The session has answered, perhaps to an ask that was given up. */
    void sessionAnswered() {
        views--;
    }

    /** Whether nobody owes this turn an answer that could be taken for one to the actor's next turn. */
    boolean isOwedNothing() {
        return views == 0;
    }

    /** An ask got no answer in time; whether those for {@code patience} have got none. */
    boolean lostPatience(Duration patience) {
        silences++;
        return ASK.multipliedBy(silences).compareTo(patience) >= 0;
    }

    /** What was asked is answered, or was given up. */
    void answered() {
        silences = 0;
        timers.answered();
    }

    void tellSession(SessionCommand command) {
        sessionChanges |= command instanceof SessionCommand.AttemptFailed;
        services.session().accept(request.session(), command);
    }

    /** What the session is told next, or was told, changes its pin or its bans. */
    void sessionChanges() {
        sessionChanges = true;
    }

    boolean hasChangedSession() {
        return sessionChanges;
    }

    /**
     * Goes on when the session's owner knows of its change, if there was one. Before that the caller gets no end of its
     * answer: its next request, to whatever node, finds the pin and the bans.
     */
    void onceSessionHeard(Runnable then) {
        if (sessionChanges) {
            services.sessionHeard()
                    .apply(request.session())
                    .whenCompleteAsync((heard, failure) -> then.run(), Runnable::run);
        } else {
            then.run();
        }
    }

    void acquire(LeaseId id, ModelRef model, @Nullable KeyId preferred, Set<KeyId> out, boolean exclusive) {
        timers.ask(silences == 0 ? FIRST_ASK : ASK);
        services.provider()
                .accept(
                        model.platform(),
                        new ProviderCommand.Acquire(
                                id,
                                model,
                                request.session(),
                                preferred,
                                out,
                                request.chat().estimatedTokens(),
                                exclusive,
                                request.requestId(),
                                self,
                                self.narrow()));
    }

    /** Ends a lease that was granted. */
    void settle(HeldLease held, LeaseResult result) {
        services.recentLeases().ended(held, result);
        settle(held.model, held.id, result);
    }

    void settle(ModelRef model, LeaseId id, LeaseResult result) {
        entry.released();
        services.provider().accept(model.platform(), new ProviderCommand.Settle(id, result));
    }

    /** Passes on what the provider said of its limits, if that is news. */
    void learn(HeldLease lease, Instant now) {
        Limits stated = lease.statedLimits();
        if (services.statedBefore().isNews(lease.key, lease.model, stated, now)) {
            services.provider()
                    .accept(lease.model.platform(), new ProviderCommand.LearnLimits(lease.model, lease.key, stated));
        }
    }

    /** The platform's owner has restarted and is told of the lease again. */
    void announce(HeldLease lease) {
        services.provider()
                .accept(
                        lease.model.platform(),
                        new ProviderCommand.Announce(
                                lease.id,
                                lease.model,
                                lease.key,
                                request.session(),
                                request.chat().estimatedTokens(),
                                lease.exclusive,
                                lease.probe,
                                request.requestId(),
                                lease.grantedAt,
                                self));
    }
}
