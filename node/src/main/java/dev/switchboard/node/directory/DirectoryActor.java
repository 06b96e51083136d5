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
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The single owner of the directory: event sourced, its journal is the audit trail. Each change is one event and one
 * version; each version goes to all subscribed replicas at once.
 */
final class DirectoryActor extends EventSourcedBehaviorWithEnforcedReplies<Object, DirectoryEvent, DirectoryState> {
    static final PersistenceId PERSISTENCE_ID = PersistenceId.ofUniqueId("directory");

    /** A replica that missed its owner's start notices within two, so that a change is known everywhere within 1 s. */
    static final Duration HEARTBEAT = Duration.ofMillis(300);

    private static final int SNAPSHOT_EVERY = 100;
    private static final int SNAPSHOTS_KEPT = 2;
    private static final int LARGEST_TRAIL = 150_000;
    private static final int AUDIT_ROW = 120;

    /** What the actor tells itself. */
    private enum Self {
        PREPARE,
        HEARTBEAT
    }

    private final ActorContext<Object> context;
    private final DirectorySetup setup;
    private final Secrets secrets;
    private final Clock clock;
    private final Set<ActorRef<DirectoryUpdate>> replicas = new HashSet<>();
    private boolean prepared;

    private DirectoryActor(ActorContext<Object> context, DirectorySetup setup) {
        super(
                PERSISTENCE_ID,
                SupervisorStrategy.restartWithBackoff(Duration.ofMillis(200), Duration.ofSeconds(5), 0.2));
        this.context = context;
        this.setup = setup;
        this.secrets = new Secrets(setup.vault(), setup.settings().auth());
        this.clock = setup.clock();
    }

    static Behavior<DirectoryCommand> create(DirectorySetup setup) {
        return Behaviors.<Object>setup(
                        context -> Behaviors.withTimers(timers -> new DirectoryActor(context, setup).beating(timers)))
                .narrow();
    }

    private Behavior<Object> beating(TimerScheduler<Object> timers) {
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
                .onSignal(
                        Terminated.class,
                        (state, signal) -> replicas.remove(signal.getRef().unsafeUpcast()))
                .build();
    }

    @Override
    public CommandHandlerWithReply<Object, DirectoryEvent, DirectoryState> commandHandler() {
        return newCommandHandlerWithReplyBuilder()
                .forAnyState()
                .onCommand(DirectoryCommand.Change.class, this::onChange)
                .onCommand(DirectoryCommand.Subscribe.class, this::onSubscribe)
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
            replicas.forEach(replica -> replica.tell(new DirectoryUpdate.Heartbeat(state.version())));
        }
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
                    .thenRun(this::publish)
                    .thenReply(asked.replyTo(), now -> new ChangeReply.Accepted(now.version()));
        } else if (decision instanceof Decision.Refuses refuses) {
            return Effect().reply(asked.replyTo(), refuses.reply());
        }
        return Effect().reply(asked.replyTo(), new ChangeReply.Accepted(state.version()));
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
            Pages.of(Rows.snapshot(state)).forEach(asked.replica()::tell);
        }
        return Effect().noReply();
    }

    private ReplyEffect<DirectoryEvent, DirectoryState> onReadAudit(
            DirectoryState state, DirectoryCommand.ReadAudit asked) {
        return Effect().reply(asked.replyTo(), new DirectoryCommand.AuditTrail(newest(state, asked.limit())));
    }

    private ReplyEffect<DirectoryEvent, DirectoryState> onStop(DirectoryState state, DirectoryCommand.Stop stop) {
        return Effect().stop().thenNoReply();
    }

    private void publish(DirectoryState state) {
        List<DirectoryUpdate.Page> pages = Pages.of(Rows.snapshot(state));
        replicas.forEach(replica -> pages.forEach(replica::tell));
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
