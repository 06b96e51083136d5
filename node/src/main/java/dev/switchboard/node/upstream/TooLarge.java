package dev.switchboard.node.upstream;

/** A body is larger than allowed. */
final class TooLarge extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TooLarge(long most) {
        super("a body is larger than " + most + " bytes", null, false, false);
    }
}
