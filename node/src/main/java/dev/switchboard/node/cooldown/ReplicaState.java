package dev.switchboard.node.cooldown;

import dev.switchboard.protocol.cooldown.CooldownCommand;
import dev.switchboard.protocol.cooldown.CooldownSnapshot;
import dev.switchboard.protocol.cooldown.CooldownSnapshot.KeyState;
import dev.switchboard.protocol.cooldown.CooldownSnapshot.ModelState;
import dev.switchboard.protocol.domain.KeyId;
import dev.switchboard.protocol.domain.ModelRef;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a replica knows: the owner's word by bucket, and over it what this node reported and the owner has not answered
 * yet. Only for the thread of one actor; its snapshots are immutable.
 */
final class ReplicaState {
    /** A cleared cooldown comes back if the owner did not confirm it within this time. */
    static final Duration CLEARED_AHEAD = Duration.ofSeconds(2);
    /** A new cooldown holds longer on its own: the owner may just be moving to another node. */
    static final Duration COOLED_AHEAD = Duration.ofSeconds(15);

    /** How far the owner's clock may be off. */
    private static final Duration CLOCK_TOLERANCE = Duration.ofSeconds(2);

    /**
     * A local view of one entry, for a time.
     *
     * @param entry null where it is gone
     * @param before the last entry that the view and those before it replaced
     * @param seen the owner's word when it was made
     */
    private record Ahead(
            @Nullable CooldownEntry entry,
            @Nullable CooldownEntry before,
            @Nullable CooldownEntry seen,
            Instant made,
            Instant until) {
        /** Whether the owner has had its say on it: a new word that does not come from before the view. */
        boolean isAnswered(@Nullable CooldownEntry word) {
            return !Objects.equals(word, seen) && !isOlder(word);
        }

        /** Words are published some time after they were made, so that a late one may not know yet what this node did. */
        private boolean isOlder(@Nullable CooldownEntry word) {
            Instant own = entry == null ? null : entry.until();
            Instant said = word == null ? null : word.until();
            if (own != null && made.isBefore(own)) {
                return said == null || said.isBefore(own.minus(CLOCK_TOLERANCE));
            }
            return word != null
                    && said != null
                    && before != null
                    && before.until() != null
                    && isSameCooldown(word, said, before.until());
        }

        private boolean isSameCooldown(CooldownEntry word, Instant said, Instant ended) {
            ModelState model = word.modelState();
            return model == null ? !said.isAfter(ended) : !model.lastFailure().isAfter(made);
        }
    }

    private final CooldownRules rules;
    private final Map<String, Map<String, CooldownEntry>> buckets = new HashMap<>();
    private final Map<String, CooldownEntry> known = new HashMap<>();
    private final Map<String, Ahead> ahead = new HashMap<>();
    private CooldownSnapshot snapshot = CooldownSnapshot.EMPTY;

    ReplicaState(CooldownRules rules) {
        this.rules = rules;
    }

    /** The owner's word on one bucket, whole. */
    void replace(String bucket, Map<String, CooldownEntry> entries) {
        Map<String, CooldownEntry> before = buckets.put(bucket, Map.copyOf(entries));
        if (before != null) {
            known.keySet().removeAll(before.keySet());
        }
        known.putAll(entries);
        ahead.entrySet().removeIf(view -> view.getValue().isAnswered(known.get(view.getKey())));
        snapshot = build();
    }

    /** Applies a report of this node at once; whether anything changed. */
    boolean report(CooldownCommand.Report report, Instant now) {
        ModelRef model = report.model();
        KeyId key = report.key();
        ModelState oldModel = snapshot.models().get(model);
        KeyState oldKey = snapshot.keys().get(key);
        ModelState newModel = rules.model(oldModel, report, now);
        KeyState newKey = rules.key(oldKey, model.platform(), report, now);
        boolean changed = false;
        Duration time = report.success() ? CLEARED_AHEAD : COOLED_AHEAD;
        if (!Objects.equals(oldModel, newModel)) {
            put(CooldownSnapshot.idOf(model), newModel == null ? null : CooldownEntry.of(model, newModel), now, time);
            changed = true;
        }
        if (!Objects.equals(oldKey, newKey)) {
            put(CooldownSnapshot.idOf(key), newKey == null ? null : CooldownEntry.of(key, newKey), now, time);
            changed = true;
        }
        if (changed) {
            snapshot = build();
        }
        return changed;
    }

    /** Shows an entry as gone until the owner says so. */
    void forget(String id, Instant now) {
        put(id, null, now, CLEARED_AHEAD);
        snapshot = build();
    }

    /** Shows a cooldown as ended until the owner says so; penalty points stay. */
    void release(String id, Instant now) {
        CooldownEntry entry = effective(id);
        if (entry != null && entry.model() != null && entry.modelState() != null) {
            ModelState released = CooldownRules.released(entry.modelState(), now);
            put(id, released == null ? null : CooldownEntry.of(entry.model(), released), now, CLEARED_AHEAD);
            snapshot = build();
        } else {
            forget(id, now);
        }
    }

    /** Drops local views that the owner never answered; whether there were any. */
    boolean sweep(Instant now) {
        boolean dropped = ahead.values().removeIf(view -> !now.isBefore(view.until()));
        if (dropped) {
            snapshot = build();
        }
        return dropped;
    }

    /** Whether there are local views. */
    boolean isAhead() {
        return !ahead.isEmpty();
    }

    CooldownSnapshot snapshot() {
        return snapshot;
    }

    private void put(String id, @Nullable CooldownEntry entry, Instant now, Duration time) {
        Ahead old = ahead.get(id);
        CooldownEntry before = old != null && old.entry() == null ? old.before() : effective(id);
        ahead.put(id, new Ahead(entry, before, known.get(id), now, now.plus(time)));
    }

    private @Nullable CooldownEntry effective(String id) {
        Ahead view = ahead.get(id);
        return view == null ? known.get(id) : view.entry();
    }

    private CooldownSnapshot build() {
        Map<ModelRef, ModelState> models = new HashMap<>();
        Map<KeyId, KeyState> keys = new HashMap<>();
        known.forEach((id, entry) -> {
            if (!ahead.containsKey(id)) {
                add(entry, models, keys);
            }
        });
        ahead.values().forEach(view -> {
            if (view.entry() != null) {
                add(view.entry(), models, keys);
            }
        });
        return new CooldownSnapshot(Map.copyOf(models), Map.copyOf(keys));
    }

    private static void add(CooldownEntry entry, Map<ModelRef, ModelState> models, Map<KeyId, KeyState> keys) {
        if (entry.model() != null && entry.modelState() != null) {
            models.put(entry.model(), entry.modelState());
        } else if (entry.key() != null && entry.keyState() != null) {
            keys.put(entry.key(), entry.keyState());
        }
    }
}
