package dev.switchboard.node.provider;

import dev.switchboard.protocol.domain.LeaseId;
import dev.switchboard.protocol.provider.GrantNumber;
import dev.switchboard.protocol.provider.ProviderCommand.EndedLease;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What nodes tell a restarted owner of leases that have ended (docs/adr/0001): which of them its counts lack. Nodes tell twice,
 * some of it before the saved counts are read.
 */
final class Recollection {
    /** More is not kept while the saved counts cannot be read. */
    static final int MOST_EARLY = 50_000;

    private final List<EndedLease> early = new ArrayList<>();
    private final Set<LeaseId> told = new HashSet<>();
    private long since;
    private long count;
    private @Nullable GrantNumber saved;
    private boolean restored;
    private boolean closed;

    /** Of an owner that started at {@code since}, in epoch milliseconds. */
    Recollection(long since) {
        this.since = since;
    }

    /** The number of this owner's next grant. */
    GrantNumber next() {
        return new GrantNumber(since, ++count);
    }

    /** The number of this owner's last grant. */
    GrantNumber last() {
        return new GrantNumber(since, count);
    }

    /** The row was read, null where there was none; answers what was told before and is to be looked at now. */
    List<EndedLease> restored(@Nullable ProviderState state) {
        restored = true;
        saved = state == null ? null : state.granted();
        if (saved != null) {
            since = Math.max(since, saved.since() + 1);
        } else if (state != null) {
            // An earlier release wrote it: nobody can tell which leases it holds.
            early.clear();
            close();
        }
        List<EndedLease> waiting = List.copyOf(early);
        early.clear();
        return waiting;
    }

    /** Those of the leases that are to be looked at now. */
    List<EndedLease> news(List<EndedLease> leases) {
        if (closed) {
            return List.of();
        }
        List<EndedLease> news = new ArrayList<>();
        for (EndedLease lease : leases) {
            if ((restored || early.size() < MOST_EARLY) && hears(lease.lease())) {
                (restored ? news : early).add(lease);
            }
        }
        return news;
    }

    /** Whether a lease of an earlier owner is heard of for the first time. */
    boolean hears(LeaseId lease) {
        return closed || told.add(lease);
    }

    /** All nodes have had time to tell; what comes later is not counted. */
    void close() {
        closed = true;
        told.clear();
    }

    /** Whether the saved counts lack a lease of that number. */
    boolean lacks(GrantNumber grant) {
        return lacks(saved, grant, since);
    }

    /**
     * Whether counts that hold all grants up to {@code saved} lack {@code grant}. Grants of owners before the one that saved
     * are taken for counted: once too few is better than twice.
     *
     * @param self when the owner that asks started: it has counted its own grants
     */
    static boolean lacks(@Nullable GrantNumber saved, GrantNumber grant, long self) {
        if (grant.since() >= self) {
            return false;
        }
        return saved == null
                || grant.since() > saved.since()
                || (grant.since() == saved.since() && grant.number() > saved.number());
    }
}
