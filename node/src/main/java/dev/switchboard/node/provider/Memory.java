package dev.switchboard.node.provider;

import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.TimerScheduler;
import dev.switchboard.node.persistence.StateStore;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * Reads an owner's row and writes it behind: at once after a quiet time, otherwise every 5 seconds while something has
 * changed. Nothing is written while the row's revision is not known.
 */
final class Memory {
    static final Duration WRITE_EVERY = Duration.ofSeconds(5);
    static final Duration RELOAD_AFTER = Duration.ofSeconds(5);

    private final ActorContext<Object> context;
    private final TimerScheduler<Object> timers;
    private final StateStore<ProviderState> store;
    private final String persistenceId;

    private boolean revisionKnown;
    private long revision;
    private boolean dirty;
    private boolean writing;

    Memory(
            ActorContext<Object> context,
            TimerScheduler<Object> timers,
            StateStore<ProviderState> store,
            String persistenceId) {
        this.context = context;
        this.timers = timers;
        this.store = store;
        this.persistenceId = persistenceId;
    }

    /** Whether a read failed because the row cannot be understood, or was written by a release too new. */
    static boolean isUnreadable(ProviderEvent.Loaded event) {
        Throwable failure = event.failure();
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        StateStore.Loaded<ProviderState> row = event.row();
        ProviderState state = row == null ? null : row.state();
        return cause instanceof StateStore.UnreadableStateException
                || (state != null && state.version() > ProviderState.VERSION + 1);
    }

    /** Reads the row; the answer comes as {@link ProviderEvent.Loaded}. */
    void load() {
        context.pipeToSelf(attempt(() -> store.load(persistenceId)), ProviderEvent.Loaded::new);
    }

    /** Reads the row again in a while. */
    void loadLater() {
        timers.startSingleTimer(ProviderEvent.Timer.RELOAD, ProviderEvent.Timer.RELOAD, RELOAD_AFTER);
    }

    /** The row was read with this revision. */
    void loaded(long readRevision) {
        revisionKnown = true;
        revision = readRevision;
    }

    /** The state differs from what is written. */
    void changed() {
        dirty = true;
    }

    /** Writes if something has changed and the last write is long enough ago. */
    void writeIfDue(Supplier<ProviderState> state) {
        if (dirty && canWrite() && !timers.isTimerActive(ProviderEvent.Timer.WRITE)) {
            write(state.get());
        }
    }

    boolean canWrite() {
        return revisionKnown && !writing;
    }

    boolean isWriting() {
        return writing;
    }

    void write(ProviderState state) {
        dirty = false;
        writing = true;
        timers.startSingleTimer(ProviderEvent.Timer.WRITE, ProviderEvent.Timer.WRITE, WRITE_EVERY);
        long next = revision + 1;
        context.pipeToSelf(
                attempt(() -> store.save(persistenceId, next, state)),
                (done, failure) -> new ProviderEvent.Saved(next, failure));
    }

    /** A write ended; after a failed one the revision must be read again, for the write may have happened. */
    void saved(ProviderEvent.Saved event) {
        writing = false;
        if (event.failure() == null) {
            revision = event.revision();
        } else {
            dirty = true;
            revisionKnown = false;
        }
    }

    private static <T> CompletionStage<T> attempt(Supplier<CompletionStage<T>> call) {
        try {
            return call.get();
        } catch (RuntimeException failure) {
            return CompletableFuture.failedFuture(failure);
        }
    }
}
