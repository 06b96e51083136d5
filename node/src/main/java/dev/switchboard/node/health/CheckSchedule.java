package dev.switchboard.node.health;

import dev.switchboard.protocol.directory.DirectorySnapshot;
import dev.switchboard.protocol.directory.KeyCheckRule;
import dev.switchboard.protocol.directory.Platform;
import dev.switchboard.protocol.directory.ProviderKey;
import dev.switchboard.protocol.domain.KeyId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * Which keys are to be checked now: each enabled key of an enabled platform every 5 minutes with jitter, a new one or a new
 * secret within seconds, at most so many at once (behaviour.md §9). Not thread-safe.
 */
final class CheckSchedule {
    static final Duration INTERVAL = Duration.ofMinutes(5);
    static final Duration SOON = Duration.ofSeconds(3);
    private static final double JITTER = 0.1;

    private final int parallel;
    private final RandomGenerator random;
    private final Map<KeyId, Plan> plans = new HashMap<>();
    private final Set<KeyId> running = new HashSet<>();

    private record Plan(String cipherText, Instant next, Duration every) {}

    CheckSchedule(int parallel, RandomGenerator random) {
        this.parallel = parallel;
        this.random = random;
    }

    /** Keys whose time has come; each counts as running until {@link #ended}. */
    List<ProviderKey> due(DirectorySnapshot directory, Instant now) {
        plans.keySet().retainAll(directory.keys().keySet());
        List<ProviderKey> due = new ArrayList<>();
        for (ProviderKey key : directory.keys().values()) {
            Platform platform = directory.platform(key.platform());
            if (!key.enabled() || platform == null || !platform.enabled()) {
                plans.remove(key.id());
                continue;
            }
            Plan plan = plans.get(key.id());
            if (plan == null || !plan.cipherText().equals(key.cipherText())) {
                Duration every = every(platform);
                plan = new Plan(key.cipherText(), first(key, now, plan != null, every), every);
                plans.put(key.id(), plan);
            }
            if (!plan.next().isAfter(now) && running.size() < parallel && running.add(key.id())) {
                due.add(key);
            }
        }
        return due;
    }

    /** The check of a key has ended. */
    void ended(KeyId key, Instant now) {
        running.remove(key);
        plans.computeIfPresent(
                key, (id, plan) -> new Plan(plan.cipherText(), now.plus(jittered(plan.every())), plan.every()));
    }

    private static Duration every(Platform platform) {
        KeyCheckRule rule = platform.quirks().keyCheck();
        Duration own = rule == null ? null : rule.every();
        return own == null ? INTERVAL : own;
    }

    /** Keys that were checked before, by an owner elsewhere, are spread over the interval; a check that costs is not repeated. */
    private Instant first(ProviderKey key, Instant now, boolean changed, Duration every) {
        Instant last = key.lastCheckedAt();
        if (changed || last == null) {
            return now.plus(within(SOON));
        }
        Instant due = every.equals(INTERVAL) ? now : last.plus(every);
        return (due.isBefore(now) ? now : due).plus(within(INTERVAL));
    }

    private Duration within(Duration span) {
        return Duration.ofMillis((long) (random.nextDouble() * span.toMillis()));
    }

    private Duration jittered(Duration time) {
        double factor = 1 + JITTER * (2 * random.nextDouble() - 1);
        return Duration.ofMillis((long) (time.toMillis() * factor));
    }
}
