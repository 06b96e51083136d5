package dev.switchboard.node.session;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.StashBuffer;
import akka.actor.typed.javadsl.TimerScheduler;
import akka.cluster.sharding.typed.javadsl.ClusterSharding;
import dev.switchboard.node.persistence.StateStore;
import dev.switchboard.protocol.domain.SessionKey;
import dev.switchboard.protocol.session.SessionCommand;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A session before its stored state is here. Messages wait for it, but only so many and only so long: {@link
 * #SLOW_PATIENCE} while the database has not said anything, since a turn without its pin and bans is worse than a late one,
 * and {@link #PATIENCE} where it fails. Then the session serves from an empty memory and merges the stored one when it comes.
 */
final class SessionLoading extends AbstractBehavior<Object> {
    /** From the start, while reading fails: the database is away. */
    static final Duration PATIENCE = Duration.ofSeconds(1);

    /** From the start, while reading takes its time: a busy machine, or many sessions of a shard that moved. */
    static final Duration SLOW_PATIENCE = Duration.ofSeconds(6);

    static final Duration READ_AGAIN = Duration.ofMillis(250);
    private static final int STASH = 128;

    /** The answer of the store: a row, none, or an error. */
    record Answer(StateStore.@Nullable Loaded<SessionState> loaded, @Nullable Throwable error) {}

    private enum Tick {
        /** The time for a failing database is over. */
        AWAY,
        /** The time for a slow one is over. */
        SLOW,
        READ
    }

    private final SessionKey key;
    private final ActorRef<ClusterSharding.ShardCommand> shard;
    private final SessionContext shared;
    private final TimerScheduler<Object> timers;
    private final StashBuffer<Object> stash;
    private boolean late;
    private boolean failing;

    private SessionLoading(
            ActorContext<Object> context,
            TimerScheduler<Object> timers,
            StashBuffer<Object> stash,
            SessionKey key,
            ActorRef<ClusterSharding.ShardCommand> shard,
            SessionContext shared) {
        super(context);
        this.key = key;
        this.shard = shard;
        this.shared = shared;
        this.timers = timers;
        this.stash = stash;
        timers.startSingleTimer(Tick.AWAY, Tick.AWAY, PATIENCE);
        timers.startSingleTimer(Tick.SLOW, Tick.SLOW, SLOW_PATIENCE);
        ask(context, shared.store(), key);
    }

    /** The owner of one session; {@code shard} is told when the session is no longer needed. */
    static Behavior<SessionCommand> create(
            SessionKey key, ActorRef<ClusterSharding.ShardCommand> shard, SessionContext shared) {
        Behavior<Object> behavior = Behaviors.setup(context -> Behaviors.withTimers(timers ->
                Behaviors.withStash(STASH, stash -> new SessionLoading(context, timers, stash, key, shard, shared))));
        return behavior.narrow();
    }

    static String persistenceId(SessionKey key) {
        return SessionSharding.ID_PREFIX + key.value();
    }

    static void ask(ActorContext<Object> context, StateStore<SessionState> store, SessionKey key) {
        context.pipeToSelf(store.load(persistenceId(key)), Answer::new);
    }

    @Override
    public Receive<Object> createReceive() {
        return newReceiveBuilder()
                .onMessage(Answer.class, this::onAnswer)
                .onMessageEquals(Tick.AWAY, this::onAway)
                .onMessageEquals(Tick.SLOW, () -> serve(actor -> actor))
                .onMessageEquals(Tick.READ, this::onRead)
                .onMessage(SessionCommand.Stop.class, this::onStop)
                .onAnyMessage(this::onEarly)
                .build();
    }

    private Behavior<Object> onAnswer(Answer answer) {
        if (answer.loaded() != null || late || SessionActor.isUnreadable(answer.error())) {
            return serve(actor -> actor.onAnswer(answer));
        }
        failing = true;
        timers.startSingleTimer(Tick.READ, Tick.READ, READ_AGAIN);
        return this;
    }

    private Behavior<Object> onRead() {
        ask(getContext(), shared.store(), key);
        return this;
    }

    private Behavior<Object> onAway() {
        late = true;
        return failing ? serve(actor -> actor.onAnswer(new Answer(null, null))) : this;
    }

    private Behavior<Object> onEarly(Object message) {
        stash.stash(message);
        return stash.isFull() ? serve(actor -> actor) : this;
    }

    /**
     * What waits may have to be stored, so it is served before the stop. Turns that wait for their pin are not: nothing is
     * known of it here, and they ask again, of the next owner.
     */
    private Behavior<Object> onStop(SessionCommand.Stop stop) {
        List<Object> changes = new ArrayList<>();
        stash.forEach(message -> {
            if (!(message instanceof SessionCommand.Open)) {
                changes.add(message);
            }
        });
        stash.clear();
        changes.forEach(stash::stash);
        if (stash.isEmpty()) {
            return Behaviors.stopped();
        }
        stash.stash(stop);
        return serve(actor -> actor);
    }

    private Behavior<Object> serve(Function<SessionActor, Behavior<Object>> first) {
        for (Tick tick : Tick.values()) {
            timers.cancel(tick);
        }
        SessionActor actor = new SessionActor(getContext(), timers, key, shard, shared);
        Behavior<Object> next = first.apply(actor);
        if (next != actor) {
            stash.forEach(actor::refuse);
            return next;
        }
        return stash.unstashAll(actor);
    }
}
