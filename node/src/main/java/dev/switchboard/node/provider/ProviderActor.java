package dev.switchboard.node.provider;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.PostStop;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import dev.switchboard.node.persistence.StateStore;
import dev.switchboard.protocol.domain.PlatformId;
import dev.switchboard.protocol.provider.ProviderCommand;
import dev.switchboard.protocol.turn.AnnounceLeases;
import dev.switchboard.protocol.turn.TurnMessage;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The one owner of a platform in the cluster: leases in flight, rate windows, key choice (behaviour.md §3). It answers
 * from memory and writes behind; after a start, running turns announce the leases they hold.
 */
public final class ProviderActor extends AbstractBehavior<Object> implements ProviderDesk.Effects {
    /** For how long after a start newcomers get no exclusive lease, if leases may be in flight. */
    static final Duration HOLD_BACK = Duration.ofSeconds(2);
    /** When turns are asked a second time, for the first call may come before their nodes listen. */
    static final Duration ANNOUNCE_AGAIN = Duration.ofSeconds(1);
    /** After this a restored lease that no turn announced is over. */
    static final Duration CLAIM_TIME = Duration.ofSeconds(5);
    /** A platform used within this time before a start may have leases in flight that were not saved. */
    static final Duration RECENT = Duration.ofSeconds(60);

    static final Duration HAND_OVER_EVERY = Duration.ofMillis(200);

    // A turn settles its lease and ends. The settlement travels through sharding, the death notice goes straight here
    // and
    // may be first: without this wait a completed lease would now and then count as cancelled, its tokens refunded.
    static final Duration LAST_WORDS = Duration.ofSeconds(1);

    private final TimerScheduler<Object> timers;
    private final PlatformId platform;
    private final ProviderSetup setup;
    private final Memory memory;
    private final ProviderDesk desk;
    private final Set<ActorRef<TurnMessage>> watched = new HashSet<>();
    private boolean restored;
    private boolean endedWanted = true;

    ProviderActor(
            ActorContext<Object> context,
            TimerScheduler<Object> timers,
            PlatformId platform,
            ProviderSetup setup,
            Memory memory,
            StateStore.@Nullable Loaded<ProviderState> row) {
        super(context);
        this.timers = timers;
        this.platform = platform;
        this.setup = setup;
        this.memory = memory;
        desk = new ProviderDesk(platform, setup.directory(), setup.cooldowns(), setup.reservation(), now(), this);
        if (row == null || mayHoldLeases(row.state())) {
            desk.holdBack(now().plus(HOLD_BACK));
        }
        if (row != null) {
            restore(row);
        }
        callForClaims();
        setup.entities().serves(platform.value(), context.getSelf().narrow());
    }

    /** The owner of {@code platform}; it stops on {@link ProviderCommand.Stop}, and if its row is unreadable. */
    public static Behavior<ProviderCommand> create(PlatformId platform, ProviderSetup setup) {
        return ProviderLoading.create(platform, setup).narrow();
    }

    @Override
    public Receive<Object> createReceive() {
        return newReceiveBuilder()
                .onMessage(ProviderCommand.Acquire.class, this::onAcquire)
                .onMessage(ProviderCommand.Settle.class, this::onSettle)
                .onMessage(ProviderCommand.Announce.class, this::onAnnounce)
                .onMessage(ProviderCommand.Recall.class, this::onRecall)
                .onMessage(ProviderCommand.LearnLimits.class, this::onLearnLimits)
                .onMessage(ProviderCommand.CooldownEnded.class, this::onCooldownEnded)
                .onMessage(ProviderCommand.Inspect.class, this::onInspect)
                .onMessageEquals(ProviderCommand.Stop.INSTANCE, this::onStop)
                .onMessage(ProviderEvent.OwnerGone.class, this::onOwnerGone)
                .onMessage(ProviderEvent.OwnerSilent.class, this::onOwnerSilent)
                .onMessage(ProviderEvent.Loaded.class, this::onLoaded)
                .onMessage(ProviderEvent.Saved.class, this::onSaved)
                .onMessage(ProviderEvent.Timer.class, this::onTimer)
                .onSignal(PostStop.class, this::onPostStop)
                .build();
    }

    private Behavior<Object> onAcquire(ProviderCommand.Acquire ask) {
        setup.entities().answer(platform.value(), ask.replyTo(), desk.acquire(ask, now()));
        return done();
    }

    private Behavior<Object> onSettle(ProviderCommand.Settle told) {
        desk.settle(told.lease(), told.result(), now());
        if (!timers.isTimerActive(ProviderEvent.Timer.HAND_OVER) && desk.handOver(now())) {
            timers.startTimerWithFixedDelay(
                    ProviderEvent.Timer.HAND_OVER, ProviderEvent.Timer.HAND_OVER, HAND_OVER_EVERY);
        }
        return done();
    }

    private Behavior<Object> onAnnounce(ProviderCommand.Announce told) {
        desk.inheritance().announce(told, now());
        return done();
    }

    private Behavior<Object> onRecall(ProviderCommand.Recall told) {
        desk.inheritance().recall(told.leases(), now());
        return done();
    }

    private Behavior<Object> onLearnLimits(ProviderCommand.LearnLimits told) {
        desk.learn(told, now());
        return done();
    }

    private Behavior<Object> onCooldownEnded(ProviderCommand.CooldownEnded told) {
        desk.cooldownEnded(told, now());
        return this;
    }

    private Behavior<Object> onInspect(ProviderCommand.Inspect ask) {
        ask.replyTo().tell(desk.report(now()));
        return this;
    }

    private Behavior<Object> onPostStop(PostStop signal) {
        leave();
        return this;
    }

    private void leave() {
        setup.entities().leaves(platform.value(), getContext().getSelf().narrow());
    }

    private Behavior<Object> onOwnerGone(ProviderEvent.OwnerGone event) {
        watched.remove(event.owner());
        timers.startSingleTimer(event.owner(), new ProviderEvent.OwnerSilent(event.owner()), LAST_WORDS);
        return this;
    }

    private Behavior<Object> onOwnerSilent(ProviderEvent.OwnerSilent event) {
        desk.ownerGone(event.owner(), now());
        return done();
    }

    private Behavior<Object> onStop() {
        leave();
        return ProviderStopping.begin(getContext(), timers, memory, desk.save(true, now()), settle -> setup.entities()
                .of(platform.value())
                .tell(settle));
    }

    private Behavior<Object> onLoaded(ProviderEvent.Loaded event) {
        if (Memory.isUnreadable(event)) {
            getContext()
                    .getLog()
                    .error(
                            "The saved counts of platform {} cannot be read; its owner stops",
                            platform,
                            event.failure());
            return Behaviors.stopped();
        }
        if (event.row() == null) {
            memory.loadLater();
        } else if (restored) {
            memory.loaded(event.row().revision());
        } else {
            restore(event.row());
            callForClaims();
        }
        return done();
    }

    private Behavior<Object> onSaved(ProviderEvent.Saved event) {
        memory.saved(event);
        if (event.failure() != null) {
            getContext().getLog().warn("The counts of platform {} could not be written", platform, event.failure());
            memory.loadLater();
        }
        return done();
    }

    private Behavior<Object> onTimer(ProviderEvent.Timer timer) {
        switch (timer) {
            case RELOAD -> memory.load();
            case ANNOUNCE_AGAIN -> callForLeases();
            case CLAIMS_CLOSED -> desk.inheritance().dropUnclaimed(now());
            case HAND_OVER -> {
                if (!desk.handOver(now())) {
                    timers.cancel(ProviderEvent.Timer.HAND_OVER);
                }
            }
            case WRITE, LOAD_SLOW, STOP_DEADLINE -> {}
        }
        return done();
    }

    /** As {@link ProviderDesk.Effects#watch}. */
    @Override
    public void watch(ActorRef<TurnMessage> owner) {
        if (watched.add(owner)) {
            getContext().watchWith(owner, new ProviderEvent.OwnerGone(owner));
        }
    }

    /** Nothing: the owner serves one turn after the other, and watching it anew for each would cost messages. */
    @Override
    public void unwatch(ActorRef<TurnMessage> owner) {}

    /** As {@link ProviderDesk.Effects#changed}. */
    @Override
    public void changed() {
        memory.changed();
    }

    private void restore(StateStore.Loaded<ProviderState> row) {
        restored = true;
        ProviderState state = row.state();
        desk.inheritance().restore(state, now());
        endedWanted = state == null || !state.clean();
        memory.loaded(row.revision());
    }

    private boolean mayHoldLeases(@Nullable ProviderState state) {
        return state != null
                && !state.clean()
                && state.lastActive().plus(RECENT).isAfter(now());
    }

    private void callForLeases() {
        setup.announce().accept(new AnnounceLeases(platform, endedWanted));
    }

    private void callForClaims() {
        callForLeases();
        timers.startSingleTimer(ProviderEvent.Timer.ANNOUNCE_AGAIN, ProviderEvent.Timer.ANNOUNCE_AGAIN, ANNOUNCE_AGAIN);
        timers.startSingleTimer(ProviderEvent.Timer.CLAIMS_CLOSED, ProviderEvent.Timer.CLAIMS_CLOSED, CLAIM_TIME);
    }

    private Behavior<Object> done() {
        memory.writeIfDue(() -> desk.save(false, now()));
        return this;
    }

    private Instant now() {
        return setup.clock().instant();
    }
}
