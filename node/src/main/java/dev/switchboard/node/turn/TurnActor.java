package dev.switchboard.node.turn;

import akka.actor.CoordinatedShutdown;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.PostStop;
import akka.actor.typed.Signal;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import dev.switchboard.protocol.provider.LeaseReply;
import dev.switchboard.protocol.session.SessionView;
import dev.switchboard.protocol.turn.AnnounceLeases;
import dev.switchboard.protocol.turn.TurnMessage;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * Serves turns, one after the other; between them it waits in the {@link TurnPool}. The owners watch it: its death, or that
 * of its node, frees the lease of the turn that it serves. A turn that crashes takes its actor with it.
 */
final class TurnActor extends AbstractBehavior<TurnMessage> {
    private final TurnServices services;
    private final TurnPool pool;
    private final ActorRef<TurnGuardian.Command> guardian;
    private final TurnTimers timers;
    private @Nullable Turn turn;

    private TurnActor(
            ActorContext<TurnMessage> context,
            TimerScheduler<TurnMessage> timers,
            TurnServices services,
            TurnPool pool,
            ActorRef<TurnGuardian.Command> guardian,
            LongSupplier nanoTime) {
        super(context);
        this.services = services;
        this.pool = pool;
        this.guardian = guardian;
        this.timers = new TurnTimers(timers, nanoTime);
    }

    /** Serves what {@link TurnEvent.Begin} brings; tells the guardian of the end of the last turn of a closed pool. */
    static Behavior<TurnMessage> create(TurnServices services, TurnPool pool, ActorRef<TurnGuardian.Command> guardian) {
        return create(services, pool, guardian, System::nanoTime);
    }

    /** The same by another clock for how long things take. */
    static Behavior<TurnMessage> create(
            TurnServices services, TurnPool pool, ActorRef<TurnGuardian.Command> guardian, LongSupplier nanoTime) {
        return Behaviors.setup(context ->
                Behaviors.withTimers(timers -> new TurnActor(context, timers, services, pool, guardian, nanoTime)));
    }

    /** No list of cases: every open stream has its actor, and would have its list. */
    @Override
    public Receive<TurnMessage> createReceive() {
        return new Receive<>() {
            @Override
            public Behavior<TurnMessage> receiveMessage(TurnMessage message) {
                return onMessage(message);
            }

            @Override
            public Behavior<TurnMessage> receiveSignal(Signal signal) {
                return signal instanceof PostStop ? onPostStop() : Behaviors.unhandled();
            }
        };
    }

    private Behavior<TurnMessage> onMessage(TurnMessage message) {
        if (message instanceof TurnEvent.Begin begin) {
            return onBegin(begin);
        } else if (message instanceof SessionView view) {
            return within(now -> now.onOpened(view));
        } else if (message instanceof LeaseReply reply) {
            return within(now -> now.onLeased(reply));
        } else if (message instanceof TurnEvent.Started started) {
            return within(now -> now.onStarted(started));
        } else if (message instanceof TurnEvent.StreamEnded ended) {
            return within(now -> now.onStreamEnded(ended));
        } else if (message instanceof TurnEvent.ClientGone gone) {
            return gone.turn() == turn ? within(Turn::onClientGone) : this;
        } else if (message instanceof TurnEvent.Silence) {
            return timers.isSilent() ? within(Turn::onSilence) : this;
        } else if (message instanceof TurnEvent.BudgetSpent) {
            return timers.isSpent() ? within(Turn::onBudgetSpent) : this;
        } else if (message instanceof TurnEvent.HeadersDue) {
            return timers.areHeadersDue() ? within(Turn::onHeadersDue) : this;
        } else if (message instanceof TurnEvent.Interrupt) {
            return within(Turn::onInterrupt);
        } else if (message instanceof AnnounceLeases announce) {
            return within(now -> now.onAnnounceLeases(announce));
        }
        return Behaviors.unhandled();
    }

    private Behavior<TurnMessage> onBegin(TurnEvent.Begin begin) {
        turn = new Turn(getContext().getSelf(), timers, services, begin);
        return within(Turn::begin);
    }

    private Behavior<TurnMessage> within(Consumer<Turn> step) {
        Turn now = turn;
        if (now == null) {
            return this;
        }
        try {
            step.accept(now);
        } catch (RuntimeException e) {
            try (MDC.MDCCloseable id = MDC.putCloseable("requestId", now.requestId())) {
                getContext().getLog().error("A turn has failed: {}", e.getMessage(), e);
            }
            return Behaviors.stopped();
        }
        return now.hasEnded() ? rest(now) : this;
    }

    private Behavior<TurnMessage> rest(Turn done) {
        turn = null;
        timers.end();
        left(done);
        return done.isOwedNothing() && pool.offer(getContext().getSelf()) ? this : Behaviors.stopped();
    }

    private void left(Turn done) {
        done.over();
        if (pool.end()) {
            guardian.tell(TurnGuardian.Drained.INSTANCE);
        }
    }

    private Behavior<TurnMessage> onPostStop() {
        Turn broken = turn;
        if (broken != null) {
            turn = null;
            boolean stopping = CoordinatedShutdown.get(getContext().getSystem())
                    .getShutdownReason()
                    .isPresent();
            broken.abort(stopping ? TurnReply.Refusal.STOPPING : TurnReply.Refusal.CRASHED);
            left(broken);
        }
        return this;
    }
}
