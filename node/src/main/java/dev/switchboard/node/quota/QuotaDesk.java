package dev.switchboard.node.quota;

import dev.switchboard.node.provider.Block;
import dev.switchboard.node.provider.Recollection;
import dev.switchboard.node.provider.Window;
import dev.switchboard.protocol.provider.GrantNumber;
import dev.switchboard.protocol.quota.QuotaCommand;
import dev.switchboard.protocol.quota.QuotaCommand.Admission;
import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Everything the owner of one API key's limits decides, without actors and clocks. */
final class QuotaDesk {
    /** A request that has not ended after this is forgotten: what was reserved for it stays counted. */
    static final Duration LONGEST_REQUEST = Duration.ofHours(1);

    private final Window window;
    private final Recollection<Admission, String> recollection;
    private final Map<String, Open> open = new LinkedHashMap<>();
    /** What requests of earlier owners used that have ended here, while nodes may still tell of them. */
    private final Map<String, Long> ended = new HashMap<>();

    private boolean telling = true;

    /** A request in flight. */
    private record Open(Window.Ticket ticket, @Nullable GrantNumber grant, boolean earlier, long since) {}

    /** Of an owner that starts at {@code since}, in epoch milliseconds. */
    QuotaDesk(long since) {
        window = new Window(since);
        recollection = new Recollection<>(since, Admission::ticket);
    }

    QuotaCommand.Answer admit(QuotaCommand.Admit ask, long now) {
        Open known = open.get(ask.ticket());
        if (known != null) {
            return new QuotaCommand.Admitted(ask.ticket(), known.grant());
        }
        Block block = window.check(ask.limits(), ask.tokens(), now);
        if (block != null) {
            return new QuotaCommand.Denied(
                    ask.ticket(), block.reason().name().toLowerCase(Locale.ROOT), block.retryAt());
        }
        GrantNumber grant = recollection.next();
        open.put(ask.ticket(), new Open(window.reserve(1, ask.tokens(), now), grant, false, now));
        return new QuotaCommand.Admitted(ask.ticket(), grant);
    }

    void settle(QuotaCommand.Settle told, long now) {
        Open known = open.remove(told.ticket());
        if (known != null) {
            window.settle(known.ticket(), told.tokens(), now);
        } else if (told.tokens() > told.reserved() && !ended.containsKey(told.ticket())) {
            // Let in by an owner before this one: its reservation is in the counts, or will be told.
            window.settle(
                    window.reserve(0, told.tokens() - told.reserved(), now), told.tokens() - told.reserved(), now);
        }
        if (telling && (known == null || known.earlier())) {
            ended.put(told.ticket(), told.tokens());
        }
    }

    /** Takes up what a node tells of requests that earlier owners let in; answers whether anything of it was new. */
    boolean recall(List<Admission> told, long now) {
        boolean any = false;
        for (Admission admission : recollection.news(told)) {
            any |= recall(admission, now);
        }
        return any;
    }

    private boolean recall(Admission told, long now) {
        Open known = open.get(told.ticket());
        Long used = told.used();
        if (known != null) {
            if (known.earlier() && used != null) {
                open.remove(told.ticket());
                window.settle(known.ticket(), used, now);
                ended.put(told.ticket(), used);
                return true;
            }
            return false;
        }
        if (!recollection.lacks(told.grant())) {
            return false;
        }
        Long end = ended.get(told.ticket());
        long at = told.at().toEpochMilli();
        if (end != null) {
            // What it used above its reservation was counted when it ended.
            window.count(at, Math.min(told.reserved(), end), now);
        } else if (used != null) {
            window.count(at, used, now);
            ended.put(told.ticket(), used);
        } else {
            open.put(told.ticket(), new Open(window.reserveAt(at, told.reserved(), now), null, true, now));
        }
        return true;
    }

    /**
     * Adds what was saved before a restart, if anything was, to what has happened since; a request in both counts once.
     * Answers whether there is something to save.
     */
    boolean restore(@Nullable QuotaState saved, long now) {
        if (saved != null) {
            window.restore(saved.day(), saved.requests(), saved.tokens(), saved.minute(), now);
            List<QuotaState.Held> held = saved.open();
            if (held != null) {
                held.forEach(request -> restore(request, now));
            }
        }
        boolean any = false;
        for (Admission early : recollection.restored(saved != null, saved == null ? null : saved.granted())) {
            any |= recall(early, now);
        }
        return any;
    }

    private void restore(QuotaState.Held held, long now) {
        Window.Ticket counted = window.adopt(held.second(), held.day(), held.tokens(), now);
        Long end = ended.get(held.ticket());
        if (open.containsKey(held.ticket())) {
            window.uncount(counted, now);
        } else if (end != null) {
            window.settle(counted, Math.min(held.tokens(), end), now);
        } else {
            open.put(held.ticket(), new Open(counted, null, true, now));
        }
    }

    /** All nodes have had time to tell; what comes later is not counted. */
    void closeTelling() {
        telling = false;
        ended.clear();
        recollection.close();
    }

    void forgetOld(long now) {
        long oldest = now - LONGEST_REQUEST.toMillis();
        for (Iterator<Open> all = open.values().iterator();
                all.hasNext() && all.next().since() < oldest; ) {
            all.remove();
        }
    }

    /** What to remember over a restart. */
    QuotaState save(long now) {
        window.advance(now);
        List<QuotaState.Held> held = open.entrySet().stream()
                .map(entry -> {
                    Window.Ticket ticket = entry.getValue().ticket();
                    return new QuotaState.Held(
                            entry.getKey(), ticket.tokens(), window.savedSecond(ticket), ticket.day());
                })
                .toList();
        return new QuotaState(
                QuotaState.VERSION,
                window.day(),
                window.rpd(),
                window.tpd(),
                window.recent(),
                recollection.last(),
                held);
    }

    QuotaCommand.Use use(long now) {
        window.advance(now);
        return new QuotaCommand.Use(window.rpm(), window.rpd(), window.tpm(), window.tpd());
    }
}
