package dev.switchboard.node.provider;

import dev.switchboard.protocol.domain.KeyId;
import dev.switchboard.protocol.domain.Limits;
import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.provider.ProviderReport;
import dev.switchboard.protocol.provider.ProviderReport.WindowUse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The rate windows of one platform: per key and model, and per key over all models for shared quotas (behaviour.md §3,
 * §9). Limits that a provider stated itself narrow the configured ones.
 */
final class Windows {
    private final Map<KeyId, KeyWindows> keys = new HashMap<>();

    /** Where one lease is counted. */
    record Reservation(Window.Ticket own, Window.Ticket total) {}

    /** What stands in the way of one request on this key; null when it fits every window. */
    @Nullable
    Block check(KeyId key, ModelRef model, Limits limits, Limits shared, long estimate, long now) {
        KeyWindows windows = of(key, now);
        LearnedLimits learned = windows.learned.get(model);
        Limits own = learned == null ? limits : limits.narrowedBy(learned.at(now));
        return Block.later(
                windows.of(model, now).check(own, estimate, now), windows.total.check(shared, estimate, now));
    }

    /** Counts a granted request; {@code requests} is 0 where the request itself was counted before. */
    Reservation reserve(KeyId key, ModelRef model, long requests, long estimate, long now) {
        KeyWindows windows = of(key, now);
        return new Reservation(
                windows.of(model, now).reserve(requests, estimate, now),
                windows.total.reserve(requests, estimate, now));
    }

    /** Counts a request that has ended where it was granted. */
    void count(KeyId key, ModelRef model, Instant grantedAt, long tokens, long now) {
        long millis = grantedAt.toEpochMilli();
        KeyWindows windows = of(key, now);
        windows.of(model, now).count(millis, tokens, now);
        windows.total.count(millis, tokens, now);
    }

    /** Takes up a saved lease whose request and tokens the restored counts already hold. */
    Reservation adopt(KeyId key, ModelRef model, long second, long day, long estimate, long now) {
        KeyWindows windows = of(key, now);
        return new Reservation(
                windows.of(model, now).adopt(second, day, estimate, now),
                windows.total.adopt(second, day, estimate, now));
    }

    /** Ends a counted request with the tokens it really used. */
    void settle(KeyId key, ModelRef model, Reservation reservation, long tokens, long now) {
        KeyWindows windows = of(key, now);
        windows.of(model, now).settle(reservation.own(), tokens, now);
        windows.total.settle(reservation.total(), tokens, now);
    }

    /** Takes a request back wholly that is counted twice. */
    void uncount(KeyId key, ModelRef model, Reservation reservation, long now) {
        KeyWindows windows = of(key, now);
        windows.of(model, now).uncount(reservation.own(), now);
        windows.total.uncount(reservation.total(), now);
    }

    /** Remembers limits that the provider stated; true where that changed anything. */
    boolean learn(KeyId key, ModelRef model, Limits stated, long now) {
        return of(key, now)
                .learned
                .computeIfAbsent(model, first -> new LearnedLimits())
                .learn(stated, now);
    }

    /** All of a key's requests over its models, brought up to now. */
    Window total(KeyId key, long now) {
        Window total = of(key, now).total;
        total.advance(now);
        return total;
    }

    /** The second under which the own window of a lease saves its reservation. */
    long savedSecond(KeyId key, ModelRef model, Reservation reservation, long now) {
        return of(key, now).of(model, now).savedSecond(reservation.own());
    }

    /** The counts for saving, after forgetting what is idle and keys that are gone. */
    List<ProviderState.Count> save(Predicate<KeyId> known, long now) {
        List<ProviderState.Count> out = new ArrayList<>();
        for (Iterator<Map.Entry<KeyId, KeyWindows>> all = keys.entrySet().iterator(); all.hasNext(); ) {
            Map.Entry<KeyId, KeyWindows> entry = all.next();
            KeyWindows windows = entry.getValue();
            windows.advance(now);
            windows.models.values().removeIf(Window::isIdle);
            windows.learned.values().removeIf(limits -> limits.isEmpty(now));
            if (windows.models.isEmpty() && (windows.learned.isEmpty() || !known.test(entry.getKey()))) {
                all.remove();
            }
            windows.models.forEach((model, window) -> out.add(new ProviderState.Count(
                    entry.getKey(), model, window.day(), window.rpd(), window.tpd(), window.recent())));
        }
        return out;
    }

    /** The learned limits for saving. */
    List<ProviderState.Learned> saveLearned(long now) {
        List<ProviderState.Learned> out = new ArrayList<>();
        keys.forEach((key, windows) -> windows.learned.forEach((model, learned) -> learned.dated(now)
                .forEach(dated -> out.add(new ProviderState.Learned(key, model, dated.limits(), dated.atMillis())))));
        return out;
    }

    /** The learned limits that hold now. */
    List<ProviderReport.Learned> learned(long now) {
        List<ProviderReport.Learned> out = new ArrayList<>();
        keys.forEach((key, windows) -> windows.learned.forEach((model, learned) -> {
            if (!learned.isEmpty(now)) {
                out.add(new ProviderReport.Learned(model, key, learned.at(now)));
            }
        }));
        return out;
    }

    /** Adds saved counts, and saved limits where none was learned since. */
    void restore(List<ProviderState.Count> counts, List<ProviderState.Learned> learned, long now) {
        for (ProviderState.Count count : counts) {
            KeyWindows windows = of(count.key(), now);
            windows.of(count.model(), now).restore(count, now);
            windows.total.restore(count, now);
        }
        List<ProviderState.Learned> news = learned.stream()
                .filter(limit -> !of(limit.key(), now).learned.containsKey(limit.model()))
                .toList();
        for (ProviderState.Learned limit : news) {
            of(limit.key(), now)
                    .learned
                    .computeIfAbsent(limit.model(), first -> new LearnedLimits())
                    .learn(limit.limits(), limit.atMillis() > 0 ? limit.atMillis() : now);
        }
    }

    /** The use of every window that is not idle. */
    List<WindowUse> report(long now) {
        List<WindowUse> out = new ArrayList<>();
        keys.forEach((key, windows) -> {
            windows.advance(now);
            windows.models.forEach((model, window) -> {
                if (!window.isIdle()) {
                    out.add(new WindowUse(model, key, window.rpm(), window.rpd(), window.tpm(), window.tpd()));
                }
            });
        });
        return out;
    }

    private KeyWindows of(KeyId key, long now) {
        KeyWindows windows = keys.get(key);
        if (windows == null) {
            windows = new KeyWindows(now);
            keys.put(key, windows);
        }
        return windows;
    }

    /** The windows of one key. */
    private static final class KeyWindows {
        private final Window total;
        private final Map<ModelRef, Window> models = new HashMap<>();
        private final Map<ModelRef, LearnedLimits> learned = new HashMap<>();

        private KeyWindows(long now) {
            total = new Window(now);
        }

        private Window of(ModelRef model, long now) {
            Window window = models.get(model);
            if (window == null) {
                window = new Window(now);
                models.put(model, window);
            }
            return window;
        }

        private void advance(long now) {
            total.advance(now);
            models.values().forEach(window -> window.advance(now));
        }
    }
}
