package dev.switchboard.node.turn;

import dev.switchboard.protocol.domain.PlatformId;
import dev.switchboard.protocol.provider.GrantNumber;
import dev.switchboard.protocol.provider.LeaseResult;
import dev.switchboard.protocol.provider.ProviderCommand.EndedLease;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The leases that ended on this node last: what a platform's owner counted of them is lost when its node is killed before the
 * next save, and then told again from here. A ring without a lock; thread-safe.
 */
public final class RecentLeases {
    /** Five seconds, the time between two saves, at 1,600 requests a second; two megabytes. */
    static final int KEPT = 8192;

    private final AtomicReferenceArray<EndedLease> ring = new AtomicReferenceArray<>(KEPT);
    private final AtomicInteger next = new AtomicInteger();

    /** Keeps a lease in the place of the oldest one; not one whose place among the grants is unknown. */
    void ended(HeldLease held, LeaseResult result) {
        GrantNumber grant = held.grant;
        if (grant != null) {
            ring.setRelease(
                    next.getAndIncrement() & (KEPT - 1),
                    new EndedLease(held.id, held.model, held.key, grant, held.grantedAt, result));
        }
    }

    /** Those of one platform, in no order. */
    List<EndedLease> on(PlatformId platform) {
        List<EndedLease> found = new ArrayList<>();
        for (int i = 0; i < KEPT; i++) {
            EndedLease lease = ring.getAcquire(i);
            if (lease != null && lease.model().platform().equals(platform)) {
                found.add(lease);
            }
        }
        return found;
    }
}
