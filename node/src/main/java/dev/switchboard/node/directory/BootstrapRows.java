package dev.switchboard.node.directory;

import dev.switchboard.node.settings.Settings;
import dev.switchboard.node.settings.Settings.BootModel;
import dev.switchboard.node.settings.Settings.BootPlatform;
import dev.switchboard.protocol.directory.AdapterKind;
import dev.switchboard.protocol.directory.Model;
import dev.switchboard.protocol.directory.Origin;
import dev.switchboard.protocol.directory.Platform;
import dev.switchboard.protocol.directory.Quirks;
import dev.switchboard.protocol.domain.Limits;
import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.domain.PlatformId;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The rows of {@code switchboard.bootstrap} (contract.md §2). A row with a built-in id lies over the built-in one for
 * as long as the configuration names it; any other is created if absent and stays.
 */
final class BootstrapRows {
    /** In the middle of the catalogue's scale, for models of which nothing is published. */
    private static final int UNKNOWN_SPEED = 10;

    private final DirectoryState state;
    private final Map<PlatformId, Platform> platforms = new LinkedHashMap<>();
    private final Map<ModelRef, Model> models = new LinkedHashMap<>();

    private BootstrapRows(DirectoryState state) {
        this.state = state;
        state.bootstrap().platforms().forEach((id, row) -> {
            if (!state.catalog().platforms().containsKey(id)) {
                platforms.put(id, row);
            }
        });
        state.bootstrap().models().forEach((ref, row) -> {
            if (!state.catalog().models().containsKey(ref)) {
                models.put(ref, row);
            }
        });
    }

    /** The configuration's layer over a state that has its catalogue already. */
    static Layer over(DirectoryState state, Settings.Bootstrap bootstrap) {
        BootstrapRows rows = new BootstrapRows(state);
        bootstrap.platforms().forEach(rows::add);
        bootstrap.models().forEach(rows::add);
        return Layer.of(rows.platforms.values(), rows.models.values());
    }

    /** The platforms that the configuration names in any way. */
    static Set<PlatformId> named(Settings.Bootstrap bootstrap) {
        Set<PlatformId> named = new HashSet<>();
        Stream.of(
                        bootstrap.platforms().stream().map(BootPlatform::id),
                        bootstrap.models().stream().map(row -> row.ref().platform()),
                        bootstrap.keys().stream().map(Settings.BootKey::platform))
                .flatMap(ids -> ids)
                .forEach(named::add);
        return named;
    }

    private void add(BootPlatform asked) {
        PlatformId id = asked.id();
        if (state.removed().contains(Removed.platform(id))
                || state.own().platforms().containsKey(id)) {
            return;
        }
        Platform builtin = state.catalog().platforms().get(id);
        platforms.put(id, builtin == null ? fresh(asked) : over(builtin, asked));
    }

    private static Platform fresh(BootPlatform asked) {
        return new Platform(
                asked.id(),
                asked.name(),
                asked.adapter() == null ? AdapterKind.OPENAI : asked.adapter(),
                BaseUrl.normal(asked.baseUrl()),
                Origin.BOOTSTRAP,
                true,
                asked.keyless(),
                asked.responseTimeout(),
                Map.of(),
                Quirks.NONE,
                Limits.NONE,
                null);
    }

    /** Naming a built-in platform switches it on; a name that only repeats the id is none. */
    private static Platform over(Platform builtin, BootPlatform asked) {
        AdapterKind adapter = asked.adapter() == null ? builtin.adapter() : asked.adapter();
        return new Platform(
                builtin.id(),
                asked.name().equals(asked.id().value()) ? builtin.name() : asked.name(),
                adapter,
                BaseUrl.normal(asked.baseUrl()),
                Origin.BUILTIN,
                true,
                builtin.keyless() || asked.keyless(),
                asked.responseTimeout() == null ? builtin.responseTimeout() : asked.responseTimeout(),
                builtin.headers(),
                adapter == builtin.adapter() ? builtin.quirks() : Quirks.NONE,
                builtin.shared(),
                builtin.keyPage());
    }

    private void add(BootModel asked) {
        ModelRef ref = asked.ref();
        if (state.removed().contains(Removed.model(ref))
                || state.removed().contains(Removed.platform(ref.platform()))
                || state.own().models().containsKey(ref)) {
            return;
        }
        @Nullable Model builtin = state.catalog().models().get(ref);
        models.put(
                ref,
                new Model(
                        ref,
                        asked.name(),
                        asked.intelligenceRank(),
                        builtin == null ? UNKNOWN_SPEED : builtin.speedRank(),
                        asked.contextWindow(),
                        asked.limits(),
                        asked.tools(),
                        asked.vision(),
                        asked.enabled(),
                        0,
                        builtin == null ? Origin.BOOTSTRAP : Origin.BUILTIN,
                        builtin == null ? null : builtin.sizeLabel(),
                        builtin == null ? null : builtin.monthlyTokenBudget(),
                        asked.embedding()));
    }
}
