package dev.switchboard.node.persistence;

import akka.Done;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.DispatcherSelector;
import akka.persistence.jdbc.db.SlickExtension;
import akka.persistence.jdbc.db.SlickExtensionImpl;
import akka.persistence.jdbc.state.javadsl.JdbcDurableStateStore;
import akka.persistence.state.DurableStateStoreRegistry;
import akka.persistence.state.javadsl.GetObjectResult;
import akka.serialization.Serialization;
import akka.serialization.SerializationExtension;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import slick.jdbc.JdbcDataSource;

/**
 * Durable state in the table of akka-persistence-jdbc. States are serialized by Akka, so {@code S} implements {@link
 * dev.switchboard.protocol.CborSerializable} and carries a version.
 */
public final class JdbcStateStore<S> implements StateStore<S> {
    private static final Logger LOG = LoggerFactory.getLogger(JdbcStateStore.class);
    private static final String PLUGIN = JdbcDurableStateStore.Identifier();
    private static final String SWEEP = "DELETE FROM durable_state WHERE persistence_id LIKE ? AND state_timestamp < ?";
    private static final String LATEST =
            "SELECT persistence_id, state_payload, state_serial_id, state_serial_manifest FROM durable_state"
                    + " WHERE persistence_id LIKE ? AND state_timestamp >= ? ORDER BY state_timestamp DESC LIMIT ?";
    private static final int QUERY_SECONDS = 2;
    private static final String DELETE = "DELETE FROM durable_state WHERE persistence_id = ? AND revision = ?";

    private final JdbcDurableStateStore<S> store;
    private final JdbcDataSource connections;
    private final Class<S> type;
    private final Serialization serialization;
    private final Executor executor;
    private final Executor blocking;
    private final StateUpdates updates;

    /** A store of states of one type, on the database that the system is configured with. */
    public JdbcStateStore(ActorSystem<?> system, Class<S> type) {
        this.store = lookUp(system);
        this.connections = ((SlickExtensionImpl) SlickExtension.get(system))
                .database(system.settings().config().getConfig(PLUGIN))
                .database()
                .source();
        this.type = type;
        this.serialization = SerializationExtension.get(system);
        this.executor = system.executionContext();
        this.blocking = system.dispatchers().lookup(DispatcherSelector.blocking());
        this.updates = new StateUpdates(serialization, connections::createConnection, blocking);
    }

    @SuppressWarnings("unchecked") // The registry hands out one store for every type; load checks each value.
    private static <S> JdbcDurableStateStore<S> lookUp(ActorSystem<?> system) {
        return DurableStateStoreRegistry.get(system).getDurableStateStoreFor(JdbcDurableStateStore.class, PLUGIN);
    }

    @Override
    public CompletionStage<Loaded<S>> load(String persistenceId) {
        return store.getObject(persistenceId).thenApplyAsync(result -> readable(persistenceId, result), executor);
    }

    /** The plugin answers an empty value both for no row (revision 0) and for a row that it cannot read. */
    private Loaded<S> readable(String persistenceId, GetObjectResult<S> result) {
        @Nullable Object value = result.value().orElse(null);
        if (value == null) {
            if (result.revision() > 0) {
                throw new UnreadableStateException(persistenceId, null);
            }
            return new Loaded<>(null, 0);
        }
        if (!type.isInstance(value)) {
            throw new UnreadableStateException(
                    persistenceId, new ClassCastException(value.getClass() + " is not " + type));
        }
        return new Loaded<>(type.cast(value), result.revision());
    }

    @Override
    public CompletionStage<Done> save(String persistenceId, long revision, S state) {
        if (revision > 1) {
            return updates.write(persistenceId, revision, state);
        }
        return store.upsertObject(persistenceId, revision, state, "")
                .exceptionallyAsync(
                        error -> {
                            throw classified(persistenceId, revision, error);
                        },
                        executor);
    }

    private static RuntimeException classified(String persistenceId, long revision, Throwable error) {
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        if (isDuplicate(cause)) {
            return new RevisionConflictException(persistenceId, revision, cause);
        }
        return cause instanceof RuntimeException unchecked ? unchecked : new CompletionException(cause);
    }

    /** SQL states of class 23: the first revision is an insert, refused by the primary key. */
    private static boolean isDuplicate(Throwable cause) {
        return cause instanceof SQLException sql
                && sql.getSQLState() != null
                && sql.getSQLState().startsWith("23");
    }

    /** The plugin's own deletion ignores the revision, so this is a statement of ours on the plugin's pool. */
    @Override
    public CompletionStage<Done> delete(String persistenceId, long revision) {
        if (revision <= 1) {
            return CompletableFuture.completedFuture(Done.getInstance());
        }
        return CompletableFuture.supplyAsync(() -> deleteRow(persistenceId, revision), blocking);
    }

    private Done deleteRow(String persistenceId, long revision) {
        try (Connection connection = connections.createConnection();
                PreparedStatement statement = connection.prepareStatement(DELETE)) {
            statement.setString(1, persistenceId);
            statement.setLong(2, revision - 1);
            if (statement.executeUpdate() == 0) {
                throw new RevisionConflictException(persistenceId, revision, null);
            }
            return Done.getInstance();
        } catch (SQLException e) {
            throw new CompletionException(e);
        }
    }

    /**
     * Removes every row whose id begins with {@code idPrefix} (no wildcards) and that was last written before {@code
     * time}; answers how many. For rows that no owner will ask for again.
     */
    public CompletionStage<Integer> sweep(String idPrefix, Instant time) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try (Connection connection = connections.createConnection();
                            PreparedStatement statement = connection.prepareStatement(SWEEP)) {
                        statement.setString(1, idPrefix + "%");
                        statement.setLong(2, time.toEpochMilli());
                        return statement.executeUpdate();
                    } catch (SQLException e) {
                        throw new CompletionException(e);
                    }
                },
                blocking);
    }

    /**
     * States by their ids, which begin with {@code idPrefix} (no wildcards), written at {@code since} or later; latest
     * first, at most {@code limit}. A look only: a row that cannot be read is left out, its owner will say why.
     */
    public CompletionStage<Map<String, S>> latest(String idPrefix, Instant since, int limit) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try (Connection connection = connections.createConnection();
                            PreparedStatement statement = connection.prepareStatement(LATEST)) {
                        statement.setQueryTimeout(QUERY_SECONDS);
                        statement.setString(1, idPrefix + "%");
                        statement.setLong(2, since.toEpochMilli());
                        statement.setInt(3, limit);
                        Map<String, S> found = new LinkedHashMap<>();
                        try (ResultSet rows = statement.executeQuery()) {
                            while (rows.next()) {
                                addReadable(rows, found);
                            }
                        }
                        return found;
                    } catch (SQLException e) {
                        throw new CompletionException(e);
                    }
                },
                blocking);
    }

    private void addReadable(ResultSet row, Map<String, S> found) throws SQLException {
        String id = row.getString(1);
        @Nullable String manifest = row.getString(4);
        Object state = serialization
                .deserialize(row.getBytes(2), row.getInt(3), manifest == null ? "" : manifest)
                .getOrElse(() -> id);
        if (type.isInstance(state)) {
            found.put(id, type.cast(state));
        } else {
            LOG.debug("the state of {} cannot be read", id);
        }
    }
}
