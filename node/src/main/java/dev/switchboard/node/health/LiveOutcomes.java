package dev.switchboard.node.health;

import akka.actor.typed.ActorRef;
import dev.switchboard.protocol.directory.ChangeReply;
import dev.switchboard.protocol.directory.DirectoryChange;
import dev.switchboard.protocol.directory.DirectoryCommand;
import dev.switchboard.protocol.directory.DirectorySnapshot;
import dev.switchboard.protocol.directory.ProviderKey;
import dev.switchboard.protocol.domain.KeyId;
import dev.switchboard.protocol.domain.KeyStatus;
import dev.switchboard.protocol.statistics.StatisticsCommand.AttemptEnded;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Live traffic says that a key is good: a success on a key that is not known to be good makes it healthy (behaviour.md §9).
 * Refusals are counted by the owner of cooldowns. One look-up an attempt; thread-safe.
 */
public final class LiveOutcomes {
    private static final Duration AGAIN = Duration.ofSeconds(30);
    private static final String ACTOR = "live traffic";

    private final Supplier<DirectorySnapshot> directory;
    private final ActorRef<DirectoryCommand> owner;
    private final ActorRef<ChangeReply> ignored;
    private final Map<KeyId, Instant> told = new ConcurrentHashMap<>();

    /** {@code ignored} takes the owner's answers. */
    public LiveOutcomes(
            Supplier<DirectorySnapshot> directory, ActorRef<DirectoryCommand> owner, ActorRef<ChangeReply> ignored) {
        this.directory = directory;
        this.owner = owner;
        this.ignored = ignored;
    }

    /** Takes one attempt's end. */
    public void attemptEnded(AttemptEnded attempt) {
        if (attempt.failure() != null) {
            return;
        }
        ProviderKey key = directory.get().keys().get(attempt.key());
        if (key == null || key.status() == KeyStatus.HEALTHY || !firstInAWhile(key.id(), attempt.at())) {
            return;
        }
        owner.tell(new DirectoryCommand.Change(
                new DirectoryChange.SetKeyStatus(key.id(), KeyStatus.HEALTHY, null, attempt.at()), ACTOR, ignored));
    }

    private boolean firstInAWhile(KeyId key, Instant at) {
        Instant last = told.get(key);
        if (last != null && at.isBefore(last.plus(AGAIN))) {
            return false;
        }
        told.keySet().retainAll(directory.get().keys().keySet());
        told.put(key, at);
        return true;
    }
}
