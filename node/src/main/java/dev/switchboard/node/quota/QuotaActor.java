package dev.switchboard.node.quota;

import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.StashBuffer;
import akka.actor.typed.javadsl.TimerScheduler;
import dev.switchboard.node.persistence.StateStore;
import dev.switchboard.node.persistence.WriteBehind;
import dev.switchboard.protocol.domain.ApiKeyId;
import dev.switchboard.protocol.quota.QuotaCommand;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * The one owner of an API key's limits in the cluster. It answers from memory and writes behind. It serves before its row
 * is read only where the database lets it wait for more than a second; what is read later is added then.
 */
final class QuotaActor extends AbstractBehavior<Object> {
    static final Duration WRITE_EVERY = Duration.ofSeconds(5);
    /** Far below sharding's hand-off time. */
    static final Duration STOP_DEADLINE = Duration.ofSeconds(2);
    /** When nodes are asked a second time, for the first call may come before they listen. */
    static final Duration TELL_AGAIN = Duration.ofSeconds(1);
    /** By then every node has told. */
    static final Duration TELL_TIME = Duration.ofSeconds(5);

    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final Duration RELOAD_AFTER = Duration.ofSeconds(5);
    static final int STASH_CAPACITY = 1_000;

    private enum Timer {
        WRITE,
        LOAD_SLOW,
        TELL_AGAIN,
        TOLD,
        RELOAD,
        STOP_DEADLINE
    }

    private record Loaded(StateStore.@Nullable Loaded<QuotaState> row, @Nullable Throwable failure) {}

    private final TimerScheduler<Object> timers;
    private final StashBuffer<Object> stash;
    private final StateStore<QuotaState> store;
    private final String persistenceId;
    private final Clock clock;
    private final Runnable tellAgain;
    private final QuotaDesk desk;
    private @Nullable WriteBehind<QuotaState> writer;
    private boolean serving;
    private boolean dirty;
    private boolean stopping;
    private boolean forgotten;

    private QuotaActor(
            ActorContext<Object> context,
            TimerScheduler<Object> timers,
            StashBuffer<Object> stash,
            ApiKeyId key,
            StateStore<QuotaState> store,
            Clock clock,
            Runnable tellAgain) {
        super(context);
        this.timers = timers;
        this.stash = stash;
        this.store = store;
        this.persistenceId = Quotas.ID_PREFIX + key.value();
        this.clock = clock;
        this.tellAgain = tellAgain;
        this.desk = new QuotaDesk(clock.millis());
        timers.startSingleTimer(Timer.LOAD_SLOW, Timer.LOAD_SLOW, PATIENCE);
        timers.startTimerWithFixedDelay(Timer.WRITE, Timer.WRITE, WRITE_EVERY);
        timers.startSingleTimer(Timer.TELL_AGAIN, Timer.TELL_AGAIN, TELL_AGAIN);
        timers.startSingleTimer(Timer.TOLD, Timer.TOLD, TELL_TIME);
        tellAgain.run();
        load();
    }

    /**
     * The owner of {@code key}.
     *
     * @param tellAgain asks all nodes for a {@link QuotaCommand.Recall} of what they know of the key
     */
    static Behavior<QuotaCommand> create(ApiKeyId key, StateStore<QuotaState> store, Clock clock, Runnable tellAgain) {
        return Behaviors.<Object>setup(context -> Behaviors.withTimers(timers -> Behaviors.withStash(
                        STASH_CAPACITY, stash -> new QuotaActor(context, timers, stash, key, store, clock, tellAgain))))
                .narrow();
    }

    @Override
    public Receive<Object> createReceive() {
        return newReceiveBuilder()
                .onMessage(QuotaCommand.Admit.class, this::onAdmit)
                .onMessage(QuotaCommand.Settle.class, this::onSettle)
                .onMessage(QuotaCommand.Recall.class, this::onRecall)
                .onMessage(QuotaCommand.Inspect.class, this::onInspect)
                .onMessageEquals(QuotaCommand.Forget.INSTANCE, this::onForget)
                .onMessageEquals(QuotaCommand.Stop.INSTANCE, this::onStop)
                .onMessage(Loaded.class, this::onLoaded)
                .onMessage(Timer.class, this::onTimer)
                .onMessage(WriteBehind.Event.class, this::onWritten)
                .build();
    }

    private Behavior<Object> onAdmit(QuotaCommand.Admit ask) {
        if (!serving) {
            return later(ask);
        }
        if (!stopping) {
            QuotaCommand.Answer answer = desk.admit(ask, clock.millis());
            dirty |= answer instanceof QuotaCommand.Admitted;
            ask.replyTo().tell(answer);
        }
        return this;
    }

    private Behavior<Object> onSettle(QuotaCommand.Settle told) {
        if (!serving) {
            return later(told);
        }
        desk.settle(told, clock.millis());
        dirty = true;
        return this;
    }

    private Behavior<Object> onRecall(QuotaCommand.Recall told) {
        dirty |= desk.recall(told.admissions(), clock.millis());
        return this;
    }

    private Behavior<Object> onInspect(QuotaCommand.Inspect ask) {
        if (!serving) {
            return later(ask);
        }
        ask.replyTo().tell(desk.use(clock.millis()));
        return this;
    }

    private Behavior<Object> later(Object message) {
        stash.stash(message);
        return stash.isFull() ? serve() : this;
    }

    private Behavior<Object> serve() {
        serving = true;
        timers.cancel(Timer.LOAD_SLOW);
        return stash.unstashAll(this);
    }

    private void load() {
        getContext().pipeToSelf(store.load(persistenceId), Loaded::new);
    }

    private Behavior<Object> onLoaded(Loaded loaded) {
        StateStore.Loaded<QuotaState> row = loaded.row();
        Throwable failure = loaded.failure() instanceof CompletionException wrapped && wrapped.getCause() != null
                ? wrapped.getCause()
                : loaded.failure();
        if (failure instanceof StateStore.UnreadableStateException) {
            getContext().getLog().error("The saved use of an API key cannot be read; its owner stops", failure);
            return Behaviors.stopped();
        }
        if (row == null) {
            getContext().getLog().warn("The saved use of an API key is not available yet: {}", String.valueOf(failure));
            timers.startSingleTimer(Timer.RELOAD, Timer.RELOAD, RELOAD_AFTER);
            return this;
        }
        dirty |= desk.restore(row.state(), clock.millis());
        writer = WriteBehind.of(getContext(), timers, store, persistenceId, row.revision());
        return serving ? this : serve();
    }

    private Behavior<Object> onTimer(Timer timer) {
        switch (timer) {
            case WRITE -> {
                desk.forgetOld(clock.millis());
                write();
            }
            case TELL_AGAIN -> tellAgain.run();
            case TOLD -> desk.closeTelling();
            case RELOAD -> load();
            case LOAD_SLOW -> {
                return serve();
            }
            case STOP_DEADLINE -> {
                return Behaviors.stopped();
            }
        }
        return this;
    }

    private void write() {
        WriteBehind<QuotaState> known = writer;
        if (dirty && known != null && !forgotten) {
            known.save(desk.save(clock.millis()));
            dirty = false;
        }
    }

    private Behavior<Object> onWritten(WriteBehind.Event event) {
        WriteBehind<QuotaState> known = writer;
        if (known != null && known.onEvent(event) == WriteBehind.Progress.CONFLICT) {
            getContext().getLog().warn("Somebody else wrote the use of an API key; its owner starts anew");
            return Behaviors.stopped();
        }
        return (stopping || forgotten) && (known == null || known.isClean()) ? Behaviors.stopped() : this;
    }

    /** While the row has not been read nothing can be deleted: the next sweep asks again. */
    private Behavior<Object> onForget() {
        if (!serving) {
            return later(QuotaCommand.Forget.INSTANCE);
        }
        WriteBehind<QuotaState> known = writer;
        if (known == null || stopping) {
            return this;
        }
        forgotten = true;
        known.delete();
        return known.isClean() ? Behaviors.stopped() : this;
    }

    private Behavior<Object> onStop() {
        stopping = true;
        serving = true;
        write();
        WriteBehind<QuotaState> known = writer;
        if (known == null || known.isClean()) {
            return Behaviors.stopped();
        }
        known.hurry();
        timers.startSingleTimer(Timer.STOP_DEADLINE, Timer.STOP_DEADLINE, STOP_DEADLINE);
        return this;
    }
}
