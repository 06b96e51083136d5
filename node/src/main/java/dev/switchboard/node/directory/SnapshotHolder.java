package dev.switchboard.node.directory;

import akka.Done;
import dev.switchboard.protocol.directory.DirectorySnapshot;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Where the replica puts the newest directory for all threads of this node to read. */
final class SnapshotHolder {
    private final List<Consumer<DirectorySnapshot>> listeners = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Done> ready = new CompletableFuture<>();
    private volatile DirectorySnapshot current = DirectorySnapshot.EMPTY;

    DirectorySnapshot current() {
        return current;
    }

    /** Completes with the first version. */
    CompletableFuture<Done> ready() {
        return ready.copy();
    }

    /** Called with each new version, by one thread at a time. */
    void addListener(Consumer<DirectorySnapshot> listener) {
        listeners.add(listener);
    }

    void publish(DirectorySnapshot snapshot) {
        current = snapshot;
        ready.complete(Done.done());
        listeners.forEach(listener -> listener.accept(snapshot));
    }
}
