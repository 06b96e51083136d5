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
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A session before its stored state is here. Messages wait for it, but only for a second and only so many: then the
 * session serves from an empty memory and merges the stored one when it comes.
 */
final class SessionLoading extends AbstractBehavior<Object> {
    static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final int STASH = 128;

    /** The answer of the store: a row, none, or an error. */
    record Answer(StateStore.@Nullable Loaded<SessionState> loaded, @Nullable Throwable error) {}

    private enum Slow {
        INSTANCE
    }

    private final SessionKey key;
    private final ActorRef<ClusterSharding.ShardCommand> shard;
    private final SessionContext shared;
    private final TimerScheduler<Object> timers;
    private final StashBuffer<Object> stash;

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
        timers.startSingleTimer(Slow.INSTANCE, Slow.INSTANCE, PATIENCE);
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
                .onMessage(Slow.class, this::onSlow)
                .onMessage(SessionCommand.Stop.class, this::onStop)
                .onAnyMessage(this::onEarly)
                .build();
    }

    private Behavior<Object> onAnswer(Answer answer) {
        return serve(actor -> actor.onAnswer(answer));
    }

    private Behavior<Object> onSlow(Slow slow) {
        return serve(actor -> actor);
    }

    private Behavior<Object> onEarly(Object message) {
        stash.stash(message);
        return stash.isFull() ? serve(actor -> actor) : this;
    }

    /** What waits may have to be stored, so it is served before the stop. */
    private Behavior<Object> onStop(SessionCommand.Stop stop) {
        if (stash.isEmpty()) {
            return Behaviors.stopped();
        }
        stash.stash(stop);
        return serve(actor -> actor);
    }

    private Behavior<Object> serve(Function<SessionActor, Behavior<Object>> first) {
        timers.cancel(Slow.INSTANCE);
        SessionActor actor = new SessionActor(getContext(), timers, key, shard, shared);
        Behavior<Object> next = first.apply(actor);
        if (next != actor) {
            stash.forEach(actor::refuse);
            return next;
        }
        return stash.unstashAll(actor);
    }
}
