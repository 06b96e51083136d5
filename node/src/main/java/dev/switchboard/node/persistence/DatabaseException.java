package dev.switchboard.node.persistence;

import org.jspecify.annotations.Nullable;

/**
 * The database cannot be used. The message is one line for the operator: it names the setting and the URL, never the
 * password (contract.md §1).
 */
public final class DatabaseException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    DatabaseException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
