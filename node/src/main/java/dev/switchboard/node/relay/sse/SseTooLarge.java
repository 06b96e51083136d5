package dev.switchboard.node.relay.sse;

/** An event or line went over the size cap; the stream cannot be read on. */
public final class SseTooLarge extends RuntimeException {
    private static final long serialVersionUID = 1L;

    SseTooLarge(int cap) {
        super("a server-sent event is larger than " + cap + " bytes", null, false, false);
    }
}
