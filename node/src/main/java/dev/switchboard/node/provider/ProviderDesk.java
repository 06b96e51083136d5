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
import java.util.List;
import java.util.function.Supplier;

/** Everything one platform's owner decides about leases, without actors and clocks (behaviour.md §2, §3, §4). */
final class ProviderDesk {
    private final PlatformId platform;
    private final Supplier<DirectorySnapshot> directory;
    private final Supplier<CooldownSnapshot> cooldowns;
    private final Effects effects;
    private final Books books;
    private final Inheritance inheritance;

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
        this.effects = effects;
        this.books = new Books(reservation, effects);
        this.inheritance = new Inheritance(books, effects, since);
    }

    /** What is taken over from the owner before this one. */
    Inheritance inheritance() {
        return inheritance;
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
        Lease known = books.leases.find(ask.lease());
        if (known != null) {
            books.claim(known, ask.owner());
            return new LeaseReply.Granted(known.id(), known.key(), known.probe(), known.grant());
        }
        if (books.leases.ended(ask.lease()) != null) {
            return new LeaseReply.Denied(ask.lease(), Reason.NO_KEYS, null);
        }
        Block guarded = ask.exclusive() ? books.safeguard.check(ask.session(), books.leases, now) : null;
        if (guarded != null) {
            return denied(ask, guarded);
        }
        CooldownSnapshot shared = cooldowns.get();
        Gates.Answer gate = books.gates.check(ask.model(), ask.requestId(), shared, now);
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
        for (KeyId key : KeyChoice.order(rows, platform, ask.preferred(), ask.exclude(), books.windows, millis)) {
            Block block = Block.later(
                    books.gates.checkKey(key, shared, now),
                    books.windows.check(key, ask.model(), own, pool, estimate, millis));
            Long most = pool.concurrent();
            if (block == null && most != null && books.leases.onKey(key) >= most) {
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
        Windows.Reservation counted = books.windows.reserve(key, ask.model(), 1, estimate, now.toEpochMilli());
        GrantNumber grant = inheritance.nextGrant();
        books.begin(
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
        books.end(id, Leases.How.HELD, result, now);
    }

    /** The turn is gone: all its leases end as cancelled. */
    void ownerGone(ActorRef<TurnMessage> owner, Instant now) {
        for (LeaseId id : books.leases.ownedBy(owner)) {
            books.end(id, Leases.How.HELD, new LeaseResult.Cancelled(), now);
        }
    }

    /** Narrows the limits of a key and model to what the provider stated. */
    void learn(ProviderCommand.LearnLimits told, Instant now) {
        if (books.windows.learn(told.key(), told.model(), told.limits(), now.toEpochMilli())) {
            effects.changed();
        }
    }

    /** Leases are granted again at once where a cooldown was ended early. */
    void cooldownEnded(ProviderCommand.CooldownEnded told, Instant now) {
        if (told.model() != null) {
            books.gates.endModelCooldown(told.model(), told.until(), now);
        }
        if (told.key() != null) {
            books.gates.endKeyCooldown(told.key(), told.until(), now);
        }
    }

    /** Grants no exclusive lease to newcomers before {@code until}: running turns have yet to announce theirs. */
    void holdBack(Instant until) {
        books.safeguard.holdBack(until);
    }

    /** What to remember over a restart. */
    ProviderState save(boolean clean, Instant now) {
        long millis = now.toEpochMilli();
        DirectorySnapshot rows = directory.get();
        List<ProviderState.Count> counts = books.windows.save(
                key -> rows.version() == 0 || rows.keys().containsKey(key) || key.equals(KeyChoice.keyless(platform)),
                millis);
        List<ProviderState.Held> held = new ArrayList<>();
        for (Lease lease : books.leases.all()) {
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
                    books.windows.savedSecond(lease.key(), lease.model(), lease.reservation(), millis),
                    lease.reservation().own().day()));
        }
        return new ProviderState(
                ProviderState.VERSION,
                books.lastActive(),
                clean,
                counts,
                books.windows.saveLearned(millis),
                books.safeguard.reserved(),
                held,
                inheritance.lastGrant());
    }

    /** Leases in flight and the use of every window. */
    ProviderReport report(Instant now) {
        List<ProviderReport.Lease> held = books.leases.all().stream()
                .map(lease -> new ProviderReport.Lease(
                        lease.id(), lease.model(), lease.key(), lease.session(), lease.requestId(), lease.grantedAt()))
                .toList();
        long millis = now.toEpochMilli();
        return new ProviderReport(platform, held, books.windows.report(millis), books.windows.learned(millis));
    }

    /** As {@link Gates#handOver}. */
    boolean handOver(Instant now) {
        return books.gates.handOver(cooldowns.get(), now);
    }

    private static LeaseReply.Denied denied(ProviderCommand.Acquire ask, Block block) {
        return new LeaseReply.Denied(ask.lease(), block.reason(), block.retryAt());
    }
}
