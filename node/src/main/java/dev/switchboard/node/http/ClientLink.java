package dev.switchboard.node.http;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/** One client connection: where it comes from, and tells the request that it is serving now when the client has gone. Thread-safe. */
public final class ClientLink {
    private final @Nullable InetAddress address;
    private @Nullable Runnable whenGone;
    private boolean halfCloseCounts = true;
    private boolean ended;
    private boolean failed;

    /** {@code address} is the client's, null where nobody knows it. */
    ClientLink(@Nullable InetAddress address) {
        this.address = address;
    }

    /** The client's address, or its proxy's; null where nobody knows it. */
    public @Nullable InetAddress address() {
        return address;
    }

    /** A new request begins; a connection serves one at a time. */
    synchronized void begin(boolean endOfRequestsMeansGone) {
        halfCloseCounts = endOfRequestsMeansGone;
        whenGone = null;
    }

    /** Runs {@code action} once when the client goes, at once if it has gone. Replaces what was given before. */
    public void whenGone(Runnable action) {
        synchronized (this) {
            if (!isGone()) {
                whenGone = action;
                return;
            }
        }
        action.run();
    }

    void end(boolean withFailure) {
        Runnable action;
        synchronized (this) {
            ended = true;
            failed |= withFailure;
            if (!isGone()) {
                return;
            }
            action = whenGone;
            whenGone = null;
        }
        if (action != null) {
            action.run();
        }
    }

    private boolean isGone() {
        return failed || (ended && halfCloseCounts);
    }
}
