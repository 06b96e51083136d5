package dev.switchboard.node.session;

import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Removes the rows of sessions whose time to live ended while no actor had them, such as after a restart of the whole
 * cluster. Every node runs one; removing twice does no harm.
 */
final class SessionSweeper extends AbstractBehavior<Object> {
    static final Duration INTERVAL = Duration.ofMinutes(30);
    /** A live session's row may lag behind its last use by the touch interval and by a short absence of the database. */
    static final Duration MARGIN = Duration.ofMinutes(10);

    private enum Tick {
        SWEEP
    }

    private record Swept(@Nullable Integer rows, @Nullable Throwable error) {}

    private final Function<Instant, CompletionStage<Integer>> sweep;
    private final Supplier<Duration> ttl;
    private final Clock clock;

    private SessionSweeper(
            ActorContext<Object> context,
            Function<Instant, CompletionStage<Integer>> sweep,
            Supplier<Duration> ttl,
            Clock clock) {
        super(context);
        this.sweep = sweep;
        this.ttl = ttl;
        this.clock = clock;
    }

    /** {@code sweep} removes the rows of sessions that were last written before a time. */
    static Behavior<Object> create(
            Function<Instant, CompletionStage<Integer>> sweep, Supplier<Duration> ttl, Clock clock) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
            timers.startTimerWithFixedDelay(Tick.SWEEP, INTERVAL);
            return new SessionSweeper(context, sweep, ttl, clock);
        }));
    }

    @Override
    public Receive<Object> createReceive() {
        return newReceiveBuilder()
                .onMessageEquals(Tick.SWEEP, this::onSweep)
                .onMessage(Swept.class, this::onSwept)
                .build();
    }

    private Behavior<Object> onSweep() {
        Instant before = clock.instant().minus(ttl.get()).minus(MARGIN);
        getContext().pipeToSelf(sweep.apply(before), Swept::new);
        return this;
    }

    private Behavior<Object> onSwept(Swept swept) {
        if (swept.error() != null) {
            getContext()
                    .getLog()
                    .warn(
                            "expired sessions stay in the database for now: {}",
                            swept.error().toString());
        } else if (swept.rows() != null && swept.rows() > 0) {
            getContext().getLog().info("removed {} expired sessions from the database", swept.rows());
        }
        return this;
    }
}
