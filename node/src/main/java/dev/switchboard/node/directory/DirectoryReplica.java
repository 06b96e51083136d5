package dev.switchboard.node.directory;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import dev.switchboard.protocol.directory.DirectoryCommand;
import dev.switchboard.protocol.directory.DirectorySnapshot;
import dev.switchboard.protocol.directory.DirectoryUpdate;
import dev.switchboard.protocol.directory.DirectoryUpdate.Heartbeat;
import dev.switchboard.protocol.directory.DirectoryUpdate.Page;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * This node's replica of the directory: subscribes to the owner, puts pages together and publishes each whole version.
 * Subscribes again when heartbeats stop or show that a version was missed.
 */
final class DirectoryReplica extends AbstractBehavior<DirectoryReplica.Command> {
    /** Ticks without a sign of the owner after which the replica subscribes again. */
    private static final int SILENT_TICKS = 1;

    /** An owner that starts answers every subscription that waited for it, so they are not made at every tick. */
    private static final int SUBSCRIBE_TICKS = 4;

    private static final int LONGEST_WAIT_TICKS = (int) Duration.ofSeconds(30).dividedBy(DirectoryActor.HEARTBEAT);

    sealed interface Command {}

    /** Answers {@code replyTo} once this node has the version; never, where it does not come within 30 seconds. */
    record Await(long version, ActorRef<Done> replyTo) implements Command {}

    private record Received(DirectoryUpdate update) implements Command {}

    private enum Tick implements Command {
        INSTANCE
    }

    private record Waiter(Await await, int untilTick) {}

    private final ActorRef<DirectoryCommand> owner;
    private final SnapshotHolder holder;
    private final @Nullable String demoBaseUrl;
    private final ActorRef<DirectoryUpdate> updates;
    private final List<Waiter> waiters = new ArrayList<>();
    private final List<Page> pages = new ArrayList<>();
    private boolean complete;
    private boolean stepsBack;
    private int tick;
    private int lastSign;
    private int lastSubscribed;

    private DirectoryReplica(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            ActorRef<DirectoryCommand> owner,
            SnapshotHolder holder,
            @Nullable String demoBaseUrl) {
        super(context);
        this.owner = owner;
        this.holder = holder;
        this.demoBaseUrl = demoBaseUrl;
        this.updates = context.messageAdapter(DirectoryUpdate.class, Received::new);
        timers.startTimerWithFixedDelay(Tick.INSTANCE, DirectoryActor.HEARTBEAT);
        subscribe();
    }

    /** {@code demoBaseUrl} is this node's simulator; null leaves the demo platform out of this node's directory. */
    static Behavior<Command> create(
            ActorRef<DirectoryCommand> owner, SnapshotHolder holder, @Nullable String demoBaseUrl) {
        return Behaviors.setup(context ->
                Behaviors.withTimers(timers -> new DirectoryReplica(context, timers, owner, holder, demoBaseUrl)));
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(Await.class, this::onAwait)
                .onMessage(Received.class, this::onReceived)
                .onMessage(Tick.class, this::onTick)
                .build();
    }

    private Behavior<Command> onAwait(Await await) {
        if (complete && holder.current().version() >= await.version()) {
            await.replyTo().tell(Done.done());
        } else {
            waiters.add(new Waiter(await, tick + LONGEST_WAIT_TICKS));
        }
        return this;
    }

    private Behavior<Command> onReceived(Received received) {
        lastSign = tick;
        if (received.update() instanceof Heartbeat heartbeat) {
            onHeartbeat(heartbeat.version());
        } else if (received.update() instanceof Page page) {
            onPage(page);
        }
        return this;
    }

    /** An owner behind this replica has lost writes: its word counts, so the next whole version is taken anyway. */
    private void onHeartbeat(long version) {
        long known = holder.current().version();
        if (!complete || version != known) {
            stepsBack = complete && version < known;
            subscribe();
        }
    }

    private void onPage(Page page) {
        if (page.index() == 0) {
            pages.clear();
        }
        boolean fits =
                page.index() == pages.size() && (pages.isEmpty() || pages.get(0).version() == page.version());
        if (!fits) {
            pages.clear();
            return;
        }
        pages.add(page);
        if (pages.size() == page.count()) {
            take(Pages.whole(pages));
            acknowledge(page);
            pages.clear();
        }
    }

    private void take(DirectorySnapshot whole) {
        if (complete && !stepsBack && whole.version() <= holder.current().version()) {
            return;
        }
        complete = true;
        stepsBack = false;
        holder.publish(DemoPlatform.seenFrom(demoBaseUrl, whole));
        waiters.removeIf(waiter -> {
            boolean reached = waiter.await().version() <= whole.version();
            if (reached) {
                waiter.await().replyTo().tell(Done.done());
            }
            return reached;
        });
    }

    /** After all listeners were told. A version passed over because a later one is here is not what its owner has. */
    private void acknowledge(Page last) {
        if (last.acknowledgeTo() != null && holder.current().version() == last.version()) {
            last.acknowledgeTo().tell(new DirectoryCommand.Acknowledge(last.version(), updates));
        }
    }

    private Behavior<Command> onTick(Tick message) {
        tick++;
        waiters.removeIf(waiter -> waiter.untilTick() < tick);
        if (tick - lastSign > SILENT_TICKS
                && (lastSubscribed <= lastSign || tick - lastSubscribed >= SUBSCRIBE_TICKS)) {
            subscribe();
        }
        return this;
    }

    private void subscribe() {
        lastSubscribed = tick;
        owner.tell(new DirectoryCommand.Subscribe(updates));
    }
}
