package dev.switchboard.node.provider;

import akka.actor.typed.ActorRef;
import dev.switchboard.protocol.domain.KeyId;
import dev.switchboard.protocol.domain.LeaseId;
import dev.switchboard.protocol.domain.SessionKey;
import dev.switchboard.protocol.provider.LeaseResult;
import dev.switchboard.protocol.turn.TurnMessage;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The leases in flight, found by id and by owner, counted per session; and the last ended ids, so that each lease
 * begins and ends at most once in whatever order its messages arrive (behaviour.md §3).
 */
final class Leases {
    /** How many ended leases are remembered at least: far more than end while a message is on its way. */
    static final int REMEMBERED = 8192;

    private final Map<LeaseId, Lease> held = new LinkedHashMap<>();
    /** Mostly one each: an owner serves one turn after the other. */
    private final Map<ActorRef<TurnMessage>, List<LeaseId>> byOwner = new HashMap<>();

    private final Map<SessionKey, Integer> perSession = new HashMap<>();
    private final Map<KeyId, Integer> perKey = new HashMap<>();
    private final RecentIds over = new RecentIds(REMEMBERED);
    private final Map<LeaseId, Ended> early = new LinkedHashMap<>();

    /**
     * How a remembered lease ended.
     *
     * @param result what may be needed once more; null of a lease that was held, whose result has had its effect
     */
    record Ended(How how, @Nullable LeaseResult result) {
        private static final Ended HELD = new Ended(How.HELD, null);
    }

    /** What was known of a lease when it ended. */
    enum How {
        /** It was held here. */
        HELD,
        /** Its end came before its beginning. */
        UNSEEN,
        /** It was saved before a restart and no turn announced it in time. */
        UNCLAIMED
    }

    @Nullable
    Lease find(LeaseId id) {
        return held.get(id);
    }

    @Nullable
    Ended ended(LeaseId id) {
        Ended unheld = early.isEmpty() ? null : early.get(id);
        return unheld == null && over.contains(id) ? Ended.HELD : unheld;
    }

    /** Adds a lease that is neither held nor ended; true where it is the first of its owner. */
    boolean add(Lease lease) {
        held.put(lease.id(), lease);
        perSession.merge(lease.session(), 1, Integer::sum);
        perKey.merge(lease.key(), 1, Integer::sum);
        early.remove(lease.id());
        return lease.owner() != null && index(lease.id(), lease.owner());
    }

    /** Gives a restored lease its owner; true where it is the first of its owner. */
    boolean claim(Lease lease, ActorRef<TurnMessage> owner) {
        held.put(lease.id(), lease.ownedBy(owner));
        return index(lease.id(), owner);
    }

    /** Ends a lease and remembers that; null where it was not held. */
    @Nullable
    Lease end(LeaseId id, How how, LeaseResult result) {
        Lease lease = held.remove(id);
        if (lease == null) {
            if (ended(id) == null) {
                remember(id, new Ended(How.UNSEEN, result));
            }
            return null;
        }
        perSession.computeIfPresent(lease.session(), (session, count) -> count == 1 ? null : count - 1);
        perKey.computeIfPresent(lease.key(), (key, count) -> count == 1 ? null : count - 1);
        if (lease.owner() != null) {
            byOwner.computeIfPresent(lease.owner(), (owner, ids) -> without(ids, id));
        }
        if (how == How.HELD) {
            over.add(id);
        } else {
            remember(id, new Ended(how, result));
        }
        return lease;
    }

    boolean owns(ActorRef<TurnMessage> owner) {
        return byOwner.containsKey(owner);
    }

    List<LeaseId> ownedBy(ActorRef<TurnMessage> owner) {
        return byOwner.getOrDefault(owner, List.of());
    }

    /** Restored leases that have no owner yet. */
    List<LeaseId> unclaimed() {
        return held.values().stream()
                .filter(lease -> lease.owner() == null)
                .map(Lease::id)
                .toList();
    }

    /** Whether any other session than this has a lease in flight. */
    boolean heldByOthers(SessionKey session) {
        return held.size() > perSession.getOrDefault(session, 0);
    }

    boolean heldBy(SessionKey session) {
        return perSession.containsKey(session);
    }

    /** How many requests are in flight on a key. */
    int onKey(KeyId key) {
        return perKey.getOrDefault(key, 0);
    }

    Collection<Lease> all() {
        return Collections.unmodifiableCollection(held.values());
    }

    private boolean index(LeaseId id, ActorRef<TurnMessage> owner) {
        List<LeaseId> known = byOwner.get(owner);
        byOwner.put(owner, known == null ? List.of(id) : with(known, id));
        return known == null;
    }

    private static List<LeaseId> with(List<LeaseId> ids, LeaseId id) {
        return Stream.concat(ids.stream(), Stream.of(id)).distinct().toList();
    }

    /** Null where none is left. */
    private static @Nullable List<LeaseId> without(List<LeaseId> ids, LeaseId id) {
        if (ids.size() == 1) {
            return ids.get(0).equals(id) ? null : ids;
        }
        return ids.stream().filter(other -> !other.equals(id)).toList();
    }

    private void remember(LeaseId id, Ended how) {
        early.put(id, how);
        if (early.size() > REMEMBERED) {
            early.remove(early.keySet().iterator().next());
        }
    }
}
