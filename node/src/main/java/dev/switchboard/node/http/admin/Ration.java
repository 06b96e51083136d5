package dev.switchboard.node.http.admin;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** At most so many a second. For one thread at a time. */
final class Ration {
    private final int most;
    private final LongSupplier nanoTime;
    private long since;
    private int taken;

    Ration(int most, LongSupplier nanoTime) {
        this.most = most;
        this.nanoTime = nanoTime;
        this.since = nanoTime.getAsLong();
    }

    /** Takes one; false where this second's are gone. */
    boolean take() {
        long now = nanoTime.getAsLong();
        if (now - since >= TimeUnit.SECONDS.toNanos(1)) {
            since = now;
            taken = 0;
        }
        if (taken == most) {
            return false;
        }
        taken++;
        return true;
    }
}
