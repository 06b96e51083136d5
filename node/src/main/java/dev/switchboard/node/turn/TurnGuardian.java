package dev.switchboard.node.turn;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.SupervisorStrategy;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import dev.switchboard.protocol.turn.AnnounceLeases;
import dev.switchboard.protocol.turn.TurnMessage;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Parent of the turns of this node: starts them, passes announcements on, and drains them when the node stops. */
public final class TurnGuardian extends AbstractBehavior<TurnGuardian.Command> {
    /** What the guardian of turns is told; all of it stays on the node. */
    public sealed interface Command {}

    /** Starts a turn; the promise is completed exactly once. */
    record Start(TurnRequest request, CompletableFuture<TurnReply> promise) implements Command {}

    /** A provider's owner has restarted: turns announce their leases again. */
    public record Announce(AnnounceLeases message) implements Command {}

    /**
     * The node stops: running turns may go on for {@code limit}, then they are interrupted; the reply comes when the last
     * has ended. While requests still arrive, because their senders have not yet seen that the node is not ready, turns
     * are still started: until none has come for half a second, for {@code grace} at most.
     */
    public record Drain(Duration grace, Duration limit, ActorRef<Done> replyTo) implements Command {}

    private record Ended(ActorRef<TurnMessage> turn, Runnable whenOver) implements Command {}

    private enum Tick implements Command {
        CLOSE,
        GRACE_OVER,
        LIMIT_REACHED
    }

    /** A node that got no request for this long is not being sent any. */
    static final Duration QUIET = Duration.ofMillis(500);

    private final TimerScheduler<Command> timers;
    private final TurnServices services;
    private final Set<ActorRef<TurnMessage>> turns = new HashSet<>();
    private long lastStart = Long.MIN_VALUE;
    private boolean draining;
    private boolean closed;
    private @Nullable ActorRef<Done> drained;

    private TurnGuardian(ActorContext<Command> context, TimerScheduler<Command> timers, TurnServices services) {
        super(context);
        this.timers = timers;
        this.services = services;
    }

    /** One on every node. */
    public static Behavior<Command> create(TurnServices services) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> new TurnGuardian(context, timers, services)));
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(Start.class, this::onStart)
                .onMessage(Ended.class, this::onEnded)
                .onMessage(Announce.class, this::onAnnounce)
                .onMessage(Drain.class, this::onDrain)
                .onMessageEquals(Tick.CLOSE, this::onClose)
                .onMessageEquals(Tick.GRACE_OVER, this::onClose)
                .onMessageEquals(Tick.LIMIT_REACHED, this::onLimitReached)
                .build();
    }

    private Behavior<Command> onStart(Start start) {
        if (closed) {
            start.promise().complete(TurnReply.Refusal.STOPPING);
            start.request().whenOver().run();
            return this;
        }
        lastStart = System.nanoTime();
        if (draining) {
            timers.startSingleTimer(Tick.CLOSE, Tick.CLOSE, QUIET);
        }
        ActorRef<TurnMessage> turn = getContext()
                .spawnAnonymous(Behaviors.withMdc(
                        TurnMessage.class,
                        Map.of("requestId", start.request().requestId()),
                        Behaviors.supervise(TurnActor.create(services, start.request(), start.promise()))
                                .onFailure(SupervisorStrategy.stop())));
        turns.add(turn);
        getContext().watchWith(turn, new Ended(turn, start.request().whenOver()));
        return this;
    }

    private Behavior<Command> onEnded(Ended ended) {
        turns.remove(ended.turn());
        ended.whenOver().run();
        return answerWhenDrained();
    }

    private Behavior<Command> onAnnounce(Announce announce) {
        turns.forEach(turn -> turn.tell(announce.message()));
        return this;
    }

    private Behavior<Command> onDrain(Drain drain) {
        draining = true;
        drained = drain.replyTo();
        timers.startSingleTimer(Tick.LIMIT_REACHED, Tick.LIMIT_REACHED, drain.limit());
        boolean busy = lastStart != Long.MIN_VALUE && System.nanoTime() - lastStart < 2 * QUIET.toNanos();
        if (!busy) {
            return onClose();
        }
        timers.startSingleTimer(Tick.CLOSE, Tick.CLOSE, QUIET);
        timers.startSingleTimer(Tick.GRACE_OVER, Tick.GRACE_OVER, drain.grace());
        return this;
    }

    private Behavior<Command> onClose() {
        closed = true;
        return answerWhenDrained();
    }

    private Behavior<Command> onLimitReached() {
        turns.forEach(turn -> turn.tell(new TurnEvent.Interrupt()));
        return this;
    }

    private Behavior<Command> answerWhenDrained() {
        if (closed && turns.isEmpty() && drained != null) {
            drained.tell(Done.getInstance());
            drained = null;
        }
        return this;
    }
}
