package dev.switchboard.node.quota;

import dev.switchboard.protocol.domain.ApiKeyId;
import dev.switchboard.protocol.provider.GrantNumber;
import dev.switchboard.protocol.quota.QuotaCommand.Admission;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The requests that API keys' owners let in through this node last: what an owner counted of them is lost when its node is
 * killed before the next save, and then told again from here. A ring without a lock; thread-safe.
 */
final class RecentAdmissions {
    /** Five seconds, the time between two saves, at 1,600 requests a second; two megabytes. */
    static final int KEPT = 8192;

    private final Map<String, Kept> byTicket = new ConcurrentHashMap<>();
    private final AtomicReferenceArray<String> ring = new AtomicReferenceArray<>(KEPT);
    private final AtomicInteger next = new AtomicInteger();

    private static final class Kept {
        private final ApiKeyId key;
        private final GrantNumber grant;
        private final long reserved;
        private final Instant at;
        private volatile @Nullable Long used;

        private Kept(ApiKeyId key, GrantNumber grant, long reserved, Instant at) {
            this.key = key;
            this.grant = grant;
            this.reserved = reserved;
            this.at = at;
        }
    }

    /** A request was let in; it takes the place of the oldest one. */
    void admitted(ApiKeyId key, String ticket, GrantNumber grant, long reserved, Instant at) {
        byTicket.put(ticket, new Kept(key, grant, reserved, at));
        String oldest = ring.getAndSet(next.getAndIncrement() & (KEPT - 1), ticket);
        if (oldest != null) {
            byTicket.remove(oldest);
        }
    }

    /** A request has ended. */
    void settled(String ticket, long tokens) {
        Kept running = byTicket.get(ticket);
        if (running != null) {
            running.used = tokens;
        }
    }

    /** Those of one key, in no order. */
    List<Admission> of(ApiKeyId key) {
        List<Admission> found = new ArrayList<>();
        byTicket.forEach((ticket, kept) -> {
            if (kept.key.equals(key)) {
                found.add(new Admission(ticket, kept.grant, kept.reserved, kept.at, kept.used));
            }
        });
        return found;
    }
}
