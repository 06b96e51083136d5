package dev.switchboard.node.persistence;

import akka.actor.Cancellable;
import akka.actor.ExtendedActorSystem;
import akka.coordination.lease.LeaseSettings;
import akka.coordination.lease.javadsl.Lease;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.SQLIntegrityConstraintViolationException;
import java.time.Duration;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A lease in the shared database (Akka's coordination API): whoever has the row holds it, renews it, and loses it when
 * the database's clock passes its end. The split-brain resolver's tie-breaker.
 */
public final class DatabaseLease extends Lease {
    private static final Logger LOG = LoggerFactory.getLogger(DatabaseLease.class);
    /** PostgreSQL's class of errors for violated constraints. */
    private static final String VIOLATED = "23";

    private static final String DISPATCHER = "switchboard.lease-dispatcher";

    private static final String NOW = "CAST(EXTRACT(EPOCH FROM CURRENT_TIMESTAMP) * 1000 AS BIGINT)";
    private static final String TAKE = "UPDATE cluster_lease SET owner = ?, expires_at = " + NOW
            + " + ? WHERE name = ? AND (owner = ? OR expires_at < " + NOW + ")";
    private static final String CREATE =
            "INSERT INTO cluster_lease (owner, expires_at, name) VALUES (?, " + NOW + " + ?, ?)";
    private static final String RENEW = "UPDATE cluster_lease SET expires_at = " + NOW
            + " + ? WHERE name = ? AND owner = ? AND expires_at >= " + NOW;
    private static final String RELEASE = "DELETE FROM cluster_lease WHERE name = ? AND owner = ?";

    private final LeaseSettings settings;
    private final ExtendedActorSystem system;
    private final String url;
    private final Properties login;
    private final Executor blocking;
    private volatile boolean held;
    private volatile @Nullable Cancellable renewing;

    /** As Akka creates it; the database is the one that the system is configured with. */
    public DatabaseLease(LeaseSettings settings, ExtendedActorSystem system) {
        this.settings = settings;
        this.system = system;
        this.url = settings.leaseConfig().getString("url");
        this.login = new Properties();
        settings.leaseConfig()
                .getConfig("login")
                .entrySet()
                .forEach(entry -> login.setProperty(
                        entry.getKey(), entry.getValue().unwrapped().toString()));
        this.blocking = system.dispatchers().lookup(DISPATCHER);
    }

    @Override
    public LeaseSettings getSettings() {
        return settings;
    }

    @Override
    public CompletionStage<Boolean> acquire() {
        return acquire(reason -> {});
    }

    @Override
    public CompletionStage<Boolean> acquire(Consumer<Optional<Throwable>> lost) {
        return CompletableFuture.supplyAsync(this::take, blocking)
                .thenApplyAsync(
                        taken -> {
                            held = taken;
                            if (taken) {
                                renew(lost);
                            }
                            return taken;
                        },
                        blocking);
    }

    @Override
    public CompletionStage<Boolean> release() {
        stopRenewing();
        held = false;
        return CompletableFuture.supplyAsync(
                () -> {
                    run(RELEASE, settings.leaseName(), settings.ownerName());
                    return true;
                },
                blocking);
    }

    @Override
    public boolean checkLease() {
        return held;
    }

    private boolean take() {
        long ttl = ttl().toMillis();
        if (run(TAKE, settings.ownerName(), ttl, settings.leaseName(), settings.ownerName()) == 1) {
            return true;
        }
        try (Connection connection = connect()) {
            return execute(connection, CREATE, settings.ownerName(), ttl, settings.leaseName()) == 1;
        } catch (SQLException e) {
            String state = e.getSQLState();
            if (e instanceof SQLIntegrityConstraintViolationException || state != null && state.startsWith(VIOLATED)) {
                LOG.info("The lease {} is held by another node", settings.leaseName());
                return false;
            }
            throw new CompletionException(e);
        }
    }

    private Duration ttl() {
        return Duration.ofNanos(settings.timeoutSettings().heartbeatTimeout().toNanos());
    }

    private synchronized void renew(Consumer<Optional<Throwable>> lost) {
        stopRenewing();
        Duration pause =
                Duration.ofNanos(settings.timeoutSettings().heartbeatInterval().toNanos());
        renewing = system.scheduler()
                .scheduleWithFixedDelay(
                        pause,
                        pause,
                        () -> renewOnce(lost),
                        system.dispatchers().lookup(DISPATCHER));
    }

    private void renewOnce(Consumer<Optional<Throwable>> lost) {
        if (!held) {
            return;
        }
        try {
            if (run(RENEW, ttl().toMillis(), settings.leaseName(), settings.ownerName()) == 0) {
                lose(lost, Optional.empty());
            }
        } catch (CompletionException e) {
            LOG.warn("The lease {} could not be renewed: {}", settings.leaseName(), String.valueOf(e.getCause()));
            lose(lost, Optional.of(e));
        }
    }

    private void lose(Consumer<Optional<Throwable>> lost, Optional<Throwable> reason) {
        stopRenewing();
        if (held) {
            held = false;
            lost.accept(reason);
        }
    }

    private synchronized void stopRenewing() {
        Cancellable current = renewing;
        if (current != null) {
            current.cancel();
            renewing = null;
        }
    }

    private int run(String sql, Object... values) {
        try (Connection connection = connect()) {
            return execute(connection, sql, values);
        } catch (SQLException e) {
            throw new CompletionException(e);
        }
    }

    private static int execute(Connection connection, String sql, Object... values) throws SQLException {
        try (var statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            return statement.executeUpdate();
        }
    }

    /** Of its own: the pools may be busy waiting for connections that died with the other side. */
    private Connection connect() throws SQLException {
        return DriverManager.getConnection(url, login);
    }
}
