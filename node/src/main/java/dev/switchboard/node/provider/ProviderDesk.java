package dev.switchboard.node.provider;

import akka.actor.typed.ActorRef;
import dev.switchboard.protocol.cooldown.CooldownSnapshot;
import dev.switchboard.protocol.directory.DirectorySnapshot;
import dev.switchboard.protocol.directory.Model;
import dev.switchboard.protocol.directory.Platform;
import dev.switchboard.protocol.domain.KeyId;
import dev.switchboard.protocol.domain.LeaseId;
import dev.switchboard.protocol.domain.Limits;
import dev.switchboard.protocol.domain.PlatformId;
import dev.switchboard.protocol.provider.GrantNumber;
import dev.switchboard.protocol.provider.LeaseReply;
import dev.switchboard.protocol.provider.LeaseReply.Reason;
import dev.switchboard.protocol.provider.LeaseResult;
import dev.switchboard.protocol.provider.ProviderCommand;
import dev.switchboard.protocol.provider.ProviderReport;
import dev.switchboard.protocol.turn.TurnMessage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Everything one platform's owner decides about leases, without actors and clocks (behaviour.md §2, §3, §4). */
final class ProviderDesk {
    private final PlatformId platform;
    private final Supplier<DirectorySnapshot> directory;
    private final Supplier<CooldownSnapshot> cooldowns;
    private final Supplier<Duration> reservation;
    private final Effects effects;

    private final Leases leases = new Leases();
    private final Windows windows = new Windows();
    private final Safeguard safeguard = new Safeguard();
    private final Gates gates = new Gates();
    private final Set<LeaseId> unclaimed = new LinkedHashSet<>();
    private final Recollection recollection;
    private Instant lastActive = Instant.EPOCH;

    /** Of an owner that starts at {@code since}. */
    ProviderDesk(
            PlatformId platform,
            Supplier<DirectorySnapshot> directory,
            Supplier<CooldownSnapshot> cooldowns,
            Supplier<Duration> reservation,
            Instant since,
            Effects effects) {
        this.platform = platform;
        this.directory = directory;
        this.cooldowns = cooldowns;
        this.reservation = reservation;
        this.recollection = new Recollection(since.toEpochMilli());
        this.effects = effects;
    }

    /** What a decision asks of its surroundings. */
    interface Effects {
        /** The owner has its first lease: its termination must end its leases. */
        void watch(ActorRef<TurnMessage> owner);

        /** The owner's last lease has ended: its termination would end none. */
        void unwatch(ActorRef<TurnMessage> owner);

        /** Something worth saving has changed. */
        void changed();
    }

    /** Grants a lease on the first key that passes everything, or says why none does. */
    LeaseReply acquire(ProviderCommand.Acquire ask, Instant now) {
        Lease known = leases.find(ask.lease());
        if (known != null) {
            claim(known, ask.owner());
            return new LeaseReply.Granted(known.id(), known.key(), known.probe(), known.grant());
        }
        if (leases.ended(ask.lease()) != null) {
            return new LeaseReply.Denied(ask.lease(), Reason.NO_KEYS, null);
        }
        Block guarded = ask.exclusive() ? safeguard.check(ask.session(), leases, now) : null;
        if (guarded != null) {
            return denied(ask, guarded);
        }
        CooldownSnapshot shared = cooldowns.get();
        Gates.Answer gate = gates.check(ask.model(), ask.requestId(), shared, now);
        if (gate.block() != null) {
            return denied(ask, gate.block());
        }
        return walk(ask, gate, shared, now);
    }

    private LeaseReply walk(ProviderCommand.Acquire ask, Gates.Answer gate, CooldownSnapshot shared, Instant now) {
        DirectorySnapshot rows = directory.get();
        Model model = rows.model(ask.model());
        Platform row = rows.platform(platform);
        Limits own = model == null ? Limits.NONE : model.limits();
        Limits pool = row == null ? Limits.NONE : row.shared();
        long millis = now.toEpochMilli();
        long estimate = Math.max(0, ask.estimatedTokens());
        Block soonest = null;
        for (KeyId key : KeyChoice.order(rows, platform, ask.preferred(), ask.exclude(), windows, millis)) {
            Block block = Block.later(
                    gates.checkKey(key, shared, now), windows.check(key, ask.model(), own, pool, estimate, millis));
            Long most = pool.concurrent();
            if (block == null && most != null && leases.onKey(key) >= most) {
                block = new Block(Reason.CONCURRENT, Block.NEVER);
            }
            if (block == null) {
                return grant(ask, key, gate, estimate, now);
            }
            soonest = Block.sooner(soonest, block);
        }
        return denied(ask, soonest == null ? new Block(Reason.NO_KEYS, Block.NEVER) : soonest);
    }

    private LeaseReply grant(ProviderCommand.Acquire ask, KeyId key, Gates.Answer gate, long estimate, Instant now) {
        Windows.Reservation counted = windows.reserve(key, ask.model(), 1, estimate, now.toEpochMilli());
        GrantNumber grant = recollection.next();
        begin(
                new Lease(
                        ask.lease(),
                        ask.model(),
                        key,
                        ask.session(),
                        ask.requestId(),
                        ask.owner(),
                        estimate,
                        ask.exclusive(),
                        gate.probe(),
                        gate.trial(),
                        now,
                        grant,
                        counted),
                now);
        return new LeaseReply.Granted(ask.lease(), key, gate.probe(), grant);
    }

    /** Ends a lease once; an end that comes before its beginning is remembered and prevents it. */
    void settle(LeaseId id, LeaseResult result, Instant now) {
        end(id, Leases.How.HELD, result, now);
    }

    /** Takes up a lease that a running turn held before this owner restarted. */
    void announce(ProviderCommand.Announce told, Instant now) {
        Lease known = leases.find(told.lease());
        if (known != null) {
            claim(known, told.owner());
            return;
        }
        Leases.Ended ended = leases.ended(told.lease());
        if ((ended != null && ended.how() != Leases.How.UNCLAIMED) || !recollection.hears(told.lease())) {
            return;
        }
        long requests = ended == null ? 1 : 0;
        long estimate = Math.max(0, told.estimatedTokens());
        Windows.Reservation counted = windows.reserve(told.key(), told.model(), requests, estimate, now.toEpochMilli());
        begin(
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
        if (leases.find(told.lease()) != null) {
            if (unclaimed.contains(told.lease())) {
                end(told.lease(), Leases.How.HELD, told.result(), now);
            }
            return;
        }
        Leases.Ended ended = leases.ended(told.lease());
        if ((ended == null || ended.how() == Leases.How.UNSEEN) && recollection.lacks(told.grant())) {
            leases.end(told.lease(), Leases.How.UNSEEN, told.result());
            windows.count(told.key(), told.model(), told.grantedAt(), used(told.result()), now.toEpochMilli());
            effects.changed();
        }
    }

    /** The turn is gone: all its leases end as cancelled. */
    void ownerGone(ActorRef<TurnMessage> owner, Instant now) {
        for (LeaseId id : leases.ownedBy(owner)) {
            end(id, Leases.How.HELD, new LeaseResult.Cancelled(), now);
        }
    }

    /** Narrows the limits of a key and model to what the provider stated. */
    void learn(ProviderCommand.LearnLimits told, Instant now) {
        if (windows.learn(told.key(), told.model(), told.limits(), now.toEpochMilli())) {
            effects.changed();
        }
    }

    /** Leases are granted again at once where a cooldown was ended early. */
    void cooldownEnded(ProviderCommand.CooldownEnded told, Instant now) {
        if (told.model() != null) {
            gates.endModelCooldown(told.model(), told.until(), now);
        }
        if (told.key() != null) {
            gates.endKeyCooldown(told.key(), told.until(), now);
        }
    }

    /** Adds what was saved before a restart, if anything was, to what has happened since; a lease in both counts once. */
    void restore(@Nullable ProviderState saved, Instant now) {
        if (saved != null) {
            add(saved, now);
        }
        recollection.restored(saved).forEach(lease -> recall(lease, now));
    }

    private void add(ProviderState saved, Instant now) {
        long millis = now.toEpochMilli();
        windows.restore(saved.counts(), saved.learned(), millis);
        safeguard.restore(saved.reserved());
        for (ProviderState.Held held : saved.leases()) {
            restore(held, now);
        }
        if (saved.lastActive().isAfter(lastActive)) {
            lastActive = saved.lastActive();
        }
        effects.changed();
    }

    private void restore(ProviderState.Held held, Instant now) {
        long millis = now.toEpochMilli();
        Windows.Reservation counted =
                windows.adopt(held.key(), held.model(), held.second(), held.day(), held.estimatedTokens(), millis);
        Leases.Ended ended = leases.ended(held.lease());
        if (leases.find(held.lease()) != null || (ended != null && ended.how() == Leases.How.HELD)) {
            windows.uncount(held.key(), held.model(), counted, millis);
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
        leases.add(lease);
        gates.began(lease);
        unclaimed.add(lease.id());
        if (ended != null && ended.result() != null) {
            end(lease.id(), Leases.How.HELD, ended.result(), now);
        }
    }

    /** Grants no exclusive lease to newcomers before {@code until}: running turns have yet to announce theirs. */
    void holdBack(Instant until) {
        safeguard.holdBack(until);
    }

    /** Ends the restored leases that no turn has announced: their turns are gone. */
    void dropUnclaimed(Instant now) {
        recollection.close();
        for (LeaseId id : List.copyOf(unclaimed)) {
            end(id, Leases.How.UNCLAIMED, new LeaseResult.Cancelled(), now);
        }
    }

    /** What to remember over a restart. */
    ProviderState save(boolean clean, Instant now) {
        long millis = now.toEpochMilli();
        DirectorySnapshot rows = directory.get();
        List<ProviderState.Count> counts = windows.save(
                key -> rows.version() == 0 || rows.keys().containsKey(key) || key.equals(KeyChoice.keyless(platform)),
                millis);
        List<ProviderState.Held> held = new ArrayList<>();
        for (Lease lease : leases.all()) {
            held.add(new ProviderState.Held(
                    lease.id(),
                    lease.model(),
                    lease.key(),
                    lease.session(),
                    lease.requestId(),
                    lease.estimate(),
                    lease.exclusive(),
                    lease.probe(),
                    lease.grantedAt(),
                    windows.savedSecond(lease.key(), lease.model(), lease.reservation(), millis),
                    lease.reservation().own().day()));
        }
        return new ProviderState(
                ProviderState.VERSION,
                lastActive,
                clean,
                counts,
                windows.saveLearned(millis),
                safeguard.reserved(),
                held,
                recollection.last());
    }

    /** Leases in flight and the use of every window. */
    ProviderReport report(Instant now) {
        List<ProviderReport.Lease> held = leases.all().stream()
                .map(lease -> new ProviderReport.Lease(
                        lease.id(), lease.model(), lease.key(), lease.session(), lease.requestId(), lease.grantedAt()))
                .toList();
        long millis = now.toEpochMilli();
        return new ProviderReport(platform, held, windows.report(millis), windows.learned(millis));
    }

    /** As {@link Gates#handOver}. */
    boolean handOver(Instant now) {
        return gates.handOver(cooldowns.get(), now);
    }

    private void begin(Lease lease, Instant now) {
        boolean firstOfOwner = leases.add(lease);
        gates.began(lease);
        touch(lease, now);
        if (firstOfOwner) {
            watch(lease.owner());
        }
    }

    private void claim(Lease lease, ActorRef<TurnMessage> owner) {
        if (lease.owner() == null) {
            unclaimed.remove(lease.id());
            if (leases.claim(lease, owner)) {
                watch(owner);
            }
        }
    }

    private void end(LeaseId id, Leases.How how, LeaseResult result, Instant now) {
        Lease lease = leases.end(id, how, result);
        if (lease == null) {
            return;
        }
        unclaimed.remove(id);
        windows.settle(lease.key(), lease.model(), lease.reservation(), used(result), now.toEpochMilli());
        gates.ended(lease, result, now);
        touch(lease, now);
        ActorRef<TurnMessage> owner = lease.owner();
        if (owner != null && !leases.owns(owner)) {
            effects.unwatch(owner);
        }
    }

    private static long used(LeaseResult result) {
        return result instanceof LeaseResult.Completed completed
                ? Math.max(0, completed.usage().totalTokens())
                : 0;
    }

    private void touch(Lease lease, Instant now) {
        if (lease.exclusive()) {
            safeguard.used(lease.session(), now, reservation.get());
        }
        lastActive = now;
        effects.changed();
    }

    private void watch(@Nullable ActorRef<TurnMessage> owner) {
        if (owner != null) {
            effects.watch(owner);
        }
    }

    private static LeaseReply.Denied denied(ProviderCommand.Acquire ask, Block block) {
        return new LeaseReply.Denied(ask.lease(), block.reason(), block.retryAt());
    }
}
