package dev.switchboard.node.turn;

import dev.switchboard.protocol.domain.LeaseId;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/** New lease ids: unique in the cluster and over restarts, without a lock and a secure random number for each. */
final class LeaseIds {
    /** One secure random number for the life of the process. */
    private static final String PREFIX = UUID.randomUUID() + "-";

    private static final AtomicLong COUNT = new AtomicLong();

    private LeaseIds() {}

    static LeaseId next() {
        return new LeaseId(PREFIX + Long.toString(COUNT.incrementAndGet(), Character.MAX_RADIX));
    }
}
