package dev.switchboard.node.provider;

import dev.switchboard.protocol.domain.LeaseId;
import dev.switchboard.protocol.provider.GrantNumber;
import dev.switchboard.protocol.provider.LeaseResult;
import dev.switchboard.protocol.provider.ProviderCommand;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a platform's owner takes over from the one before it: the counts and leases that one saved, the leases that running
 * turns announce, and those that ended unsaved (docs/adr/0001). Each counts once, whatever comes first.
 */
final class Inheritance {
    private final Books books;
    private final ProviderDesk.Effects effects;
    private final Recollection<ProviderCommand.EndedLease, LeaseId> recollection;

    /** Of an owner that starts at {@code since}. */
    Inheritance(Books books, ProviderDesk.Effects effects, Instant since) {
        this.books = books;
        this.effects = effects;
        this.recollection = new Recollection<>(since.toEpochMilli(), ProviderCommand.EndedLease::lease);
    }

    /** The number of this owner's next grant. */
    GrantNumber nextGrant() {
        return recollection.next();
    }

    /** The number of this owner's last grant. */
    GrantNumber lastGrant() {
        return recollection.last();
    }

    /** Takes up a lease that a running turn held before this owner restarted. */
    void announce(ProviderCommand.Announce told, Instant now) {
        Lease known = books.leases.find(told.lease());
        if (known != null) {
            books.claim(known, told.owner());
            return;
        }
        Leases.Ended ended = books.leases.ended(told.lease());
        if ((ended != null && ended.how() != Leases.How.UNCLAIMED) || !recollection.hears(told.lease())) {
            return;
        }
        long requests = ended == null ? 1 : 0;
        long estimate = Math.max(0, told.estimatedTokens());
        Windows.Reservation counted =
                books.windows.reserve(told.key(), told.model(), requests, estimate, now.toEpochMilli());
        books.begin(
                new Lease(
                        told.lease(),
                        told.model(),
                        told.key(),
                        told.session(),
                        told.requestId(),
                        told.owner(),
                        estimate,
                        told.exclusive(),
                        told.probe(),
                        told.probe(),
                        told.grantedAt(),
                        null,
                        counted),
                now);
    }

    /** Takes up what a node tells of leases that ended under an earlier owner. */
    void recall(List<ProviderCommand.EndedLease> told, Instant now) {
        recollection.news(told).forEach(lease -> recall(lease, now));
    }

    private void recall(ProviderCommand.EndedLease told, Instant now) {
        Lease known = books.leases.find(told.lease());
        if (known != null) {
            if (known.owner() == null) {
                books.end(told.lease(), Leases.How.HELD, told.result(), now);
            }
            return;
        }
        Leases.Ended ended = books.leases.ended(told.lease());
        if ((ended == null || ended.how() == Leases.How.UNSEEN) && recollection.lacks(told.grant())) {
            books.leases.end(told.lease(), Leases.How.UNSEEN, told.result());
            books.windows.count(
                    told.key(), told.model(), told.grantedAt(), Books.used(told.result()), now.toEpochMilli());
            effects.changed();
        }
    }

    /** Adds what was saved before a restart, if anything was, to what has happened since; a lease in both counts once. */
    void restore(@Nullable ProviderState saved, Instant now) {
        if (saved != null) {
            add(saved, now);
        }
        recollection
                .restored(saved != null, saved == null ? null : saved.granted())
                .forEach(lease -> recall(lease, now));
    }

    private void add(ProviderState saved, Instant now) {
        long millis = now.toEpochMilli();
        books.windows.restore(saved.counts(), saved.learned(), millis);
        books.safeguard.restore(saved.reserved());
        for (ProviderState.Held held : saved.leases()) {
            restore(held, now);
        }
        books.wasActive(saved.lastActive());
        effects.changed();
    }

    private void restore(ProviderState.Held held, Instant now) {
        long millis = now.toEpochMilli();
        Windows.Reservation counted = books.windows.adopt(
                held.key(), held.model(), held.second(), held.day(), held.estimatedTokens(), millis);
        Leases.Ended ended = books.leases.ended(held.lease());
        if (books.leases.find(held.lease()) != null || (ended != null && ended.how() == Leases.How.HELD)) {
            books.windows.uncount(held.key(), held.model(), counted, millis);
            return;
        }
        Lease lease = new Lease(
                held.lease(),
                held.model(),
                held.key(),
                held.session(),
                held.requestId(),
                null,
                held.estimatedTokens(),
                held.exclusive(),
                held.probe(),
                held.probe(),
                held.grantedAt(),
                null,
                counted);
        books.leases.add(lease);
        books.gates.began(lease);
        if (ended != null && ended.result() != null) {
            books.end(lease.id(), Leases.How.HELD, ended.result(), now);
        }
    }

    /** Ends the restored leases that no turn has announced: their turns are gone. */
    void dropUnclaimed(Instant now) {
        recollection.close();
        books.leases.unclaimed().forEach(id -> books.end(id, Leases.How.UNCLAIMED, new LeaseResult.Cancelled(), now));
    }
}
