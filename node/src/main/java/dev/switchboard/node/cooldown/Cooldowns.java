package dev.switchboard.node.cooldown;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Props;
import akka.actor.typed.javadsl.AskPattern;
import akka.cluster.typed.ClusterSingleton;
import akka.cluster.typed.SingletonActor;
import dev.switchboard.node.persistence.StateStore;
import dev.switchboard.protocol.cooldown.CooldownCommand;
import dev.switchboard.protocol.cooldown.CooldownSnapshot;
import dev.switchboard.protocol.cooldown.CooldownSnapshot.Entry;
import dev.switchboard.protocol.directory.DirectoryCommand;
import dev.switchboard.protocol.domain.KeyId;
import dev.switchboard.protocol.domain.PlatformId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** Cooldowns as the other rooms of this node see them; thread-safe. */
public final class Cooldowns {
    /** The name of the singleton, as {@code /api/cluster} shows it. */
    public static final String SINGLETON = "cooldown";

    private static final Duration RELEASE_TIMEOUT = Duration.ofSeconds(5);

    private final ActorSystem<?> system;
    private final ActorRef<CooldownCommand> replica;
    private volatile CooldownSnapshot snapshot = CooldownSnapshot.EMPTY;

    private Cooldowns(
            ActorSystem<?> system,
            Supplier<Duration> longest,
            StateStore<CooldownMemory> store,
            ActorRef<DirectoryCommand> directory,
            Clock clock) {
        this.system = system;
        ActorRef<CooldownCommand> owner = ClusterSingleton.get(system)
                .init(SingletonActor.of(CooldownActor.create(longest, store, directory, clock), SINGLETON)
                        .withStopMessage(CooldownCommand.Stop.INSTANCE));
        this.replica = system.systemActorOf(
                CooldownReplica.create(longest, owner, this::take, clock), "cooldown-replica", Props.empty());
    }

    /**
     * Starts this node's replica and its share of the singleton.
     *
     * @param longest {@code cooldown.max} in force
     * @param directory is told of keys that three refusals in a row made invalid
     */
    public static Cooldowns start(
            ActorSystem<?> system,
            Supplier<Duration> longest,
            StateStore<CooldownMemory> store,
            ActorRef<DirectoryCommand> directory,
            Clock clock) {
        return new Cooldowns(system, longest, store, directory, clock);
    }

    private void take(CooldownSnapshot next) {
        snapshot = next;
    }

    /** What this node knows now; for the request path. */
    public CooldownSnapshot snapshot() {
        return snapshot;
    }

    /**
     * One attempt ended. It takes effect on this node at once and on the others within a second; a success that has
     * nothing to clear costs nothing.
     */
    public void report(CooldownCommand.Report report) {
        if (!report.success() || snapshot.concerns(report.model(), report.key())) {
            replica.tell(report);
        }
    }

    /** A key was checked and is good again. */
    public void keyRecovered(PlatformId platform, KeyId key) {
        if (snapshot.keys().containsKey(key)) {
            replica.tell(new CooldownCommand.KeyRecovered(platform, key));
        }
    }

    /** Ends one cooldown by its id; fails with a timeout after 5 seconds without an owner. */
    public CompletionStage<CooldownCommand.ReleaseReply> release(String id) {
        return AskPattern.ask(
                replica,
                (ActorRef<CooldownCommand.ReleaseReply> replyTo) -> new CooldownCommand.Release(id, replyTo),
                RELEASE_TIMEOUT,
                system.scheduler());
    }

    /** What is cooling at {@code now}, the soonest end first. */
    public List<Entry> entries(Instant now) {
        CooldownSnapshot known = snapshot;
        List<Entry> rows = new ArrayList<>();
        known.models().forEach((model, state) -> {
            Instant until = known.modelCoolsUntil(model, now);
            if (until != null && state.reason() != null) {
                rows.add(new Entry(
                        CooldownSnapshot.idOf(model), "model", model.platform(), model, null, state.reason(), until));
            }
        });
        known.keys().forEach((key, state) -> {
            Instant until = known.keyCoolsUntil(key, now);
            if (until != null) {
                rows.add(new Entry(
                        CooldownSnapshot.idOf(key), "key", state.platform(), null, key, state.reason(), until));
            }
        });
        rows.sort(Comparator.comparing(Entry::until));
        return rows;
    }

    /** This node's replica, for actors that report by message. */
    public ActorRef<CooldownCommand> replica() {
        return replica;
    }
}
