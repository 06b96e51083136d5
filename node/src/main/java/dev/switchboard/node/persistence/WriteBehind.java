package dev.switchboard.node.persistence;

import akka.Done;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.TimerScheduler;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Writes one owner's state behind its back: one write in flight, newer states replace the one that waits, and failures
 * are tried again with growing pauses while the database is away. It has no thread: the actor that holds it passes
 * each {@link Event} that it receives to {@link #onEvent}.
 */
public final class WriteBehind<S> {
    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(15);

    /** What the actor receives and passes on; never leaves the node. */
    public sealed interface Event {}

    private record Ended(long revision, @Nullable Throwable error) implements Event {}

    private record Reconciled(StateStore.@Nullable Loaded<?> loaded, @Nullable Throwable error) implements Event {}

    private record Retry() implements Event {}

    /** How the writing stands. */
    public enum Progress {
        /** Everything that was handed in is stored. */
        CLEAN,
        /** A write is in flight. */
        WRITING,
        /** The last write failed; it will be tried again. */
        RETRYING,
        /** Somebody else wrote the row, or it became unreadable: the actor must stop and be started anew. */
        CONFLICT
    }

    /** How events reach the actor. */
    public interface Port {
        /** Delivers what the stage ends with; the stages passed here never fail. */
        void pipe(CompletionStage<? extends Event> stage);

        /** Delivers the event after a pause. */
        void after(Duration pause, Event event);
    }

    private record Write<S>(@Nullable S state) {}

    private final StateStore<S> store;
    private final String persistenceId;
    private final Port port;
    private final DoubleSupplier random;
    private long revision;
    private @Nullable Write<S> inFlight;
    private @Nullable Write<S> waiting;
    private @Nullable Write<S> uncertain;
    private boolean reconciling;
    private boolean pausing;
    private boolean conflict;
    private int failures;

    /**
     * @param revision as loaded, 0 for no row
     * @param random from 0 to 1, spreads the pauses of many owners
     */
    public WriteBehind(StateStore<S> store, String persistenceId, long revision, Port port, DoubleSupplier random) {
        this.store = store;
        this.persistenceId = persistenceId;
        this.revision = revision;
        this.port = port;
        this.random = random;
    }

    /** For an actor that receives {@link Event} as one of its messages. */
    public static <S> WriteBehind<S> of(
            ActorContext<Object> context,
            TimerScheduler<Object> timers,
            StateStore<S> store,
            String persistenceId,
            long revision) {
        return new WriteBehind<>(
                store,
                persistenceId,
                revision,
                new Port() {
                    @Override
                    public void pipe(CompletionStage<? extends Event> stage) {
                        context.pipeToSelf(stage, (event, error) -> event == null ? new Ended(-1, error) : event);
                    }

                    @Override
                    public void after(Duration pause, Event event) {
                        timers.startSingleTimer(event.getClass(), event, pause);
                    }
                },
                () -> ThreadLocalRandom.current().nextDouble());
    }

    /** Has {@code state} written; a state that still waits is replaced by it. */
    public Progress save(S state) {
        waiting = new Write<>(state);
        return pump();
    }

    /** Has the row removed; a state that still waits is given up. */
    public Progress delete() {
        waiting = new Write<>(null);
        return pump();
    }

    /** Tries again at once where it is pausing after a failure: for an owner that is about to stop. */
    public Progress hurry() {
        pausing = false;
        return pump();
    }

    /** Takes the next step; call it for every event received. */
    public Progress onEvent(Event event) {
        if (event instanceof Ended ended) {
            onEnded(ended);
        } else if (event instanceof Reconciled reconciled) {
            onReconciled(reconciled);
        } else {
            pausing = false;
        }
        return pump();
    }

    /** Whether everything that was handed in is stored. */
    public boolean isClean() {
        return progress() == Progress.CLEAN;
    }

    /** The revision last written or loaded; 0 where there is no row. */
    public long revision() {
        return revision;
    }

    /** How the writing stands now. */
    public Progress progress() {
        if (conflict) {
            return Progress.CONFLICT;
        }
        if (failures > 0) {
            return Progress.RETRYING;
        }
        return inFlight == null && waiting == null ? Progress.CLEAN : Progress.WRITING;
    }

    private Progress pump() {
        if (!conflict && inFlight == null && !reconciling && !pausing && waiting != null) {
            if (uncertain == null) {
                write(waiting);
            } else {
                reconcile();
            }
        }
        return progress();
    }

    private void write(Write<S> next) {
        waiting = null;
        inFlight = next;
        long target = revision + 1;
        S state = next.state();
        CompletionStage<Done> stage =
                state == null ? store.delete(persistenceId, target) : store.save(persistenceId, target, state);
        port.pipe(stage.handleAsync((done, error) -> new Ended(state == null ? 0 : target, error), Runnable::run));
    }

    private void onEnded(Ended ended) {
        Write<S> write = inFlight;
        inFlight = null;
        if (ended.error() == null) {
            revision = ended.revision();
            failures = 0;
            return;
        }
        if (unwrapped(ended.error()) instanceof StateStore.RevisionConflictException) {
            conflict = true;
            return;
        }
        uncertain = write;
        if (waiting == null) {
            waiting = write;
        }
        pause();
    }

    /** A failed write may have happened all the same: the row tells. */
    private void reconcile() {
        reconciling = true;
        port.pipe(store.load(persistenceId).handleAsync(Reconciled::new, Runnable::run));
    }

    private void onReconciled(Reconciled answer) {
        reconciling = false;
        StateStore.Loaded<?> loaded = answer.loaded();
        if (loaded == null) {
            if (unwrapped(answer.error()) instanceof StateStore.UnreadableStateException) {
                conflict = true;
            } else {
                pause();
            }
            return;
        }
        if (loaded.revision() != revision) {
            if (!happened(loaded)) {
                conflict = true;
                return;
            }
            revision = loaded.revision();
            if (Objects.equals(waiting, uncertain)) {
                waiting = null;
            }
        }
        uncertain = null;
        failures = 0;
    }

    private boolean happened(StateStore.Loaded<?> loaded) {
        Write<S> write = uncertain;
        if (write == null) {
            return false;
        }
        return write.state() == null
                ? loaded.revision() == 0
                : loaded.revision() == revision + 1 && write.state().equals(loaded.state());
    }

    private void pause() {
        failures = Math.min(failures + 1, 16);
        long millis = Math.min(LONGEST_PAUSE.toMillis(), FIRST_PAUSE.toMillis() << (failures - 1));
        pausing = true;
        port.after(Duration.ofMillis((long) (millis * (0.8 + 0.4 * random.getAsDouble()))), new Retry());
    }

    private static @Nullable Throwable unwrapped(@Nullable Throwable error) {
        return error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
    }
}
