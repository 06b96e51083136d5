package dev.switchboard.node.directory;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Props;
import akka.actor.typed.javadsl.AskPattern;
import dev.switchboard.protocol.directory.ChangeReply;
import dev.switchboard.protocol.directory.DirectoryChange;
import dev.switchboard.protocol.directory.DirectoryCommand;
import dev.switchboard.protocol.directory.DirectoryCommand.AuditEntry;
import dev.switchboard.protocol.directory.DirectoryCommand.AuditTrail;
import dev.switchboard.protocol.directory.DirectorySnapshot;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** This node's door to the directory: reads are local and immediate, changes go to the one owner. Thread-safe. */
public final class Directory {
    private static final Duration OWNER_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration REPLICA_TIMEOUT = Duration.ofSeconds(5);

    private final ActorSystem<?> system;
    private final Executor executor;
    private final ActorRef<DirectoryCommand> owner;
    private final ActorRef<DirectoryReplica.Command> replica;
    private final SnapshotHolder holder;
    private final Secrets secrets;

    private Directory(
            ActorSystem<?> system,
            ActorRef<DirectoryCommand> owner,
            ActorRef<DirectoryReplica.Command> replica,
            SnapshotHolder holder,
            Secrets secrets) {
        this.system = system;
        this.executor = system.executionContext();
        this.owner = owner;
        this.replica = replica;
        this.holder = holder;
        this.secrets = secrets;
    }

    /**
     * Takes part in hosting the owner and starts this node's replica; once a node.
     *
     * @param demoBaseUrl where this node's simulator listens; null leaves the demo platform out on this node
     */
    public static Directory start(ActorSystem<?> system, DirectorySetup setup, @Nullable String demoBaseUrl) {
        return start(system, DirectorySingleton.init(system, setup), setup, demoBaseUrl);
    }

    static Directory start(
            ActorSystem<?> system,
            ActorRef<DirectoryCommand> owner,
            DirectorySetup setup,
            @Nullable String demoBaseUrl) {
        SnapshotHolder holder = new SnapshotHolder();
        ActorRef<DirectoryReplica.Command> replica = system.systemActorOf(
                DirectoryReplica.create(owner, holder, demoBaseUrl), "directory-replica", Props.empty());
        return new Directory(
                system,
                owner,
                replica,
                holder,
                new Secrets(setup.vault(), setup.settings().auth()));
    }

    /** The newest version this node has; {@link DirectorySnapshot#EMPTY} before the first. */
    public DirectorySnapshot snapshot() {
        return holder.current();
    }

    /** Completes once this node has its first version. */
    public CompletionStage<Done> ready() {
        return holder.ready();
    }

    /** Reaches the one owner, wherever it is; for rooms that tell it what they found out. */
    public ActorRef<DirectoryCommand> owner() {
        return owner;
    }

    /** Opens provider keys and access keys, and makes rows from new ones. */
    public Secrets secrets() {
        return secrets;
    }

    /** Calls the listener with each new version, one call at a time; it must return at once. */
    public void addListener(Consumer<DirectorySnapshot> listener) {
        holder.addListener(listener);
    }

    /**
     * Makes one change, whole or not at all. An accepted one completes when every reachable node reads it; a slow one is
     * waited for 1 second, this one 5 more. Fails with a timeout when the owner does not answer within 5 seconds, as while it moves or the
     * database is away: then the change may or may not have happened.
     *
     * @param actor who asks, for the audit trail
     */
    public CompletionStage<ChangeReply> change(DirectoryChange change, String actor) {
        CompletionStage<ChangeReply> asked = AskPattern.ask(
                owner,
                (ActorRef<ChangeReply> replyTo) -> new DirectoryCommand.Change(change, actor, replyTo),
                OWNER_TIMEOUT,
                system.scheduler());
        return asked.thenComposeAsync(this::whenSeenHere, executor);
    }

    /** The newest audit entries, newest first, at most {@code limit}. */
    public CompletionStage<List<AuditEntry>> audit(int limit) {
        CompletionStage<AuditTrail> asked = AskPattern.ask(
                owner,
                (ActorRef<AuditTrail> replyTo) -> new DirectoryCommand.ReadAudit(limit, replyTo),
                OWNER_TIMEOUT,
                system.scheduler());
        return asked.thenApplyAsync(AuditTrail::entries, executor);
    }

    private CompletionStage<ChangeReply> whenSeenHere(ChangeReply reply) {
        if (!(reply instanceof ChangeReply.Accepted accepted)) {
            return CompletableFuture.completedFuture(reply);
        }
        CompletionStage<Done> seen = AskPattern.ask(
                replica,
                (ActorRef<Done> replyTo) -> new DirectoryReplica.Await(accepted.version(), replyTo),
                REPLICA_TIMEOUT,
                system.scheduler());
        return seen.handleAsync((done, timeout) -> reply, executor);
    }
}
