package dev.switchboard.node.cooldown;

import dev.switchboard.protocol.cooldown.CooldownCommand;
import dev.switchboard.protocol.cooldown.CooldownSnapshot;
import dev.switchboard.protocol.cooldown.CooldownSnapshot.KeyState;
import dev.switchboard.protocol.cooldown.CooldownSnapshot.ModelState;
import dev.switchboard.protocol.domain.KeyId;
import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.domain.PlatformId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** All that the owner knows, and what of it changed since it was last taken away to be replicated. */
final class CooldownTable {
    private final CooldownRules rules;
    private final Map<ModelRef, ModelState> models = new HashMap<>();
    private final Map<KeyId, KeyState> keys = new HashMap<>();
    private final Map<String, Change> changes = new LinkedHashMap<>();

    /** One entry to replicate; null where it is gone. */
    record Change(PlatformId platform, String id, @Nullable CooldownEntry entry) {}

    CooldownTable(CooldownRules rules) {
        this.rules = rules;
    }

    /** Applies one report; whether it is the refusal that marks its key invalid. */
    boolean report(CooldownCommand.Report report, Instant now) {
        put(report.model(), rules.model(models.get(report.model()), report, now));
        KeyState before = keys.get(report.key());
        KeyState after = rules.key(before, report.model().platform(), report, now);
        if (after != null && CooldownRules.becomesInvalid(before, after)) {
            put(report.key(), report.model().platform(), CooldownRules.counted(after));
            return true;
        }
        put(report.key(), report.model().platform(), after);
        return false;
    }

    /** A key was checked and is good. */
    void recover(PlatformId platform, KeyId key) {
        put(key, platform, null);
    }

    /** Ends one cooldown; whether there was one that is not over. */
    boolean release(String id, Instant now) {
        for (Map.Entry<ModelRef, ModelState> entry : models.entrySet()) {
            if (CooldownSnapshot.idOf(entry.getKey()).equals(id)) {
                ModelState state = entry.getValue();
                boolean found = state.until() != null;
                put(entry.getKey(), CooldownRules.released(state, now));
                return found;
            }
        }
        for (Map.Entry<KeyId, KeyState> entry : keys.entrySet()) {
            if (CooldownSnapshot.idOf(entry.getKey()).equals(id)) {
                boolean found = now.isBefore(entry.getValue().until());
                put(entry.getKey(), entry.getValue().platform(), CooldownRules.released(entry.getValue(), now));
                return found;
            }
        }
        return false;
    }

    /** Takes in what another memory knew: the later of both. */
    void merge(List<CooldownEntry> entries, Instant now) {
        for (CooldownEntry entry : entries) {
            if (entry.model() != null && entry.modelState() != null) {
                ModelState own = models.get(entry.model());
                ModelState both = own == null ? entry.modelState() : CooldownRules.merged(own, entry.modelState());
                put(entry.model(), CooldownRules.isForgettable(both, now) ? null : both);
            } else if (entry.key() != null && entry.keyState() != null) {
                KeyState own = keys.get(entry.key());
                KeyState both = own == null ? entry.keyState() : CooldownRules.merged(own, entry.keyState());
                put(entry.key(), both.platform(), CooldownRules.isForgettable(both, now) ? null : both);
            }
        }
    }

    /** Forgets what does not matter any more. */
    void expire(Instant now) {
        for (Map.Entry<ModelRef, ModelState> entry : List.copyOf(models.entrySet())) {
            if (CooldownRules.isForgettable(entry.getValue(), now)) {
                put(entry.getKey(), null);
            }
        }
        for (Map.Entry<KeyId, KeyState> entry : List.copyOf(keys.entrySet())) {
            if (CooldownRules.isForgettable(entry.getValue(), now)) {
                put(entry.getKey(), entry.getValue().platform(), null);
            }
        }
    }

    private void put(ModelRef model, @Nullable ModelState state) {
        if (!Objects.equals(models.get(model), state)) {
            String id = CooldownSnapshot.idOf(model);
            if (state == null) {
                models.remove(model);
                changes.put(id, new Change(model.platform(), id, null));
            } else {
                models.put(model, state);
                changes.put(id, new Change(model.platform(), id, CooldownEntry.of(model, state)));
            }
        }
    }

    private void put(KeyId key, PlatformId platform, @Nullable KeyState state) {
        if (!Objects.equals(keys.get(key), state)) {
            String id = CooldownSnapshot.idOf(key);
            if (state == null) {
                keys.remove(key);
                changes.put(id, new Change(platform, id, null));
            } else {
                keys.put(key, state);
                changes.put(id, new Change(platform, id, CooldownEntry.of(key, state)));
            }
        }
    }

    boolean hasChanges() {
        return !changes.isEmpty();
    }

    /** What changed since the last call. */
    List<Change> takeChanges() {
        List<Change> taken = new ArrayList<>(changes.values());
        changes.clear();
        return taken;
    }

    /** Everything, to be stored. */
    List<CooldownEntry> entries() {
        List<CooldownEntry> all = new ArrayList<>();
        models.forEach((model, state) -> all.add(CooldownEntry.of(model, state)));
        keys.forEach((key, state) -> all.add(CooldownEntry.of(key, state)));
        return all;
    }
}
