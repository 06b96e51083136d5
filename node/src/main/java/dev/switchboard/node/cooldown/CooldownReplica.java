package dev.switchboard.node.cooldown;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.SupervisorStrategy;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import akka.cluster.ddata.LWWMap;
import akka.cluster.ddata.typed.javadsl.DistributedData;
import akka.cluster.ddata.typed.javadsl.Replicator;
import akka.cluster.ddata.typed.javadsl.ReplicatorMessageAdapter;
import dev.switchboard.protocol.cooldown.CooldownCommand;
import dev.switchboard.protocol.cooldown.CooldownSnapshot;
import java.time.Clock;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * One node's copy of what the owner knows. Reports of this node take effect here at once and travel to the owner; its
 * word replaces them when it arrives.
 */
final class CooldownReplica extends AbstractBehavior<Object> {
    private static final Duration SWEEP_INTERVAL = Duration.ofSeconds(1);

    private enum Tick {
        SWEEP
    }

    private record Changed(Replicator.SubscribeResponse<LWWMap<String, CooldownEntry>> response) {}

    private final TimerScheduler<Object> timers;
    private final ActorRef<CooldownCommand> owner;
    private final Consumer<CooldownSnapshot> holder;
    private final Clock clock;
    private final ReplicaState state;

    private CooldownReplica(
            ActorContext<Object> context,
            ReplicatorMessageAdapter<Object, LWWMap<String, CooldownEntry>> replicator,
            TimerScheduler<Object> timers,
            Supplier<Duration> longest,
            ActorRef<CooldownCommand> owner,
            Consumer<CooldownSnapshot> holder,
            Clock clock) {
        super(context);
        this.timers = timers;
        this.owner = owner;
        this.holder = holder;
        this.clock = clock;
        this.state = new ReplicaState(new CooldownRules(longest));
        CooldownBuckets.keys().forEach(key -> replicator.subscribe(key, Changed::new));
    }

    /**
     * The replica of this node.
     *
     * @param owner the proxy of the singleton
     * @param holder takes every new snapshot
     */
    static Behavior<CooldownCommand> create(
            Supplier<Duration> longest,
            ActorRef<CooldownCommand> owner,
            Consumer<CooldownSnapshot> holder,
            Clock clock) {
        Behavior<Object> behavior = Behaviors.setup(
                context -> DistributedData.<Object, LWWMap<String, CooldownEntry>>withReplicatorMessageAdapter(
                        replicator -> Behaviors.withTimers(timers ->
                                new CooldownReplica(context, replicator, timers, longest, owner, holder, clock))));
        return Behaviors.supervise(behavior)
                .onFailure(SupervisorStrategy.restart())
                .narrow();
    }

    @Override
    public Receive<Object> createReceive() {
        return newReceiveBuilder()
                .onMessage(Changed.class, this::onChanged)
                .onMessage(CooldownCommand.Report.class, this::onReport)
                .onMessage(CooldownCommand.KeyRecovered.class, this::onKeyRecovered)
                .onMessage(CooldownCommand.Release.class, this::onRelease)
                .onMessage(CooldownCommand.Stop.class, this::onStop)
                .onMessageEquals(Tick.SWEEP, this::onSweep)
                .build();
    }

    private Behavior<Object> onChanged(Changed changed) {
        if (changed.response() instanceof Replicator.Changed<LWWMap<String, CooldownEntry>> value) {
            state.replace(value.key().id(), value.get(value.key()).getEntries());
            publish();
        }
        return this;
    }

    private Behavior<Object> onReport(CooldownCommand.Report report) {
        owner.tell(report);
        if (state.report(report, clock.instant())) {
            publish();
        }
        return this;
    }

    private Behavior<Object> onKeyRecovered(CooldownCommand.KeyRecovered recovered) {
        owner.tell(recovered);
        state.forget(CooldownSnapshot.idOf(recovered.key()), clock.instant());
        publish();
        return this;
    }

    private Behavior<Object> onRelease(CooldownCommand.Release release) {
        owner.tell(release);
        state.release(release.id(), clock.instant());
        publish();
        return this;
    }

    private Behavior<Object> onSweep() {
        if (state.sweep(clock.instant())) {
            publish();
        }
        return armed();
    }

    private Behavior<Object> onStop(CooldownCommand.Stop stop) {
        return Behaviors.stopped();
    }

    private void publish() {
        holder.accept(state.snapshot());
        armed();
    }

    private Behavior<Object> armed() {
        if (state.isAhead() && !timers.isTimerActive(Tick.SWEEP)) {
            timers.startSingleTimer(Tick.SWEEP, Tick.SWEEP, SWEEP_INTERVAL);
        }
        return this;
    }
}
