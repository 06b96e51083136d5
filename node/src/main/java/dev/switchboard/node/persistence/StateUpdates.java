package dev.switchboard.node.persistence;

import akka.Done;
import akka.serialization.Serialization;
import akka.serialization.Serializer;
import akka.serialization.Serializers;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Writes states over rows that exist, many in one transaction: while one is written, those that are handed in gather for
 * the next, so that a few states wait for nobody and thousands of sessions cost few commits. Thread-safe.
 */
final class StateUpdates {
    /** A statement for each; a failure is the failure of all in its transaction. */
    private static final int MOST = 200;

    /** The offset is left as it was: nobody follows the table by it, and it would cost an index entry each time. */
    private static final String UPDATE =
            "UPDATE durable_state SET revision = ?, state_payload = ?, state_serial_id = ?,"
                    + " state_serial_manifest = ?, state_timestamp = ? WHERE persistence_id = ? AND revision = ?";

    private final Serialization serialization;
    private final Connections connections;
    private final Executor blocking;
    private final Queue<Update> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean writing = new AtomicBoolean();

    /** Where connections come from; closing one gives it back. */
    @FunctionalInterface
    interface Connections {
        Connection take() throws SQLException;
    }

    private record Update(String persistenceId, long revision, Object state, CompletableFuture<Done> written) {
        void fail(Throwable cause) {
            written.completeExceptionally(cause);
        }
    }

    /** What is handed to {@code blocking} waits for the database. */
    StateUpdates(Serialization serialization, Connections connections, Executor blocking) {
        this.serialization = serialization;
        this.connections = connections;
        this.blocking = blocking;
    }

    /**
     * The row, which has the revision before, becomes that state; it must not change any more. The stage fails with {@link StateStore.RevisionConflictException} when the row has another revision or is gone, and
     * with the database's failure when it is away.
     */
    CompletionStage<Done> write(String persistenceId, long revision, Object state) {
        Update update = new Update(persistenceId, revision, state, new CompletableFuture<>());
        waiting.add(update);
        begin();
        return update.written();
    }

    private void begin() {
        if (writing.compareAndSet(false, true)) {
            try {
                blocking.execute(this::writeWaiting);
            } catch (RuntimeException e) {
                writing.set(false);
                take().forEach(update -> update.fail(e));
            }
        }
    }

    /** One transaction; others use the thread before the next one. */
    private void writeWaiting() {
        List<Update> updates = take();
        try {
            if (!updates.isEmpty()) {
                write(updates);
            }
        } finally {
            writing.set(false);
            if (!waiting.isEmpty()) {
                begin();
            }
        }
    }

    private List<Update> take() {
        List<Update> taken = new ArrayList<>();
        for (Update next = waiting.poll(); next != null; next = taken.size() < MOST ? waiting.poll() : null) {
            taken.add(next);
        }
        return taken;
    }

    private void write(List<Update> updates) {
        try (Connection connection = connections.take()) {
            connection.setAutoCommit(false);
            try (PreparedStatement statement = connection.prepareStatement(UPDATE)) {
                List<Update> added = add(statement, updates);
                int[] counts = statement.executeBatch();
                connection.commit();
                tell(added, counts);
            } catch (SQLException e) {
                rollBack(connection);
                throw e;
            } finally {
                connection.setAutoCommit(true);
            }
        } catch (Exception e) {
            updates.forEach(update -> update.fail(new CompletionException(e)));
        }
    }

    /** One that cannot be serialized fails alone; Scala throws checked exceptions that it does not declare. */
    private List<Update> add(PreparedStatement statement, List<Update> updates) throws SQLException {
        List<Update> added = new ArrayList<>();
        for (Update update : updates) {
            byte[] payload;
            try {
                payload = serialization.serialize(update.state()).get();
            } catch (Exception e) {
                update.fail(e);
                continue;
            }
            Serializer serializer = serialization.findSerializerFor(update.state());
            statement.setLong(1, update.revision());
            statement.setBytes(2, payload);
            statement.setInt(3, serializer.identifier());
            statement.setString(4, Serializers.manifestFor(serializer, update.state()));
            statement.setLong(5, System.currentTimeMillis());
            statement.setString(6, update.persistenceId());
            statement.setLong(7, update.revision() - 1);
            statement.addBatch();
            added.add(update);
        }
        return added;
    }

    private static void tell(List<Update> updates, int[] counts) {
        for (int i = 0; i < counts.length; i++) {
            Update update = updates.get(i);
            if (counts[i] == 1) {
                update.written().complete(Done.getInstance());
            } else {
                update.fail(new StateStore.RevisionConflictException(update.persistenceId(), update.revision(), null));
            }
        }
    }

    private static void rollBack(Connection connection) {
        try {
            connection.rollback();
        } catch (SQLException e) {
            // The connection is broken, so nothing of it is kept.
        }
    }
}
