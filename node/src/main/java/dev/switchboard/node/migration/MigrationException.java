package dev.switchboard.node.migration;

/** A file that cannot be read as what it should be; the message is one line without secrets. */
public final class MigrationException extends Exception {
    private static final long serialVersionUID = 1L;

    MigrationException(String message) {
        super(message.replaceAll("\\s*\\R\\s*", " "));
    }
}
