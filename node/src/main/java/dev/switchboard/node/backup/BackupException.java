package dev.switchboard.node.backup;

import org.jspecify.annotations.Nullable;

/** A backup cannot be made or read; the message is one line for people. */
public final class BackupException extends Exception {
    private static final long serialVersionUID = 1L;

    public BackupException(String message) {
        super(message);
    }

    public BackupException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
