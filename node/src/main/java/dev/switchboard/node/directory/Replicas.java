package dev.switchboard.node.directory;

import akka.actor.typed.ActorRef;
import dev.switchboard.protocol.directory.DirectoryUpdate;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;

/** The subscribed replicas and the version that each said it has published. Not thread-safe. */
final class Replicas {
    /** Said nothing yet: it has just subscribed, or is of a version that never says it. */
    private static final long NONE = -1;

    private final Map<ActorRef<DirectoryUpdate>, Long> published = new HashMap<>();
    private final Predicate<ActorRef<DirectoryUpdate>> reachable;

    Replicas(Predicate<ActorRef<DirectoryUpdate>> reachable) {
        this.reachable = reachable;
    }

    /** Whether the replica was not there before. */
    boolean add(ActorRef<DirectoryUpdate> replica) {
        return published.putIfAbsent(replica, NONE) == null;
    }

    void remove(ActorRef<?> replica) {
        published.remove(replica);
    }

    void acknowledged(ActorRef<DirectoryUpdate> replica, long version) {
        published.computeIfPresent(replica, (known, before) -> Math.max(before, version));
    }

    void tell(DirectoryUpdate update) {
        published.keySet().forEach(replica -> replica.tell(update));
    }

    /** Whether no reachable replica that ever acknowledged is behind the version. */
    boolean have(long version) {
        return published.entrySet().stream()
                .allMatch(replica -> replica.getValue() == NONE
                        || replica.getValue() >= version
                        || !reachable.test(replica.getKey()));
    }
}
