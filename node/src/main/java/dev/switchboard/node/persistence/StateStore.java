package dev.switchboard.node.persistence;

import akka.Done;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Durable state of one kind of owner: one row per persistence id, with a revision. Owners load it once, answer from
 * memory and write behind, so that the request path never waits for the database.
 */
public interface StateStore<S> {
    /**
     * Reads a row. The stage fails when the database is away, and with {@link UnreadableStateException} when the row
     * exists but cannot be read: then the owner must stop rather than start empty.
     */
    CompletionStage<Loaded<S>> load(String persistenceId);

    /**
     * Writes {@code state} as {@code revision}, which is the revision loaded or last written plus one. The stage fails
     * with {@link RevisionConflictException} when the row has another revision, and otherwise when the database is
     * away: then the write may or may not have happened.
     */
    CompletionStage<Done> save(String persistenceId, long revision, S state);

    /** Removes the row; {@code revision} and failures as for {@link #save}. The next write is revision 1. */
    CompletionStage<Done> delete(String persistenceId, long revision);

    /** A row, or none: then {@code state} is null. The next write uses {@code revision + 1}. */
    record Loaded<S>(@Nullable S state, long revision) {}

    /** A row that exists and cannot be read. */
    final class UnreadableStateException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        /** Names the row. */
        public UnreadableStateException(String persistenceId, @Nullable Throwable cause) {
            super("durable state of " + persistenceId + " cannot be read", cause);
        }
    }

    /** A row that does not have the revision expected: somebody else wrote it, so its owner must read it again. */
    final class RevisionConflictException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        /** Names the row and the revision that could not be written. */
        public RevisionConflictException(String persistenceId, long revision, @Nullable Throwable cause) {
            super("durable state of " + persistenceId + " cannot become revision " + revision, cause);
        }
    }
}
