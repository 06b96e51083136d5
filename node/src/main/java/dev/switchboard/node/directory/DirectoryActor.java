package dev.switchboard.node.directory;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.SupervisorStrategy;
import akka.actor.typed.Terminated;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.TimerScheduler;
import akka.persistence.typed.PersistenceId;
import akka.persistence.typed.RecoveryCompleted;
import akka.persistence.typed.SnapshotAdapter;
import akka.persistence.typed.javadsl.CommandHandlerWithReply;
import akka.persistence.typed.javadsl.EventHandler;
import akka.persistence.typed.javadsl.EventSourcedBehaviorWithEnforcedReplies;
import akka.persistence.typed.javadsl.ReplyEffect;
import akka.persistence.typed.javadsl.RetentionCriteria;
import akka.persistence.typed.javadsl.SignalHandler;
import dev.switchboard.protocol.directory.ChangeReply;
import dev.switchboard.protocol.directory.DirectoryCommand;
import dev.switchboard.protocol.directory.DirectoryCommand.AuditEntry;
import dev.switchboard.protocol.directory.DirectoryUpdate;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The single owner of the directory: event sourced, its journal is the audit trail. Each change is one event and one
 * version; each version goes to all subscribed replicas at once, and a change is answered when they have it.
 */
final class DirectoryActor extends EventSourcedBehaviorWithEnforcedReplies<Object, DirectoryEvent, DirectoryState> {
    static final PersistenceId PERSISTENCE_ID = PersistenceId.ofUniqueId("directory");

    /** A replica that missed its owner's start notices within two, so that a change is known everywhere within 1 s. */
    static final Duration HEARTBEAT = Duration.ofMillis(300);

    /** How long a change waits for replicas that are behind: a slow or lost node must not hold changes up. */
    static final Duration REPLICAS_TIMEOUT = Duration.ofSeconds(1);

    private static final int SNAPSHOT_EVERY = 100;
    private static final int SNAPSHOTS_KEPT = 2;
    private static final int LARGEST_TRAIL = 150_000;
    private static final int AUDIT_ROW = 120;

    /** What the actor tells itself. */
    private enum Self {
        PREPARE,
        HEARTBEAT
    }

    /** An accepted change whose answer waits for replicas. */
    private record Held(ChangeReply.Accepted answer, ActorRef<ChangeReply> replyTo) {}

    private record Overdue(Held held) {}

    private final ActorContext<Object> context;
    private final TimerScheduler<Object> timers;
    private final DirectorySetup setup;
    private final Secrets secrets;
    private final Clock clock;
    private final Replicas replicas;
    private final Set<Held> held = new LinkedHashSet<>();
    private boolean prepared;

    private DirectoryActor(
            ActorContext<Object> context,
            TimerScheduler<Object> timers,
            DirectorySetup setup,
            Predicate<ActorRef<DirectoryUpdate>> reachable) {
        super(
                PERSISTENCE_ID,
                SupervisorStrategy.restartWithBackoff(Duration.ofMillis(200), Duration.ofSeconds(5), 0.2));
        this.context = context;
        this.timers = timers;
        this.setup = setup;
        this.secrets = new Secrets(setup.vault(), setup.settings().auth());
        this.clock = setup.clock();
        this.replicas = new Replicas(reachable);
    }

    /** {@code reachable} tells whether a replica's node can be waited for. */
    static Behavior<DirectoryCommand> create(DirectorySetup setup, Predicate<ActorRef<DirectoryUpdate>> reachable) {
        return Behaviors.<Object>setup(context ->
                        Behaviors.withTimers(timers -> new DirectoryActor(context, timers, setup, reachable).beating()))
                .narrow();
    }

    private Behavior<Object> beating() {
        timers.startTimerWithFixedDelay(Self.HEARTBEAT, HEARTBEAT);
        return this;
    }

    @Override
    public DirectoryState emptyState() {
        return DirectoryState.EMPTY;
    }

    @Override
    public EventHandler<DirectoryState, DirectoryEvent> eventHandler() {
        return DirectoryState::apply;
    }

    @Override
    public RetentionCriteria retentionCriteria() {
        return RetentionCriteria.snapshotEvery(SNAPSHOT_EVERY, SNAPSHOTS_KEPT);
    }

    @Override
    public SnapshotAdapter<DirectoryState> snapshotAdapter() {
        return new SnapshotAdapter<>() {
            @Override
            public Object toJournal(DirectoryState state) {
                return DirectoryImage.of(state);
            }

            @Override
            public DirectoryState fromJournal(Object from) {
                return ((DirectoryImage) from).state();
            }
        };
    }

    @Override
    public SignalHandler<DirectoryState> signalHandler() {
        return newSignalHandlerBuilder()
                .onSignal(
                        RecoveryCompleted.instance(), state -> context.getSelf().tell(Self.PREPARE))
                .onSignal(Terminated.class, (state, signal) -> onTerminated(signal))
                .build();
    }

    @Override
    public CommandHandlerWithReply<Object, DirectoryEvent, DirectoryState> commandHandler() {
        return newCommandHandlerWithReplyBuilder()
                .forAnyState()
                .onCommand(DirectoryCommand.Change.class, this::onChange)
                .onCommand(DirectoryCommand.Subscribe.class, this::onSubscribe)
                .onCommand(DirectoryCommand.Acknowledge.class, this::onAcknowledge)
                .onCommand(Overdue.class, this::onOverdue)
                .onCommand(DirectoryCommand.ReadAudit.class, this::onReadAudit)
                .onCommand(DirectoryCommand.Stop.class, this::onStop)
                .onCommand(Self.class, this::onSelf)
                .build();
    }

    private ReplyEffect<DirectoryEvent, DirectoryState> onSelf(DirectoryState state, Self message) {
        return message == Self.PREPARE ? onPrepare(state) : onHeartbeat(state);
    }

    private ReplyEffect<DirectoryEvent, DirectoryState> onPrepare(DirectoryState state) {
        return Effect()
                .persist(StartPlan.events(state, setup, secrets))
                .thenRun(this::onPrepared)
                .thenNoReply()
                .thenUnstashAll();
    }

    private void onPrepared(DirectoryState state) {
        prepared = true;
        context.getLog().info("the directory is at version {}", state.version());
        publish(state);
    }

    private ReplyEffect<DirectoryEvent, DirectoryState> onHeartbeat(DirectoryState state) {
        if (prepared) {
            replicas.tell(new DirectoryUpdate.Heartbeat(state.version()));
        }
        answerHeld();
        return Effect().noReply();
    }

    private ReplyEffect<DirectoryEvent, DirectoryState> onChange(DirectoryState state, DirectoryCommand.Change asked) {
        if (!prepared) {
            return Effect().stash();
        }
        Decision decision = Changes.decide(state, asked.change());
        if (decision instanceof Decision.Happens happens) {
            DirectoryEvent event = new DirectoryEvent(
                    DirectoryEvent.FORMAT, clock.instant(), asked.actor(), happens.fact(), happens.audit());
            return Effect()
                    .persist(withNewestKey(state, event))
                    .thenRun(now -> {
                        publish(now);
                        accept(now, asked.replyTo());
                    })
                    .thenNoReply();
        } else if (decision instanceof Decision.Refuses refuses) {
            return Effect().reply(asked.replyTo(), refuses.reply());
        }
        return Effect().none().thenRun(now -> accept(now, asked.replyTo())).thenNoReply();
    }

    private void accept(DirectoryState state, ActorRef<ChangeReply> replyTo) {
        Held change = new Held(new ChangeReply.Accepted(state.version()), replyTo);
        if (replicas.have(state.version())) {
            replyTo.tell(change.answer());
        } else {
            held.add(change);
            timers.startSingleTimer(change, new Overdue(change), REPLICAS_TIMEOUT);
        }
    }

    private void answerHeld() {
        List.copyOf(held).stream()
                .filter(change -> replicas.have(change.answer().version()))
                .forEach(this::answer);
    }

    private void answer(Held change) {
        if (held.remove(change)) {
            timers.cancel(change);
            change.replyTo().tell(change.answer());
        }
    }

    private ReplyEffect<DirectoryEvent, DirectoryState> onAcknowledge(
            DirectoryState state, DirectoryCommand.Acknowledge done) {
        replicas.acknowledged(done.replica(), done.version());
        answerHeld();
        return Effect().noReply();
    }

    private ReplyEffect<DirectoryEvent, DirectoryState> onOverdue(DirectoryState state, Overdue overdue) {
        answer(overdue.held());
        return Effect().noReply();
    }

    private void onTerminated(Terminated replica) {
        replicas.remove(replica.getRef());
        answerHeld();
    }

    /** A node that is behind in a rotation of the encryption key writes secrets under the older one. */
    private List<DirectoryEvent> withNewestKey(DirectoryState state, DirectoryEvent event) {
        List<DirectoryEvent> events = new ArrayList<>(List.of(event));
        for (Fact fact : Rekeying.facts(state.apply(event), setup.vault(), secrets)) {
            events.add(new DirectoryEvent(DirectoryEvent.FORMAT, event.at(), StartPlan.ACTOR, fact, null));
        }
        return events;
    }

    private ReplyEffect<DirectoryEvent, DirectoryState> onSubscribe(
            DirectoryState state, DirectoryCommand.Subscribe asked) {
        if (replicas.add(asked.replica())) {
            context.watch(asked.replica());
        }
        if (prepared) {
            pages(state).forEach(asked.replica()::tell);
        }
        return Effect().noReply();
    }

    private ReplyEffect<DirectoryEvent, DirectoryState> onReadAudit(
            DirectoryState state, DirectoryCommand.ReadAudit asked) {
        return Effect().reply(asked.replyTo(), new DirectoryCommand.AuditTrail(newest(state, asked.limit())));
    }

    private ReplyEffect<DirectoryEvent, DirectoryState> onStop(DirectoryState state, DirectoryCommand.Stop stop) {
        List.copyOf(held).forEach(this::answer);
        return Effect().stop().thenNoReply();
    }

    private void publish(DirectoryState state) {
        pages(state).forEach(replicas::tell);
    }

    private List<DirectoryUpdate.Page> pages(DirectoryState state) {
        return Pages.of(Rows.snapshot(state), context.getSelf().narrow());
    }

    /** As many as asked for and as one message between nodes takes. */
    private static List<AuditEntry> newest(DirectoryState state, int limit) {
        List<AuditEntry> newest = new ArrayList<>();
        int size = 0;
        for (int i = state.audit().size() - 1; i >= 0 && newest.size() < limit; i--) {
            AuditEntry entry = state.audit().get(i);
            size += AUDIT_ROW + entry.toString().length();
            if (size > LARGEST_TRAIL) {
                break;
            }
            newest.add(entry);
        }
        return newest;
    }
}
