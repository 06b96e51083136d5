package dev.switchboard.node.directory;

import dev.switchboard.protocol.directory.DirectoryChange.PatchModel;
import dev.switchboard.protocol.directory.DirectoryChange.PatchPlatform;
import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.domain.PlatformId;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What people chose, field by field, kept apart from the rows: an updated catalogue never resets it. A field that is
 * null was not chosen. Immutable.
 */
record Choices(
        Map<PlatformId, PatchPlatform> platforms, Map<ModelRef, PatchModel> models, Map<ModelRef, Integer> priorities) {
    static final Choices NONE = new Choices(Map.of(), Map.of(), Map.of());

    Choices {
        platforms = Collections.unmodifiableMap(new LinkedHashMap<>(platforms));
        models = Collections.unmodifiableMap(new LinkedHashMap<>(models));
        priorities = Collections.unmodifiableMap(new LinkedHashMap<>(priorities));
    }

    Choices with(PatchPlatform patch) {
        Map<PlatformId, PatchPlatform> changed = new LinkedHashMap<>(platforms);
        changed.merge(patch.id(), patch, Choices::merge);
        return new Choices(changed, models, priorities);
    }

    Choices with(PatchModel patch) {
        Map<ModelRef, PatchModel> changed = new LinkedHashMap<>(models);
        changed.merge(patch.ref(), patch, Choices::merge);
        return new Choices(platforms, changed, priorities);
    }

    Choices withPriority(ModelRef ref, int priority) {
        Map<ModelRef, Integer> changed = new LinkedHashMap<>(priorities);
        changed.put(ref, priority);
        return new Choices(platforms, models, changed);
    }

    /** Without what was chosen for the platform and its models. */
    Choices without(PlatformId id) {
        Map<PlatformId, PatchPlatform> keptPlatforms = new LinkedHashMap<>(platforms);
        keptPlatforms.remove(id);
        Map<ModelRef, PatchModel> keptModels = new LinkedHashMap<>(models);
        keptModels.keySet().removeIf(ref -> ref.platform().equals(id));
        Map<ModelRef, Integer> keptPriorities = new LinkedHashMap<>(priorities);
        keptPriorities.keySet().removeIf(ref -> ref.platform().equals(id));
        return new Choices(keptPlatforms, keptModels, keptPriorities);
    }

    Choices without(ModelRef ref) {
        Map<ModelRef, PatchModel> keptModels = new LinkedHashMap<>(models);
        keptModels.remove(ref);
        Map<ModelRef, Integer> keptPriorities = new LinkedHashMap<>(priorities);
        keptPriorities.remove(ref);
        return new Choices(platforms, keptModels, keptPriorities);
    }

    /** The later choice of each field. */
    static PatchPlatform merge(PatchPlatform old, PatchPlatform patch) {
        return new PatchPlatform(
                old.id(),
                later(old.name(), patch.name()),
                later(old.adapter(), patch.adapter()),
                later(old.baseUrl(), patch.baseUrl()),
                later(old.enabled(), patch.enabled()),
                later(old.responseTimeout(), patch.responseTimeout()),
                later(old.shared(), patch.shared()));
    }

    /** The later choice of each field. */
    static PatchModel merge(PatchModel old, PatchModel patch) {
        return new PatchModel(
                old.ref(),
                later(old.name(), patch.name()),
                later(old.intelligenceRank(), patch.intelligenceRank()),
                later(old.contextWindow(), patch.contextWindow()),
                later(old.limits(), patch.limits()),
                later(old.tools(), patch.tools()),
                later(old.vision(), patch.vision()),
                later(old.enabled(), patch.enabled()),
                later(old.monthlyTokenBudget(), patch.monthlyTokenBudget()));
    }

    private static <T> @Nullable T later(@Nullable T old, @Nullable T chosen) {
        return chosen == null ? old : chosen;
    }
}
