package dev.switchboard.node.persistence;

import akka.Done;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A store for tests of owners: counts what it is asked, and can be away, hang, or fail after it has written. */
public final class MemoryStore<S> implements StateStore<S> {
    /** How the store behaves from now on. */
    public enum Mode {
        NORMAL,
        AWAY,
        HANGING,
        WRITES_THEN_FAILS,
        UNREADABLE
    }

    private record Held<T>(Supplier<T> action, CompletableFuture<T> future) {
        void happen() {
            run(action, future);
        }
    }

    private final Map<String, Loaded<S>> rows = new HashMap<>();
    private final Deque<Held<?>> held = new ArrayDeque<>();
    private Mode mode = Mode.NORMAL;
    private int loads;
    private int writes;

    /** Changes the behaviour; what hung before goes on hanging until {@link #release}. */
    public synchronized void mode(Mode next) {
        mode = next;
    }

    /** Lets everything that hangs happen now. */
    public synchronized void release() {
        while (!held.isEmpty()) {
            held.removeFirst().happen();
        }
    }

    /** Lets everything that hangs fail. */
    public synchronized void failHanging(RuntimeException error) {
        while (!held.isEmpty()) {
            held.removeFirst().future().completeExceptionally(error);
        }
    }

    /** How many calls hang. */
    public synchronized int hanging() {
        return held.size();
    }

    /** Calls of {@link #load} so far. */
    public synchronized int loads() {
        return loads;
    }

    /** Calls of {@link #save} and {@link #delete} so far. */
    public synchronized int writes() {
        return writes;
    }

    /** The row as it is stored, revision 0 for none. */
    public synchronized Loaded<S> row(String persistenceId) {
        return rows.getOrDefault(persistenceId, new Loaded<>(null, 0));
    }

    /** The state of a row that must exist. */
    public synchronized S state(String persistenceId) {
        return Objects.requireNonNull(row(persistenceId).state());
    }

    /** Puts a row as somebody else would. */
    public synchronized void put(String persistenceId, long revision, S state) {
        rows.put(persistenceId, new Loaded<>(state, revision));
    }

    @Override
    public synchronized CompletionStage<Loaded<S>> load(String persistenceId) {
        loads++;
        return answer(false, () -> row(persistenceId), persistenceId);
    }

    @Override
    public synchronized CompletionStage<Done> save(String persistenceId, long revision, S state) {
        writes++;
        return answer(true, () -> write(persistenceId, revision, new Loaded<>(state, revision)), persistenceId);
    }

    @Override
    public synchronized CompletionStage<Done> delete(String persistenceId, long revision) {
        writes++;
        return answer(true, () -> write(persistenceId, revision, null), persistenceId);
    }

    private Done write(String persistenceId, long revision, @Nullable Loaded<S> row) {
        if (row(persistenceId).revision() != revision - 1) {
            throw new RevisionConflictException(persistenceId, revision, null);
        }
        if (row == null) {
            rows.remove(persistenceId);
        } else {
            rows.put(persistenceId, row);
        }
        return Done.getInstance();
    }

    private <T> CompletionStage<T> answer(boolean write, Supplier<T> action, String persistenceId) {
        CompletableFuture<T> future = new CompletableFuture<>();
        switch (mode) {
            case NORMAL -> run(action, future);
            case AWAY -> future.completeExceptionally(new IllegalStateException("database away"));
            case HANGING -> held.addLast(new Held<>(action, future));
            case WRITES_THEN_FAILS -> {
                if (write) {
                    run(action, new CompletableFuture<>());
                }
                future.completeExceptionally(new IllegalStateException("connection lost"));
            }
            case UNREADABLE -> future.completeExceptionally(new UnreadableStateException(persistenceId, null));
        }
        return future;
    }

    private static <T> void run(Supplier<T> action, CompletableFuture<T> future) {
        try {
            future.complete(action.get());
        } catch (RuntimeException e) {
            future.completeExceptionally(e);
        }
    }
}
