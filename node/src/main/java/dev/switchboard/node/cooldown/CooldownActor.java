package dev.switchboard.node.cooldown;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.SupervisorStrategy;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.StashBuffer;
import akka.actor.typed.javadsl.TimerScheduler;
import akka.cluster.ddata.Key;
import akka.cluster.ddata.LWWMap;
import akka.cluster.ddata.SelfUniqueAddress;
import akka.cluster.ddata.typed.javadsl.DistributedData;
import akka.cluster.ddata.typed.javadsl.Replicator;
import akka.cluster.ddata.typed.javadsl.ReplicatorMessageAdapter;
import dev.switchboard.node.persistence.StateStore;
import dev.switchboard.node.persistence.WriteBehind;
import dev.switchboard.protocol.cooldown.CooldownCommand;
import dev.switchboard.protocol.directory.DirectoryChange;
import dev.switchboard.protocol.directory.DirectoryCommand;
import dev.switchboard.protocol.domain.KeyStatus;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The single owner of cooldowns, penalties and breaker counts (behaviour.md §4, §7). What it knows is replicated to
 * every node at once and stored behind its back; a new owner begins with what the replicas and the database hold.
 */
final class CooldownActor extends AbstractBehavior<Object> {
    /** The one row of the database. */
    static final String PERSISTENCE_ID = "cooldown|cluster";

    /** How long reports wait for the memory of the owner before. */
    static final Duration PATIENCE = Duration.ofSeconds(1);

    private static final Duration READ_TIMEOUT = Duration.ofMillis(500);
    private static final Duration WRITE_TIMEOUT = Duration.ofMillis(800);
    private static final Duration FLUSH_DELAY = Duration.ofMillis(20);
    private static final Duration SAVE_DELAY = Duration.ofSeconds(1);
    private static final Duration LOAD_AGAIN = Duration.ofSeconds(2);
    private static final Duration EXPIRE_INTERVAL = Duration.ofSeconds(30);
    private static final Duration STOP_DEADLINE = Duration.ofSeconds(2);
    private static final int STASH = 1000;

    private enum Tick {
        SERVE,
        FLUSH,
        SAVE,
        LOAD,
        EXPIRE,
        DEADLINE
    }

    private record Stored(StateStore.@Nullable Loaded<CooldownMemory> loaded, @Nullable Throwable error) {}

    private record Read(Replicator.GetResponse<LWWMap<String, CooldownEntry>> response) {}

    private record Replicated(Replicator.UpdateResponse<LWWMap<String, CooldownEntry>> response) {}

    private final ReplicatorMessageAdapter<Object, LWWMap<String, CooldownEntry>> replicator;
    private final SelfUniqueAddress node;
    private final TimerScheduler<Object> timers;
    private final StashBuffer<Object> stash;
    private final StateStore<CooldownMemory> store;
    private final ActorRef<DirectoryCommand> directory;
    private final Clock clock;
    private final CooldownTable table;
    private final Set<Key<?>> unread = new HashSet<>(CooldownBuckets.keys());
    private @Nullable WriteBehind<CooldownMemory> writes;
    private boolean storeAnswered;
    private boolean serving;
    private boolean unsaved;
    private boolean stopping;

    private CooldownActor(
            ActorContext<Object> context,
            ReplicatorMessageAdapter<Object, LWWMap<String, CooldownEntry>> replicator,
            TimerScheduler<Object> timers,
            StashBuffer<Object> stash,
            Supplier<Duration> longest,
            StateStore<CooldownMemory> store,
            ActorRef<DirectoryCommand> directory,
            Clock clock) {
        super(context);
        this.replicator = replicator;
        this.node = DistributedData.get(context.getSystem()).selfUniqueAddress();
        this.timers = timers;
        this.stash = stash;
        this.store = store;
        this.directory = directory;
        this.clock = clock;
        this.table = new CooldownTable(new CooldownRules(longest));
        CooldownBuckets.keys().forEach(key -> read(key, new Replicator.ReadMajority(READ_TIMEOUT)));
        onLoad();
        timers.startSingleTimer(Tick.SERVE, Tick.SERVE, PATIENCE);
        timers.startTimerWithFixedDelay(Tick.EXPIRE, EXPIRE_INTERVAL);
    }

    /**
     * The owner; one in the cluster.
     *
     * @param longest caps the doubling of transient cooldowns
     * @param directory is told of keys that became invalid
     */
    static Behavior<CooldownCommand> create(
            Supplier<Duration> longest,
            StateStore<CooldownMemory> store,
            ActorRef<DirectoryCommand> directory,
            Clock clock) {
        Behavior<Object> behavior = Behaviors.setup(
                context -> DistributedData.<Object, LWWMap<String, CooldownEntry>>withReplicatorMessageAdapter(
                        replicator -> Behaviors.withTimers(timers -> Behaviors.withStash(
                                STASH,
                                stash -> new CooldownActor(
                                        context, replicator, timers, stash, longest, store, directory, clock)))));
        return Behaviors.supervise(behavior)
                .onFailure(SupervisorStrategy.restartWithBackoff(Duration.ofMillis(200), Duration.ofSeconds(5), 0.2))
                .narrow();
    }

    @Override
    public Receive<Object> createReceive() {
        return newReceiveBuilder()
                .onMessage(Read.class, this::onRead)
                .onMessage(Stored.class, this::onStored)
                .onMessage(Replicated.class, this::onReplicated)
                .onMessage(WriteBehind.Event.class, this::onWriteEvent)
                .onMessageEquals(Tick.SERVE, this::onServe)
                .onMessageEquals(Tick.LOAD, this::onLoad)
                .onMessageEquals(Tick.FLUSH, this::onFlush)
                .onMessageEquals(Tick.SAVE, this::onSave)
                .onMessageEquals(Tick.EXPIRE, this::onExpire)
                .onMessageEquals(Tick.DEADLINE, Behaviors::stopped)
                .onMessage(CooldownCommand.Stop.class, this::onStop)
                .onMessage(CooldownCommand.class, this::isEarly, this::onEarly)
                .onMessage(CooldownCommand.Report.class, this::onReport)
                .onMessage(CooldownCommand.KeyRecovered.class, this::onKeyRecovered)
                .onMessage(CooldownCommand.Release.class, this::onRelease)
                .build();
    }

    private boolean isEarly(CooldownCommand command) {
        return !serving;
    }

    private Behavior<Object> onEarly(CooldownCommand command) {
        stash.stash(command);
        return stash.isFull() ? onServe() : this;
    }

    private void read(Key<LWWMap<String, CooldownEntry>> key, Replicator.ReadConsistency consistency) {
        replicator.askGet(replyTo -> new Replicator.Get<>(key, consistency, replyTo), Read::new);
    }

    private Behavior<Object> onRead(Read read) {
        Key<LWWMap<String, CooldownEntry>> key = read.response().key();
        if (read.response() instanceof Replicator.GetFailure) {
            read(key, Replicator.readLocal());
            return this;
        }
        if (read.response() instanceof Replicator.GetSuccess<LWWMap<String, CooldownEntry>> found) {
            table.merge(List.copyOf(found.get(key).getEntries().values()), clock.instant());
            changed();
        }
        unread.remove(key);
        return serveIfComplete();
    }

    private Behavior<Object> onLoad() {
        getContext().pipeToSelf(store.load(PERSISTENCE_ID), Stored::new);
        return this;
    }

    private Behavior<Object> onStored(Stored stored) {
        StateStore.Loaded<CooldownMemory> loaded = stored.loaded();
        storeAnswered = true;
        if (loaded != null) {
            writes = WriteBehind.of(getContext(), timers, store, PERSISTENCE_ID, loaded.revision());
            if (loaded.state() != null) {
                table.merge(loaded.state().entries(), clock.instant());
                changed();
            }
            return serveIfComplete();
        }
        Throwable error = stored.error();
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        if (cause instanceof StateStore.UnreadableStateException) {
            getContext().getLog().error("cooldowns go on without the database rather than overwrite its row", cause);
        } else {
            timers.startSingleTimer(Tick.LOAD, Tick.LOAD, LOAD_AGAIN);
        }
        return serveIfComplete();
    }

    private Behavior<Object> serveIfComplete() {
        return !serving && storeAnswered && unread.isEmpty() ? onServe() : this;
    }

    private Behavior<Object> onServe() {
        timers.cancel(Tick.SERVE);
        if (serving) {
            return this;
        }
        serving = true;
        return stash.unstashAll(this);
    }

    private Behavior<Object> onReport(CooldownCommand.Report report) {
        if (table.report(report, clock.instant())) {
            directory.tell(new DirectoryCommand.Change(
                    new DirectoryChange.SetKeyStatus(
                            report.key(), KeyStatus.INVALID, "refused three times in a row", clock.instant()),
                    "cooldown",
                    getContext().getSystem().ignoreRef()));
        }
        return changed();
    }

    private Behavior<Object> onKeyRecovered(CooldownCommand.KeyRecovered recovered) {
        table.recover(recovered.platform(), recovered.key());
        return changed();
    }

    private Behavior<Object> onRelease(CooldownCommand.Release release) {
        boolean found = table.release(release.id(), clock.instant());
        release.replyTo().tell(new CooldownCommand.ReleaseReply(found));
        return changed();
    }

    private Behavior<Object> onExpire() {
        table.expire(clock.instant());
        return changed();
    }

    private Behavior<Object> changed() {
        if (table.hasChanges()) {
            unsaved = true;
            if (!timers.isTimerActive(Tick.FLUSH)) {
                timers.startSingleTimer(Tick.FLUSH, Tick.FLUSH, FLUSH_DELAY);
            }
            if (!timers.isTimerActive(Tick.SAVE)) {
                timers.startSingleTimer(Tick.SAVE, Tick.SAVE, SAVE_DELAY);
            }
        }
        return this;
    }

    /** Written to all nodes directly; a node that does not answer in time gets it by gossip. */
    private Behavior<Object> onFlush() {
        Map<Key<LWWMap<String, CooldownEntry>>, List<CooldownTable.Change>> byBucket = table.takeChanges().stream()
                .collect(Collectors.groupingBy(change -> CooldownBuckets.of(change.platform())));
        byBucket.forEach((bucket, changes) -> replicator.askUpdate(
                replyTo -> new Replicator.Update<>(
                        bucket,
                        LWWMap.create(),
                        new Replicator.WriteAll(WRITE_TIMEOUT),
                        replyTo,
                        map -> applied(map, changes)),
                Replicated::new));
        return this;
    }

    private LWWMap<String, CooldownEntry> applied(
            LWWMap<String, CooldownEntry> map, List<CooldownTable.Change> changes) {
        LWWMap<String, CooldownEntry> result = map;
        for (CooldownTable.Change change : changes) {
            CooldownEntry entry = change.entry();
            result = entry == null ? result.remove(node, change.id()) : result.put(node, change.id(), entry);
        }
        return result;
    }

    private Behavior<Object> onReplicated(Replicated replicated) {
        if (replicated.response() instanceof Replicator.ModifyFailure<?> failure) {
            getContext().getLog().error("a cooldown could not be replicated: {}", failure.errorMessage());
        }
        return this;
    }

    private Behavior<Object> onSave() {
        WriteBehind<CooldownMemory> target = writes;
        if (unsaved && target != null) {
            unsaved = false;
            target.save(CooldownMemory.of(table.entries()));
        }
        return stopIfClean();
    }

    private Behavior<Object> onWriteEvent(WriteBehind.Event event) {
        if (writes != null && writes.onEvent(event) == WriteBehind.Progress.CONFLICT) {
            throw new IllegalStateException("the row of the cooldowns was written by somebody else");
        }
        return stopIfClean();
    }

    private Behavior<Object> onStop(CooldownCommand.Stop stop) {
        stopping = true;
        timers.startSingleTimer(Tick.DEADLINE, Tick.DEADLINE, STOP_DEADLINE);
        onFlush();
        if (writes != null) {
            writes.hurry();
        }
        return onSave();
    }

    private Behavior<Object> stopIfClean() {
        boolean clean = writes == null || (writes.isClean() && !unsaved);
        return stopping && clean ? Behaviors.stopped() : this;
    }
}
