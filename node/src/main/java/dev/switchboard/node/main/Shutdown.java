package dev.switchboard.node.main;

import akka.Done;
import akka.actor.CoordinatedShutdown;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.AskPattern;
import dev.switchboard.node.socket.Listener;
import dev.switchboard.node.turn.TurnGuardian;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The order in which a node stops (behaviour.md §10): readiness goes to 503; requests that are still sent to it are
 * served for a moment, then refused; running turns end, 30 s at most; no
 * connection is taken any more; shards and singletons move; the node leaves; pools close. Where the others count this node
 * as lost, running turns end after 0.8 s and the process a second later.
 */
final class Shutdown {
    /** For how long requests are taken whose senders do not know yet that the node stops. */
    static final Duration GRACE = Duration.ofSeconds(3);
    /** Below coordinated-shutdown's service-requests-done.timeout of 36 s, with room for the last error frames. */
    static final Duration TURN_LIMIT = Duration.ofSeconds(30);
    /** The same for a node that the others count as lost: what it owned is owned elsewhere soon. */
    static final Duration LOST_GRACE = Duration.ofMillis(200);

    /** Below down-removal-margin, after which the others free the leases of this node's turns. */
    static final Duration LOST_TURN_LIMIT = Duration.ofMillis(800);

    /** After which a lost node's process ends; past its turns' limit, for their error frames to reach the callers. */
    static final Duration LOST_END = Duration.ofMillis(1800);

    /** How long the end of the last turn is waited for. */
    static final Duration ASK_LIMIT = Duration.ofSeconds(35);

    /** How long the end of the actor system is waited for, as phase actor-system-terminate waits. */
    static final Duration END_LIMIT = Duration.ofSeconds(4);

    private static final Duration LOOK = Duration.ofMillis(500);

    private Shutdown() {}

    static void arrange(
            ActorSystem<?> system,
            Rooms rooms,
            Listener.Binding binding,
            Listener.@Nullable Binding ops,
            AutoCloseable pool,
            @Nullable DataFolder held) {
        CoordinatedShutdown shutdown = CoordinatedShutdown.get(system);
        shutdown.addTask(CoordinatedShutdown.PhaseBeforeServiceUnbind(), "not-ready", () -> {
            rooms.readiness().drain();
            return CompletableFuture.completedStage(Done.getInstance());
        });
        shutdown.addTask(
                CoordinatedShutdown.PhaseServiceRequestsDone(),
                "drain-turns",
                () -> drain(system, rooms, held == null));
        shutdown.addTask(CoordinatedShutdown.PhaseServiceStop(), "close-http", () -> close(binding));
        if (ops != null) {
            shutdown.addTask(CoordinatedShutdown.PhaseServiceStop(), "close-ops", () -> close(ops));
        }
        CompletableFuture<Done> lastPhase = new CompletableFuture<>();
        shutdown.addTask(CoordinatedShutdown.PhaseActorSystemTerminate(), "limit-the-end", () -> {
            lastPhase.complete(Done.getInstance());
            return lastPhase;
        });
        // Remoting that cannot reach its peers any more may never end.
        CompletableFuture<Void> ended = CompletableFuture.anyOf(
                        system.getWhenTerminated().toCompletableFuture(),
                        lastPhase.thenRunAsync(
                                () -> {},
                                CompletableFuture.delayedExecutor(
                                        END_LIMIT.toMillis(), TimeUnit.MILLISECONDS, Runnable::run)))
                .thenAcceptAsync(any -> {}, Runnable::run);
        Ending.PROCESS.started(() -> {
            ended.join();
            rooms.forgetAddress();
            closeQuietly(pool);
            if (held != null) {
                held.close();
            }
        });
    }

    /**
     * Stops the node when the process that started it is gone. A dead process that nobody has waited for still counts as
     * alive, so what is looked at is who this node's parent is.
     */
    static void followSupervisor(ActorSystem<?> system, @Nullable String pid) {
        if (pid == null || !pid.matches("\\d{1,18}")) {
            return;
        }
        long supervisor = Long.parseLong(pid);
        AtomicBoolean ending = new AtomicBoolean();
        system.scheduler()
                .scheduleWithFixedDelay(
                        Duration.ZERO,
                        LOOK,
                        () -> {
                            boolean alive = ProcessHandle.current()
                                    .parent()
                                    .filter(parent -> parent.pid() == supervisor)
                                    .isPresent();
                            if (!alive && ending.compareAndSet(false, true)) {
                                system.log().warn("the process that started this node is gone; the node stops");
                                system.terminate();
                            }
                        },
                        system.executionContext());
    }

    /** {@code shared} says that the database is not this process's own, which would have to be closed. */
    private static CompletionStage<Done> drain(ActorSystem<?> system, Rooms rooms, boolean shared) {
        boolean lost = CoordinatedShutdown.get(system)
                .getShutdownReason()
                .filter(CoordinatedShutdown.clusterDowningReason()::equals)
                .isPresent();
        Duration grace = lost ? LOST_GRACE : GRACE;
        Duration limit = lost ? LOST_TURN_LIMIT : TURN_LIMIT;
        if (lost && shared) {
            endSoon();
        }
        return AskPattern.ask(
                rooms.turnGuardian(),
                replyTo -> new TurnGuardian.Drain(grace, limit, replyTo),
                ASK_LIMIT,
                system.scheduler());
    }

    /**
     * A lost node has nothing to hand over, and what it would still write is others' to write. The rest of a stop waits for
     * members that count it as gone and for a database that it may not reach.
     */
    private static void endSoon() {
        CompletableFuture.delayedExecutor(LOST_END.toMillis(), TimeUnit.MILLISECONDS, Runnable::run)
                .execute(() -> Runtime.getRuntime().halt(0));
    }

    /**
     * Takes no connection any more. Open ones are left alone until the process ends: what a turn sent last may still be
     * on its way, and terminating the binding would cut it off.
     */
    private static CompletionStage<Done> close(Listener.Binding binding) {
        return binding.unbind();
    }

    private static void closeQuietly(AutoCloseable closeable) {
        try {
            closeable.close();
        } catch (Exception e) {
            // The process ends next, and with it every connection.
            return;
        }
    }
}
