package dev.switchboard.node.statistics;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorRefResolver;
import akka.actor.typed.Behavior;
import akka.actor.typed.SupervisorStrategy;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import akka.actor.typed.receptionist.Receptionist;
import akka.actor.typed.receptionist.ServiceKey;
import dev.switchboard.protocol.statistics.StatisticsCommand;
import dev.switchboard.protocol.statistics.StatisticsCommand.AttemptEnded;
import dev.switchboard.protocol.statistics.StatisticsCommand.BucketDelta;
import dev.switchboard.protocol.statistics.StatisticsCommand.PeerDeltas;
import dev.switchboard.protocol.statistics.StatisticsCommand.RequestEnded;
import dev.switchboard.protocol.statistics.StatisticsSnapshot;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Folds outcomes into buckets, publishes snapshots of them, tells the other nodes and writes behind (behaviour.md §6). One per
 * node; nothing on the request path waits for it.
 */
final class StatisticsActor extends AbstractBehavior<Object> {
    /** How the actors of all nodes find each other. */
    static final ServiceKey<StatisticsCommand> KEY = ServiceKey.create(StatisticsCommand.class, "statistics");

    private static final int PEER_CHUNK = 500;
    private static final Duration PURGE_FIRST = Duration.ofMinutes(1);
    private static final Duration PURGE_EVERY = Duration.ofHours(1);
    private static final Duration CATCH_UP = Duration.ofSeconds(3);
    private static final Duration RETRY_MIN = Duration.ofSeconds(1);

    private final TimerScheduler<Object> timers;
    private final Wiring wiring;
    private final StatisticsSettings settings;
    private final LogBuffer buffer;
    private final Buckets buckets = new Buckets();
    private final DeltaSum forPeers = new DeltaSum();
    private final DeltaSum fromPeersWhileLoading = new DeltaSum();
    private final List<ActorRef<Done>> drains = new ArrayList<>();
    private final ActorRef<StatisticsCommand> self;
    private Set<ActorRef<StatisticsCommand>> members = Set.of();
    private boolean loadDue = true;
    private boolean busy;
    private boolean away;
    private boolean purging;
    private Duration retryAfter = RETRY_MIN;

    /** The actor's behaviour; it takes {@link StatisticsCommand} and {@link Drain}. */
    static Behavior<Object> create(Wiring wiring) {
        Behavior<Object> behavior = Behaviors.setup(
                context -> Behaviors.withTimers(timers -> new StatisticsActor(context, timers, wiring)));
        return Behaviors.supervise(behavior).onFailure(SupervisorStrategy.resume());
    }

    private StatisticsActor(ActorContext<Object> context, TimerScheduler<Object> timers, Wiring wiring) {
        super(context);
        this.timers = timers;
        this.wiring = wiring;
        this.settings = wiring.settings();
        this.buffer = new LogBuffer(settings.bufferRows(), wiring.dropped());
        this.self = context.getSelf().narrow();
        context.getSystem().receptionist().tell(Receptionist.register(KEY, self));
        ActorRef<Receptionist.Listing> listings = context.messageAdapter(
                Receptionist.Listing.class, listing -> new Members(listing.getServiceInstances(KEY)));
        context.getSystem().receptionist().tell(Receptionist.subscribe(KEY, listings));
        timers.startTimerWithFixedDelay(Timer.TICK, settings.tick());
        timers.startTimerWithFixedDelay(Timer.RELOAD, settings.reload());
        timers.startTimerWithFixedDelay(Timer.PURGE, Timer.PURGE, PURGE_FIRST, PURGE_EVERY);
        pump();
    }

    @Override
    public Receive<Object> createReceive() {
        return newReceiveBuilder()
                .onMessage(AttemptEnded.class, this::onAttemptEnded)
                .onMessage(RequestEnded.class, this::onRequestEnded)
                .onMessage(PeerDeltas.class, this::onPeerDeltas)
                .onMessage(Drain.class, this::onDrain)
                .onMessage(Members.class, this::onMembers)
                .onMessage(Loaded.class, this::onLoaded)
                .onMessage(Written.class, this::onWritten)
                .onMessage(Purged.class, this::onPurged)
                .onMessageEquals(Timer.PUBLISH, this::onPublish)
                .onMessageEquals(Timer.TICK, this::onTick)
                .onMessageEquals(Timer.RETRY, this::onRetry)
                .onMessageEquals(Timer.RELOAD, this::onReload)
                .onMessageEquals(Timer.PURGE, this::onPurge)
                .build();
    }

    private Behavior<Object> onAttemptEnded(AttemptEnded attempt) {
        BucketDelta delta = Deltas.of(attempt);
        buckets.add(delta);
        forPeers.add(delta);
        buffer.add(delta);
        LogRow.Failed failed = LogRow.Failed.of(attempt, wiring.node());
        if (failed != null) {
            buffer.add(failed);
        }
        wiring.meters().attemptEnded(attempt);
        publishSoon();
        return Behaviors.same();
    }

    private Behavior<Object> onRequestEnded(RequestEnded request) {
        buffer.add(RequestRow.of(request, wiring.node()));
        LogRow.Failed failed = LogRow.Failed.of(request, wiring.node());
        if (failed != null) {
            buffer.add(failed);
        }
        if (request.wasRouted()) {
            wiring.meters().requestEnded(request);
        }
        wiring.ring().accept(request);
        if (buffer.waiting() >= settings.batchRows()) {
            pump();
        }
        return Behaviors.same();
    }

    private Behavior<Object> onPeerDeltas(PeerDeltas peer) {
        peer.deltas().forEach(buckets::add);
        if (loadDue) {
            fromPeersWhileLoading.addAll(peer.deltas());
        }
        publishSoon();
        return Behaviors.same();
    }

    /** Whoever was not listed yet was not told: all nodes read again from the database once the listing is quiet. */
    private Behavior<Object> onMembers(Members listing) {
        members = listing.refs();
        timers.startSingleTimer(Timer.CATCH_UP, Timer.RELOAD, CATCH_UP);
        return Behaviors.same();
    }

    private Behavior<Object> onTick() {
        tellPeers();
        if (buckets.isStale(wiring.clock().instant())) {
            publishSoon();
        }
        pump();
        return Behaviors.same();
    }

    private void tellPeers() {
        if (forPeers.isEmpty()) {
            return;
        }
        List<BucketDelta> deltas = forPeers.drain();
        for (int from = 0; from < deltas.size(); from += PEER_CHUNK) {
            int to = Math.min(deltas.size(), from + PEER_CHUNK);
            PeerDeltas message = new PeerDeltas(wiring.node(), List.copyOf(deltas.subList(from, to)));
            for (ActorRef<StatisticsCommand> member : members) {
                if (!member.equals(self)) {
                    member.tell(message);
                }
            }
        }
    }

    /** At once after a quiet time, otherwise when the least time between two snapshots is over. */
    private void publishSoon() {
        if (!timers.isTimerActive(Timer.PUBLISH)) {
            publish();
        }
    }

    private void publish() {
        Instant now = wiring.clock().instant();
        if (buckets.isStale(now)) {
            wiring.publish().accept(buckets.snapshot(now));
            timers.startSingleTimer(Timer.PUBLISH, settings.publishEvery());
        }
    }

    private Behavior<Object> onPublish() {
        publish();
        return Behaviors.same();
    }

    /** Starts the next piece of database work unless one is running or the database was away a moment ago. */
    private void pump() {
        if (busy || timers.isTimerActive(Timer.RETRY)) {
            return;
        }
        if (loadDue) {
            startLoading();
        } else if (!buffer.isEmpty()) {
            startWriting();
        } else {
            drained();
        }
    }

    private void startLoading() {
        busy = true;
        fromPeersWhileLoading.drain();
        long afterHour = Deltas.hourOf(wiring.clock().instant()) - Buckets.HOURS;
        getContext()
                .pipeToSelf(
                        CompletableFuture.supplyAsync(() -> wiring.store().load(afterHour), wiring.blocking()),
                        Loaded::new);
    }

    private void startWriting() {
        busy = true;
        LogBuffer.Batch batch = buffer.take(settings.batchRows());
        getContext()
                .pipeToSelf(
                        CompletableFuture.supplyAsync(() -> wiring.store().write(batch), wiring.blocking()),
                        Written::new);
    }

    private Behavior<Object> onLoaded(Loaded result) {
        busy = false;
        List<BucketDelta> sums = result.sums();
        if (sums == null) {
            retryLater(result.failure());
            return Behaviors.same();
        }
        databaseAnswers();
        loadDue = false;
        List<BucketDelta> all = new ArrayList<>(sums);
        all.addAll(buffer.unwritten());
        all.addAll(fromPeersWhileLoading.drain());
        buckets.reset(all);
        publishSoon();
        pump();
        return Behaviors.same();
    }

    private Behavior<Object> onWritten(Written result) {
        busy = false;
        Integer refused = result.refused();
        if (refused == null) {
            buffer.failed();
            retryLater(result.failure());
            return Behaviors.same();
        }
        databaseAnswers();
        buffer.written(refused);
        if (refused > 0) {
            getContext().getLog().warn("The database refused {} rows of the request log", refused);
        }
        if (buffer.waiting() >= settings.batchRows() || !drains.isEmpty()) {
            pump();
        }
        return Behaviors.same();
    }

    private void retryLater(@Nullable Throwable failure) {
        if (!away) {
            away = true;
            getContext().getLog().warn("The database is away: statistics wait in memory", failure);
        }
        timers.startSingleTimer(Timer.RETRY, retryAfter);
        Duration doubled = retryAfter.multipliedBy(2);
        retryAfter = doubled.compareTo(settings.retryMax()) < 0 ? doubled : settings.retryMax();
        drained();
    }

    private void databaseAnswers() {
        if (away) {
            away = false;
            getContext()
                    .getLog()
                    .info("The database is back: writing what waited; {} rows lost so far", buffer.dropped());
        }
        retryAfter = RETRY_MIN;
    }

    private Behavior<Object> onRetry() {
        pump();
        return Behaviors.same();
    }

    private Behavior<Object> onReload() {
        loadDue = true;
        pump();
        return Behaviors.same();
    }

    /** The member with the lowest address deletes for all; two at once would do no harm. */
    private Behavior<Object> onPurge() {
        boolean mine = members.stream()
                .min(Comparator.comparing(this::address))
                .map(self::equals)
                .orElse(false);
        if (mine && !purging) {
            purging = true;
            Instant now = wiring.clock().instant();
            Instant before = now.minus(settings.logRetention().get());
            long hour = Deltas.hourOf(now) - Buckets.HOURS;
            getContext()
                    .pipeToSelf(
                            CompletableFuture.runAsync(
                                    () -> wiring.store().purge(before, hour, now), wiring.blocking()),
                            (done, failure) -> new Purged(failure));
        }
        return Behaviors.same();
    }

    private Behavior<Object> onPurged(Purged result) {
        purging = false;
        if (result.failure() != null) {
            getContext().getLog().warn("Old statistics could not be deleted; next try in an hour", result.failure());
        }
        return Behaviors.same();
    }

    private Behavior<Object> onDrain(Drain drain) {
        drains.add(drain.replyTo());
        tellPeers();
        if (timers.isTimerActive(Timer.RETRY)) {
            drained();
        } else {
            pump();
        }
        return Behaviors.same();
    }

    private void drained() {
        drains.forEach(drain -> drain.tell(Done.done()));
        drains.clear();
    }

    private String address(ActorRef<StatisticsCommand> member) {
        return ActorRefResolver.get(getContext().getSystem()).toSerializationFormat(member);
    }

    /**
     * What the actor is given.
     *
     * @param node this node's name in the tables and towards the others
     * @param publish takes each new snapshot
     * @param ring takes each ended request for the live tail
     * @param blocking where the store's methods run
     * @param dropped counts log rows that were lost
     */
    record Wiring(
            String node,
            StatisticsSettings settings,
            Clock clock,
            Store store,
            Executor blocking,
            Meters meters,
            AtomicLong dropped,
            Consumer<RequestEnded> ring,
            Consumer<StatisticsSnapshot> publish) {}

    /** Writes everything that waits; answered when nothing waits any more or the database is away. */
    record Drain(ActorRef<Done> replyTo) {}

    private record Members(Set<ActorRef<StatisticsCommand>> refs) {}

    private record Loaded(@Nullable List<BucketDelta> sums, @Nullable Throwable failure) {}

    private record Written(@Nullable Integer refused, @Nullable Throwable failure) {}

    private record Purged(@Nullable Throwable failure) {}

    private enum Timer {
        TICK,
        PUBLISH,
        RETRY,
        RELOAD,
        CATCH_UP,
        PURGE
    }
}
