package dev.switchboard.node.provider;

import akka.Done;
import dev.switchboard.node.persistence.StateStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A store of one row in memory that can be slow, broken or hold back its answers. */
final class FakeStore implements StateStore<ProviderState> {
    private final List<ProviderState> written = new ArrayList<>();
    private Loaded<ProviderState> row = new Loaded<>(null, 0);
    private @Nullable RuntimeException failure;
    private CompletableFuture<Done> ready = CompletableFuture.completedFuture(Done.getInstance());
    private int loads;

    synchronized void fail(@Nullable RuntimeException with) {
        failure = with;
    }

    /** From now on nothing is answered until {@link #release}. */
    synchronized void hold() {
        ready = new CompletableFuture<>();
    }

    void release() {
        CompletableFuture<Done> held;
        synchronized (this) {
            held = ready;
        }
        held.complete(Done.getInstance());
    }

    synchronized void put(ProviderState state) {
        row = new Loaded<>(state, row.revision() + 1);
    }

    synchronized List<ProviderState> written() {
        return List.copyOf(written);
    }

    synchronized int loads() {
        return loads;
    }

    @Override
    public synchronized CompletionStage<Loaded<ProviderState>> load(String persistenceId) {
        loads++;
        if (failure != null) {
            return CompletableFuture.failedFuture(failure);
        }
        return ready.thenApply(done -> row);
    }

    @Override
    public synchronized CompletionStage<Done> save(String persistenceId, long revision, ProviderState state) {
        if (failure != null) {
            throw failure;
        }
        if (revision != row.revision() + 1) {
            return CompletableFuture.failedFuture(new IllegalStateException("wrong revision " + revision));
        }
        row = new Loaded<>(state, revision);
        written.add(state);
        return ready;
    }

    @Override
    public synchronized CompletionStage<Done> delete(String persistenceId, long revision) {
        row = new Loaded<>(null, revision);
        return ready;
    }
}
