package dev.switchboard.node.main;

import dev.switchboard.node.persistence.DatabaseException;
import dev.switchboard.node.persistence.MemberRegister;
import dev.switchboard.node.settings.Settings;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a node finds out from the shared database before it starts.
 *
 * @param live the members that use the database now
 * @param clock the time to go by: this machine's, or the database's where the two disagree
 */
record SharedStart(List<MemberRegister.Entry> live, Clock clock) {
    /** A node that has its database to itself. */
    static final SharedStart ALONE = new SharedStart(List.of(), Clock.systemUTC());

    /** Clocks of machines that are kept in time differ by less. */
    static final Duration TOLERATED = Duration.ofSeconds(2);

    private static final Logger LOG = LoggerFactory.getLogger(SharedStart.class);
    private static final Duration LOOK = Duration.ofMillis(250);

    /** Fails with one line where this node must not run beside those that use the database. */
    static SharedStart check(Settings.Cluster cluster, MemberRegister.Entry own, MemberRegister register, Clock system)
            throws StartFailure, InterruptedException {
        // Those that were killed a moment ago still count as alive: they are waited for.
        long deadline = System.nanoTime() + MemberRegister.ALIVE.toNanos();
        CompletableFuture<SharedStart> answer = new CompletableFuture<>();
        ScheduledExecutorService looks = Executors.newSingleThreadScheduledExecutor();
        try {
            looks.scheduleWithFixedDelay(
                    () -> look(answer, cluster, own, register, system, deadline),
                    0,
                    LOOK.toMillis(),
                    TimeUnit.MILLISECONDS);
            return answer.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof StartFailure refused) {
                throw refused;
            }
            throw new IllegalStateException(e.getCause());
        } finally {
            looks.shutdownNow();
        }
    }

    private static void look(
            CompletableFuture<SharedStart> answer,
            Settings.Cluster cluster,
            MemberRegister.Entry own,
            MemberRegister register,
            Clock system,
            long deadline) {
        try {
            List<MemberRegister.Entry> live = register.live();
            Optional<String> refusal = Admission.refusal(cluster, own, live);
            if (refusal.isEmpty()) {
                answer.complete(new SharedStart(live, agreed(register.clockAhead(system), system)));
            } else if (System.nanoTime() > deadline) {
                answer.completeExceptionally(new StartFailure(refusal.get()));
            }
        } catch (SQLException | DatabaseException e) {
            answer.completeExceptionally(
                    new StartFailure("switchboard.database.url: the register of members cannot be read: "
                            + String.valueOf(e.getMessage()).lines().findFirst().orElse("")));
        } catch (RuntimeException e) {
            answer.completeExceptionally(e);
        }
    }

    /** Bans, cooldowns and sessions end at absolute times, so all nodes have to agree on what time it is. */
    static Clock agreed(Duration ahead, Clock system) {
        if (ahead.abs().compareTo(TOLERATED) <= 0) {
            return system;
        }
        LOG.warn(
                "This machine's clock is {} s {} the database's; the node goes by the database's time. Set the clock right"
                        + " and restart the node.",
                ahead.abs().toSeconds(),
                ahead.isNegative() ? "ahead of" : "behind");
        return Clock.offset(system, ahead);
    }
}
