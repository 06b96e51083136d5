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
import dev.switchboard.node.provider.Block;
import dev.switchboard.node.provider.Window;
import dev.switchboard.protocol.domain.ApiKeyId;
import dev.switchboard.protocol.quota.QuotaCommand;
import java.time.Clock;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
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
    /** A request that has not ended after this is forgotten: what was reserved for it stays counted. */
    static final Duration LONGEST_REQUEST = Duration.ofHours(1);

    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final Duration RELOAD_AFTER = Duration.ofSeconds(5);
    static final int STASH_CAPACITY = 1_000;

    private enum Timer {
        WRITE,
        LOAD_SLOW,
        RELOAD,
        STOP_DEADLINE
    }

    private record Loaded(StateStore.@Nullable Loaded<QuotaState> row, @Nullable Throwable failure) {}

    private record Open(Window.Ticket ticket, long since) {}

    private final TimerScheduler<Object> timers;
    private final StashBuffer<Object> stash;
    private final StateStore<QuotaState> store;
    private final String persistenceId;
    private final Clock clock;
    private final Window window;
    private final Map<String, Open> open = new LinkedHashMap<>();
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
            Clock clock) {
        super(context);
        this.timers = timers;
        this.stash = stash;
        this.store = store;
        this.persistenceId = Quotas.ID_PREFIX + key.value();
        this.clock = clock;
        this.window = new Window(clock.millis());
        timers.startSingleTimer(Timer.LOAD_SLOW, Timer.LOAD_SLOW, PATIENCE);
        timers.startTimerWithFixedDelay(Timer.WRITE, Timer.WRITE, WRITE_EVERY);
        load();
    }

    static Behavior<QuotaCommand> create(ApiKeyId key, StateStore<QuotaState> store, Clock clock) {
        return Behaviors.<Object>setup(context -> Behaviors.withTimers(timers -> Behaviors.withStash(
                        STASH_CAPACITY, stash -> new QuotaActor(context, timers, stash, key, store, clock))))
                .narrow();
    }

    @Override
    public Receive<Object> createReceive() {
        return newReceiveBuilder()
                .onMessage(QuotaCommand.Admit.class, this::onAdmit)
                .onMessage(QuotaCommand.Settle.class, this::onSettle)
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
        if (stopping) {
            return this;
        }
        long now = clock.millis();
        if (!open.containsKey(ask.ticket())) {
            Block block = window.check(ask.limits(), ask.tokens(), now);
            if (block != null) {
                ask.replyTo()
                        .tell(new QuotaCommand.Denied(
                                ask.ticket(), block.reason().name().toLowerCase(Locale.ROOT), block.retryAt()));
                return this;
            }
            open.put(ask.ticket(), new Open(window.reserve(1, ask.tokens(), now), now));
            dirty = true;
        }
        ask.replyTo().tell(new QuotaCommand.Admitted(ask.ticket()));
        return this;
    }

    private Behavior<Object> onSettle(QuotaCommand.Settle told) {
        if (!serving) {
            return later(told);
        }
        long now = clock.millis();
        Open known = open.remove(told.ticket());
        if (known != null) {
            window.settle(known.ticket(), told.tokens(), now);
        } else if (told.tokens() > told.reserved()) {
            // Let in by an owner before this one: its reservation is in the counts.
            window.settle(
                    window.reserve(0, told.tokens() - told.reserved(), now), told.tokens() - told.reserved(), now);
        }
        dirty = true;
        return this;
    }

    private Behavior<Object> onInspect(QuotaCommand.Inspect ask) {
        if (!serving) {
            return later(ask);
        }
        window.advance(clock.millis());
        ask.replyTo().tell(new QuotaCommand.Use(window.rpm(), window.rpd(), window.tpm(), window.tpd()));
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
        QuotaState state = row.state();
        if (state != null) {
            window.restore(state.day(), state.requests(), state.tokens(), state.minute(), clock.millis());
        }
        writer = WriteBehind.of(getContext(), timers, store, persistenceId, row.revision());
        return serving ? this : serve();
    }

    private Behavior<Object> onTimer(Timer timer) {
        switch (timer) {
            case WRITE -> {
                forgetOld();
                write();
            }
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

    private void forgetOld() {
        long oldest = clock.millis() - LONGEST_REQUEST.toMillis();
        for (Iterator<Open> all = open.values().iterator();
                all.hasNext() && all.next().since() < oldest; ) {
            all.remove();
        }
    }

    private void write() {
        WriteBehind<QuotaState> known = writer;
        if (dirty && known != null && !forgotten) {
            window.advance(clock.millis());
            known.save(new QuotaState(QuotaState.VERSION, window.day(), window.rpd(), window.tpd(), window.recent()));
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
