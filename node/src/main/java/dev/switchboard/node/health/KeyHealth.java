package dev.switchboard.node.health;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.SupervisorStrategy;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.cluster.typed.ClusterSingleton;
import akka.cluster.typed.SingletonActor;
import dev.switchboard.protocol.directory.ChangeReply;
import dev.switchboard.protocol.directory.DirectorySnapshot;
import dev.switchboard.protocol.directory.ProviderKey;
import dev.switchboard.protocol.domain.KeyId;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** Has every key of the cluster checked now and then; one in the cluster (behaviour.md §9). */
public final class KeyHealth extends AbstractBehavior<KeyHealth.Command> {
    /** The name of the singleton, as {@code /api/cluster} shows it. */
    public static final String SINGLETON = "key-health";

    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final String ACTOR = "health check";

    /** What it tells itself; none of it leaves the node. */
    sealed interface Command {}

    private enum Look implements Command {
        NOW
    }

    private record Checked(KeyId key) implements Command {}

    private final Supplier<DirectorySnapshot> directory;
    private final Function<ProviderKey, CompletionStage<ChangeReply>> check;
    private final CheckSchedule schedule;
    private final Clock clock;

    private KeyHealth(
            ActorContext<Command> context,
            Supplier<DirectorySnapshot> directory,
            Function<ProviderKey, CompletionStage<ChangeReply>> check,
            CheckSchedule schedule,
            Clock clock) {
        super(context);
        this.directory = directory;
        this.check = check;
        this.schedule = schedule;
        this.clock = clock;
    }

    /** Takes part in hosting it; once a node. */
    public static void start(
            ActorSystem<?> system, Supplier<DirectorySnapshot> directory, KeyChecks checks, Clock clock) {
        Behavior<Command> behavior = Behaviors.supervise(create(
                        directory, key -> checks.checkOnSchedule(key, ACTOR), RandomGenerator.getDefault(), clock))
                .onFailure(SupervisorStrategy.restart());
        ClusterSingleton.get(system).init(SingletonActor.of(behavior, SINGLETON));
    }

    static Behavior<Command> create(
            Supplier<DirectorySnapshot> directory,
            Function<ProviderKey, CompletionStage<ChangeReply>> check,
            RandomGenerator random,
            Clock clock) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
            timers.startTimerWithFixedDelay(Look.NOW, LOOK);
            CheckSchedule schedule = new CheckSchedule(KeyChecks.PARALLEL, random);
            return new KeyHealth(context, directory, check, schedule, clock);
        }));
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessageEquals(Look.NOW, this::onLook)
                .onMessage(Checked.class, this::onChecked)
                .build();
    }

    private Behavior<Command> onLook() {
        schedule.due(directory.get(), clock.instant()).forEach(this::begin);
        return this;
    }

    private void begin(ProviderKey key) {
        getContext().pipeToSelf(check.apply(key), (reply, failure) -> new Checked(key.id()));
    }

    private Behavior<Command> onChecked(Checked checked) {
        schedule.ended(checked.key(), clock.instant());
        return this;
    }
}
