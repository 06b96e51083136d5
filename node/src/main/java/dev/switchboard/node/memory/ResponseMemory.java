package dev.switchboard.node.memory;

import akka.Done;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.DispatcherSelector;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Remembers responses for 30 minutes after their last use (contract.md §3), by id and caller: two callers never see each
 * other's. A row in the shared database is known to every node and survives the death of the one that wrote it. While the
 * database is away, the node that answered remembers alone, within a bound.
 */
public final class ResponseMemory {
    private static final Logger LOG = LoggerFactory.getLogger(ResponseMemory.class);

    /** How long after its last use a response is forgotten. */
    public static final Duration TTL = Duration.ofMinutes(30);

    private static final Duration SLIDE_AT_MOST_EVERY = Duration.ofMinutes(1);
    private static final Duration WRITE_PATIENCE = Duration.ofSeconds(2);
    private static final Duration RETRY = Duration.ofSeconds(3);
    private static final Duration SWEEP = Duration.ofMinutes(5);
    private static final long MOST_UNWRITTEN_CHARS = 64L << 20;

    private final ResponseTable table;
    private final Unwritten unwritten = new Unwritten(MOST_UNWRITTEN_CHARS);
    private final Clock clock;
    private final Executor blocking;

    private ResponseMemory(DataSource database, Clock clock, Executor blocking) {
        this.table = new ResponseTable(database);
        this.clock = clock;
        this.blocking = blocking;
    }

    /** Begins to write what waits and to sweep what has expired. */
    public static ResponseMemory start(ActorSystem<?> system, DataSource database, Clock clock) {
        var blocking = system.dispatchers().lookup(DispatcherSelector.fromConfig("switchboard.blocking-dispatcher"));
        ResponseMemory memory = new ResponseMemory(database, clock, blocking);
        system.scheduler().scheduleWithFixedDelay(RETRY, RETRY, memory::writeWaiting, blocking);
        system.scheduler().scheduleWithFixedDelay(SWEEP, SWEEP, memory::sweep, blocking);
        return memory;
    }

    /**
     * Remembers a response. The stage completes when every node knows it, or after two seconds: then this node goes on
     * trying. It never fails.
     *
     * @param requestId for lines of the log
     */
    public CompletionStage<Done> keep(String id, String caller, String body, String requestId) {
        Unwritten.Entry entry =
                new Unwritten.Entry(id, caller, body, clock.instant().plus(TTL));
        unwritten.add(entry);
        return CompletableFuture.supplyAsync(() -> write(entry, requestId), blocking)
                .completeOnTimeout(Done.getInstance(), WRITE_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    }

    private Done write(Unwritten.Entry entry, String requestId) {
        try (MDC.MDCCloseable of = MDC.putCloseable("requestId", requestId)) {
            return write(entry);
        }
    }

    private Done write(Unwritten.Entry entry) {
        try {
            table.insert(entry.id(), entry.caller(), entry.body(), entry.expires());
            unwritten.remove(entry.id());
        } catch (SQLException e) {
            LOG.warn("A response is remembered by this node alone: {}", e.toString());
        }
        return Done.getInstance();
    }

    private void writeWaiting() {
        Instant now = clock.instant();
        for (Unwritten.Entry entry : unwritten.all()) {
            if (entry.expires().isAfter(now)) {
                write(entry);
            } else {
                unwritten.remove(entry.id());
            }
        }
    }

    /** The response of that id and caller; being found counts as use. Fails when the database is away. */
    public CompletionStage<Optional<String>> find(String id, String caller) {
        Unwritten.Entry waiting = unwritten.find(id, caller, clock.instant());
        if (waiting != null) {
            return CompletableFuture.completedStage(Optional.of(waiting.body()));
        }
        return CompletableFuture.supplyAsync(() -> read(id, caller), blocking);
    }

    private Optional<String> read(String id, String caller) {
        Instant now = clock.instant();
        try {
            ResponseTable.Row row = table.find(id, caller, now);
            if (row == null) {
                return Optional.empty();
            }
            Instant expires = now.plus(TTL);
            if (row.expires().plus(SLIDE_AT_MOST_EVERY).isBefore(expires)) {
                table.slide(id, expires);
            }
            return Optional.of(row.body());
        } catch (SQLException e) {
            throw new CompletionException(e);
        }
    }

    /** Forgets a response; answers whether there was one. Fails when the database is away. */
    public CompletionStage<Boolean> forget(String id, String caller) {
        boolean waiting = unwritten.find(id, caller, clock.instant()) != null && unwritten.remove(id);
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return table.delete(id, caller, clock.instant()) || waiting;
                    } catch (SQLException e) {
                        throw new CompletionException(e);
                    }
                },
                blocking);
    }

    private void sweep() {
        try {
            table.sweep(clock.instant());
        } catch (SQLException e) {
            LOG.warn("Expired responses stay for now: {}", e.toString());
        }
    }
}
