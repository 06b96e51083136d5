package dev.switchboard.node.directory;

import dev.switchboard.protocol.directory.Model;
import dev.switchboard.protocol.directory.Platform;
import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.domain.PlatformId;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Rows of one source, in their order; immutable. */
record Layer(Map<PlatformId, Platform> platforms, Map<ModelRef, Model> models) {
    static final Layer EMPTY = of(List.of(), List.of());

    static Layer of(Collection<Platform> platforms, Collection<Model> models) {
        Map<PlatformId, Platform> byId = new LinkedHashMap<>();
        platforms.forEach(row -> byId.put(row.id(), row));
        Map<ModelRef, Model> byRef = new LinkedHashMap<>();
        models.forEach(row -> byRef.put(row.ref(), row));
        return new Layer(Collections.unmodifiableMap(byId), Collections.unmodifiableMap(byRef));
    }

    Layer with(Platform platform) {
        Map<PlatformId, Platform> changed = new LinkedHashMap<>(platforms);
        changed.put(platform.id(), platform);
        return of(changed.values(), models.values());
    }

    Layer with(Model model) {
        Map<ModelRef, Model> changed = new LinkedHashMap<>(models);
        changed.put(model.ref(), model);
        return of(platforms.values(), changed.values());
    }

    /** Without the platform and its models. */
    Layer without(PlatformId id) {
        return of(
                platforms.values().stream().filter(row -> !row.id().equals(id)).toList(),
                models.values().stream()
                        .filter(row -> !row.ref().platform().equals(id))
                        .toList());
    }

    Layer without(ModelRef ref) {
        return of(
                platforms.values(),
                models.values().stream().filter(row -> !row.ref().equals(ref)).toList());
    }
}
