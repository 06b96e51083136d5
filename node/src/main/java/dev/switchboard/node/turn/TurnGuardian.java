package dev.switchboard.node.turn;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import dev.switchboard.node.socket.EventLoops;
import dev.switchboard.protocol.provider.ProviderCommand;
import dev.switchboard.protocol.provider.ProviderCommand.EndedLease;
import dev.switchboard.protocol.turn.AnnounceLeases;
import dev.switchboard.protocol.turn.TurnMessage;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Parent of the actors that serve this node's turns: starts one where none waits, passes announcements on, and drains them
 * when the node stops.
 */
public final class TurnGuardian extends AbstractBehavior<TurnGuardian.Command> {
    /** What the guardian of turns is told; all of it stays on the node. */
    public sealed interface Command {}

    /** No actor waits for a turn: one more is started for this one. */
    record Start(TurnEvent.Begin turn) implements Command {}

    /** A provider's owner has restarted: turns announce their leases again, and ended ones are told where that is asked. */
    public record Announce(AnnounceLeases message) implements Command {}

    /**
     * The node stops: running turns may go on for {@code limit}, then they are interrupted; the reply comes when the last
     * has ended. While requests still arrive, because their senders have not yet seen that the node is not ready, turns
     * are still started: until none has come for half a second, for {@code grace} at most.
     */
    public record Drain(Duration grace, Duration limit, ActorRef<Done> replyTo) implements Command {}

    /** The last turn of a node that takes no more has ended. */
    enum Drained implements Command {
        INSTANCE
    }

    private record Ended(ActorRef<TurnMessage> actor) implements Command {}

    private enum Tick implements Command {
        CLOSE,
        GRACE_OVER,
        LIMIT_REACHED
    }

    /** A node that got no request for this long is not being sent any. */
    static final Duration QUIET = Duration.ofMillis(500);

    /** Ended leases in one message: some 30 KB. */
    static final int TOLD_AT_ONCE = 100;

    private final TimerScheduler<Command> timers;
    private final TurnServices services;
    private final TurnPool pool;
    private final Set<ActorRef<TurnMessage>> actors = new HashSet<>();
    private @Nullable ActorRef<Done> drained;

    private TurnGuardian(
            ActorContext<Command> context, TimerScheduler<Command> timers, TurnServices services, TurnPool pool) {
        super(context);
        this.timers = timers;
        this.services = services;
        this.pool = pool;
    }

    /** One on every node, for the turns that {@code pool} lets begin. */
    static Behavior<Command> create(TurnServices services, TurnPool pool) {
        return Behaviors.setup(
                context -> Behaviors.withTimers(timers -> new TurnGuardian(context, timers, services, pool)));
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(Start.class, this::onStart)
                .onMessage(Ended.class, this::onEnded)
                .onMessage(Announce.class, this::onAnnounce)
                .onMessage(Drain.class, this::onDrain)
                .onMessageEquals(Drained.INSTANCE, this::answerWhenDrained)
                .onMessageEquals(Tick.CLOSE, this::onQuiet)
                .onMessageEquals(Tick.GRACE_OVER, this::onClose)
                .onMessageEquals(Tick.LIMIT_REACHED, this::onLimitReached)
                .build();
    }

    private Behavior<Command> onStart(Start start) {
        ActorRef<TurnMessage> actor = getContext()
                .spawnAnonymous(
                        TurnActor.create(services, pool, getContext().getSelf()),
                        EventLoops.props(getContext().getSystem()));
        actors.add(actor);
        getContext().watchWith(actor, new Ended(actor));
        actor.tell(start.turn());
        return this;
    }

    private Behavior<Command> onEnded(Ended ended) {
        actors.remove(ended.actor());
        return this;
    }

    private Behavior<Command> onAnnounce(Announce announce) {
        AnnounceLeases message = announce.message();
        actors.forEach(actor -> actor.tell(message));
        if (message.ended()) {
            List<EndedLease> ended = services.recentLeases().on(message.platform());
            for (int from = 0; from < ended.size(); from += TOLD_AT_ONCE) {
                List<EndedLease> some = List.copyOf(ended.subList(from, Math.min(ended.size(), from + TOLD_AT_ONCE)));
                services.provider().accept(message.platform(), new ProviderCommand.Recall(some));
            }
        }
        return this;
    }

    private Behavior<Command> onDrain(Drain drain) {
        drained = drain.replyTo();
        timers.startSingleTimer(Tick.LIMIT_REACHED, Tick.LIMIT_REACHED, drain.limit());
        if (!pool.hasBegunWithin(2 * QUIET.toNanos())) {
            return onClose();
        }
        timers.startSingleTimer(Tick.CLOSE, Tick.CLOSE, QUIET);
        timers.startSingleTimer(Tick.GRACE_OVER, Tick.GRACE_OVER, drain.grace());
        return this;
    }

    private Behavior<Command> onQuiet() {
        if (pool.hasBegunWithin(QUIET.toNanos())) {
            timers.startSingleTimer(Tick.CLOSE, Tick.CLOSE, QUIET);
            return this;
        }
        return onClose();
    }

    private Behavior<Command> onClose() {
        pool.close();
        return answerWhenDrained();
    }

    private Behavior<Command> onLimitReached() {
        actors.forEach(actor -> actor.tell(new TurnEvent.Interrupt()));
        return this;
    }

    private Behavior<Command> answerWhenDrained() {
        if (drained != null && pool.isDrained()) {
            drained.tell(Done.getInstance());
            drained = null;
        }
        return this;
    }
}
