package dev.switchboard.node.upstream;

/** A key or header value holds characters that HTTP cannot carry. */
final class UnsendableHeader extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnsendableHeader(String name) {
        super("The value of header " + name + " holds characters that cannot be sent.", null, false, false);
    }

    String text() {
        return String.valueOf(getMessage());
    }
}
