package dev.switchboard.node.provider;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.TestInbox;
import akka.actor.typed.ActorRef;
import dev.switchboard.protocol.domain.FailureKind;
import dev.switchboard.protocol.domain.KeyId;
import dev.switchboard.protocol.domain.LeaseId;
import dev.switchboard.protocol.domain.Limits;
import dev.switchboard.protocol.provider.LeaseReply;
import dev.switchboard.protocol.provider.LeaseResult;
import dev.switchboard.protocol.provider.ProviderReport;
import dev.switchboard.protocol.turn.TurnMessage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A desk beside a plain record of every lease there ever was: what should be in flight and what should count. */
final class Ledger {
    static final Limits LIMITS = new Limits(6L, 60L, 400L, 6_000L);

    final World world = new World();
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private final List<ActorRef<TurnMessage>> turns = new ArrayList<>();
    private int turnCount;
    private @Nullable ProviderState lastWritten;
    private final Set<ActorRef<TurnMessage>> dead = new HashSet<>();

    /** What should be true of one lease. */
    private static final class Entry {
        private final World.Ask ask;
        private @Nullable KeyId key;
        private @Nullable LeaseReply grant;
        private Instant grantedAt = Instant.EPOCH;
        private boolean held;
        private boolean ended;
        private boolean past;
        private Saved saved = new Saved(false, false, 0);
        private boolean counts;
        private long tokens;

        private Entry(World.Ask ask) {
            this.ask = ask;
        }
    }

    /** What the last write says of a lease. */
    private record Saved(boolean held, boolean counts, long tokens) {}

    Ledger() {
        world.directory = World.directory(LIMITS, World.K1, World.K2);
        for (int i = 0; i < 4; i++) {
            turns.add(newTurn());
        }
    }

    private ActorRef<TurnMessage> newTurn() {
        turnCount++;
        return TestInbox.<TurnMessage>create("turn" + turnCount).getRef();
    }

    private Entry newEntry(int pick) {
        World.Ask ask = world.ask()
                .owner(turns.get(pick % turns.size()))
                .model(pick % 3 == 0 ? World.SMALL : World.LARGE)
                .session("s" + pick % 5)
                .tokens(1 + pick % 150);
        Entry entry = new Entry(ask);
        entries.put(ask.lease(), entry);
        return entry;
    }

    private @Nullable Entry pick(int pick, boolean held) {
        List<Entry> fitting = entries.values().stream()
                .filter(entry -> entry.held == held && !entry.past)
                .toList();
        return fitting.isEmpty() ? null : fitting.get(pick % fitting.size());
    }

    void ask(int pick) {
        acquire(newEntry(pick));
    }

    void askAgain(int pick) {
        Entry entry = pick(pick, pick % 2 == 0);
        if (entry != null) {
            acquire(entry);
        }
    }

    private void acquire(Entry entry) {
        LeaseReply reply = world.acquire(entry.ask);
        if (entry.ended) {
            assertThat(reply).isInstanceOf(LeaseReply.Denied.class);
        } else if (entry.held) {
            assertThat(reply).usingRecursiveComparison().ignoringFields("grant").isEqualTo(entry.grant);
        } else if (reply instanceof LeaseReply.Granted granted) {
            entry.grant = granted;
            entry.key = granted.key();
            entry.grantedAt = world.now;
            entry.held = true;
            entry.counts = true;
            entry.tokens = entry.ask.tokens();
            if (dead.contains(entry.ask.owner())) {
                ownerGone(entry.ask.owner());
            }
        }
    }

    void settleHeld(int pick, boolean mayOverrun) {
        Entry entry = pick(pick, true);
        if (entry != null) {
            settle(entry, pick, mayOverrun);
        }
    }

    void settleOther(int pick) {
        Entry entry = pick % 2 == 0 ? pick(pick, false) : newEntry(pick);
        if (entry != null) {
            settle(entry, pick, true);
        }
    }

    private void settle(Entry entry, int pick, boolean mayOverrun) {
        long used = pick % 4 == 0 ? 0 : mayOverrun ? pick % 200 : pick % (entry.ask.tokens() + 1);
        LeaseResult result =
                switch (pick % 4) {
                    case 0 -> new LeaseResult.Cancelled();
                    case 1 -> new LeaseResult.Failed(FailureKind.CLIENT_FAULT, null, null);
                    default -> World.completed(used);
                };
        world.desk.settle(new LeaseId(entry.ask.lease()), result, world.now);
        if (entry.held) {
            entry.tokens = result instanceof LeaseResult.Completed ? used : 0;
        }
        entry.held = false;
        entry.ended = true;
    }

    void turnDies(int pick) {
        ActorRef<TurnMessage> turn = turns.remove(pick % turns.size());
        turns.add(newTurn());
        dead.add(turn);
        ownerGone(turn);
    }

    private void ownerGone(ActorRef<TurnMessage> turn) {
        world.desk.ownerGone(turn, world.now);
        for (Entry entry : entries.values()) {
            if (entry.held && entry.ask.owner().equals(turn)) {
                entry.tokens = 0;
                entry.held = false;
                entry.ended = true;
            }
        }
    }

    void pass(int pick) {
        world.pass(Duration.ofMillis(pick % 40_000));
    }

    /** An orderly restart, or a crash right after a write. */
    void restart() {
        ProviderState saved = write();
        startNext();
        world.desk.inheritance().restore(saved, world.now);
        announceAll();
        world.desk.inheritance().dropUnclaimed(world.now);
    }

    /** What the write-behind does now and then. */
    ProviderState write() {
        ProviderState state = world.desk.save(false, world.now);
        lastWritten = state;
        for (Entry entry : entries.values()) {
            entry.saved = new Saved(entry.held, entry.counts, entry.tokens);
        }
        return state;
    }

    /** A crash: what happened since the last write is gone, but running turns announce their leases. */
    void crash() {
        startNext();
        if (lastWritten != null) {
            world.desk.inheritance().restore(lastWritten, world.now);
        }
        announceAll();
        world.desk.inheritance().dropUnclaimed(world.now);
        for (Entry entry : entries.values()) {
            if (!entry.held) {
                entry.counts = entry.saved.held || entry.saved.counts;
                entry.tokens = entry.saved.held ? 0 : entry.saved.tokens;
            }
        }
    }

    private void startNext() {
        world.watched.clear();
        world.desk = world.newDesk();
        entries.values().forEach(entry -> entry.past = entry.ended);
    }

    /** The row comes late: turns announce and end leases before it does. */
    void slowRestart(int pick) {
        ProviderState saved = write();
        startNext();
        List<Entry> held = entries.values().stream().filter(entry -> entry.held).toList();
        for (int i = 0; i < held.size(); i++) {
            if ((pick >> i) % 2 == 0) {
                announce(held.get(i));
            }
        }
        settleHeld(pick, true);
        settleHeld(pick / 7, true);
        ask(pick);
        world.desk.inheritance().restore(saved, world.now);
        announceAll();
        world.desk.inheritance().dropUnclaimed(world.now);
    }

    private void announceAll() {
        entries.values().stream().filter(entry -> entry.held).forEach(this::announce);
    }

    private void announce(Entry entry) {
        KeyId key = entry.key;
        if (key != null) {
            world.desk.inheritance().announce(entry.ask.announce(key, entry.grantedAt), world.now);
        }
    }

    /** What is in flight and what counts is exactly what should. */
    void verify() {
        Collection<Entry> all = entries.values();
        assertThat(world.desk.report(world.now).leases().stream()
                        .map(ProviderReport.Lease::lease)
                        .collect(Collectors.toSet()))
                .isEqualTo(all.stream()
                        .filter(entry -> entry.held)
                        .map(entry -> new LeaseId(entry.ask.lease()))
                        .collect(Collectors.toSet()));
        assertThat(world.watched)
                .isEqualTo(all.stream()
                        .filter(entry -> entry.held)
                        .map(entry -> entry.ask.owner())
                        .collect(Collectors.toSet()));
        long requests = all.stream().filter(entry -> entry.counts).count();
        long tokens = all.stream().mapToLong(entry -> entry.tokens).sum();
        assertThat(world.use().get(1)).isEqualTo(requests);
        assertThat(world.use().get(3)).isEqualTo(tokens);
    }

    /** No window of a key on a model admitted more than its limits. */
    void verifyLimits() {
        Map<String, List<Entry>> slots = entries.values().stream()
                .filter(entry -> entry.counts)
                .collect(Collectors.groupingBy(entry -> entry.key + " " + entry.ask.model()));
        slots.forEach((slot, counted) -> {
            List<Entry> minute = counted.stream()
                    .filter(entry -> entry.grantedAt.isAfter(world.now.minusSeconds(60)))
                    .toList();
            assertThat(minute.size()).isLessThanOrEqualTo(6);
            assertThat(minute.stream().mapToLong(entry -> entry.tokens).sum()).isLessThanOrEqualTo(400);
            assertThat(counted.size()).isLessThanOrEqualTo(60);
            assertThat(counted.stream().mapToLong(entry -> entry.tokens).sum()).isLessThanOrEqualTo(6_000);
        });
    }

    /** When every turn has ended, nothing is left in flight, and a day later nothing is counted. */
    void verifyEnd() {
        for (ActorRef<TurnMessage> turn : List.copyOf(world.watched)) {
            world.desk.ownerGone(turn, world.now);
        }
        assertThat(world.inFlight()).isZero();
        assertThat(world.watched).isEmpty();
        world.pass(Duration.ofDays(1));
        assertThat(world.use()).containsExactly(0L, 0L, 0L, 0L);
        ProviderState left = world.desk.save(true, world.now);
        assertThat(left.counts()).isEmpty();
        assertThat(left.leases()).isEmpty();
    }
}
