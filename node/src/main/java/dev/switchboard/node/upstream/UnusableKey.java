package dev.switchboard.node.upstream;

/** A key that cannot be sent: not in the shape the platform wants, or with characters that HTTP cannot carry. */
final class UnusableKey extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnusableKey(String message) {
        super(message, null, false, false);
    }

    String text() {
        return String.valueOf(getMessage());
    }
}
