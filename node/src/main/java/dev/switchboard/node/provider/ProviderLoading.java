package dev.switchboard.node.provider;

import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.StashBuffer;
import akka.actor.typed.javadsl.TimerScheduler;
import dev.switchboard.node.persistence.StateStore;
import dev.switchboard.protocol.domain.PlatformId;
import dev.switchboard.protocol.provider.ProviderCommand;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The owner of a platform while its row is read. It waits a second at most, and no longer than messages find room; what
 * is read later is added then.
 */
final class ProviderLoading extends AbstractBehavior<Object> {
    static final int STASH_CAPACITY = 1000;
    static final Duration PATIENCE = Duration.ofSeconds(1);

    private final PlatformId platform;
    private final ProviderSetup setup;
    private final TimerScheduler<Object> timers;
    private final StashBuffer<Object> stash;
    private final Memory memory;

    private ProviderLoading(
            ActorContext<Object> context,
            PlatformId platform,
            ProviderSetup setup,
            TimerScheduler<Object> timers,
            StashBuffer<Object> stash) {
        super(context);
        this.platform = platform;
        this.setup = setup;
        this.timers = timers;
        this.stash = stash;
        memory = new Memory(context, timers, setup.store(), "provider|" + platform.value());
        memory.load();
        timers.startSingleTimer(ProviderEvent.Timer.LOAD_SLOW, ProviderEvent.Timer.LOAD_SLOW, PATIENCE);
    }

    static Behavior<Object> create(PlatformId platform, ProviderSetup setup) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> Behaviors.withStash(
                STASH_CAPACITY, stash -> new ProviderLoading(context, platform, setup, timers, stash))));
    }

    @Override
    public Receive<Object> createReceive() {
        return newReceiveBuilder()
                .onMessage(ProviderEvent.Loaded.class, this::onLoaded)
                .onMessageEquals(ProviderEvent.Timer.LOAD_SLOW, this::onSlow)
                .onMessageEquals(ProviderCommand.Stop.INSTANCE, Behaviors::stopped)
                .onAnyMessage(this::onEarly)
                .build();
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
            getContext()
                    .getLog()
                    .warn("The saved counts of platform {} are not available yet", platform, event.failure());
            memory.loadLater();
        }
        return serve(event.row());
    }

    private Behavior<Object> onSlow() {
        getContext().getLog().warn("Reading the saved counts of platform {} takes long; serving without", platform);
        return serve(null);
    }

    private Behavior<Object> onEarly(Object message) {
        stash.stash(message);
        return stash.isFull() ? serve(null) : this;
    }

    private Behavior<Object> serve(StateStore.@Nullable Loaded<ProviderState> row) {
        timers.cancel(ProviderEvent.Timer.LOAD_SLOW);
        return stash.unstashAll(new ProviderActor(getContext(), timers, platform, setup, memory, row));
    }
}
