package dev.switchboard.node.directory;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import dev.switchboard.protocol.CborSerializable;
import dev.switchboard.protocol.directory.DirectoryChange.PatchModel;
import dev.switchboard.protocol.directory.DirectoryChange.PatchPlatform;
import dev.switchboard.protocol.directory.DirectoryCommand.AuditEntry;
import dev.switchboard.protocol.directory.Grants;
import dev.switchboard.protocol.directory.Model;
import dev.switchboard.protocol.directory.Platform;
import dev.switchboard.protocol.directory.ProviderKey;
import dev.switchboard.protocol.domain.KeyId;
import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.domain.PlatformId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A {@link DirectoryState} as it is kept in a snapshot of the journal.
 *
 * @param format the version of this shape; 1 today
 */
@JsonIgnoreProperties(ignoreUnknown = true)
record DirectoryImage(
        int format,
        long version,
        @Nullable String catalogVersion,
        Rows catalog,
        Rows bootstrap,
        Rows own,
        List<PatchPlatform> platformChoices,
        List<PatchModel> modelChoices,
        List<Fact.Link> priorities,
        List<ProviderKey> keys,
        Map<String, String> settings,
        @Nullable String apiKeyCipher,
        @Nullable String adminKeyCipher,
        Set<String> removed,
        List<AuditEntry> audit,
        @Nullable Grants grants)
        implements CborSerializable {
    private static final int FORMAT = 1;

    /** An earlier version kept no grants. */
    DirectoryImage {
        grants = grants == null ? Grants.NONE : grants;
    }

    /** The rows of one layer. */
    record Rows(List<Platform> platforms, List<Model> models) {
        static Rows of(Layer layer) {
            return new Rows(
                    List.copyOf(layer.platforms().values()),
                    List.copyOf(layer.models().values()));
        }

        Layer layer() {
            return Layer.of(platforms, models);
        }
    }

    static DirectoryImage of(DirectoryState state) {
        List<Fact.Link> priorities = new ArrayList<>();
        state.choices().priorities().forEach((ref, place) -> priorities.add(new Fact.Link(ref, place, null)));
        return new DirectoryImage(
                FORMAT,
                state.version(),
                state.catalogVersion(),
                Rows.of(state.catalog()),
                Rows.of(state.bootstrap()),
                Rows.of(state.own()),
                List.copyOf(state.choices().platforms().values()),
                List.copyOf(state.choices().models().values()),
                priorities,
                List.copyOf(state.keys().values()),
                state.settings(),
                state.apiKeyCipher(),
                state.adminKeyCipher(),
                state.removed(),
                state.audit(),
                state.grants());
    }

    DirectoryState state() {
        Map<PlatformId, PatchPlatform> platforms = new LinkedHashMap<>();
        platformChoices.forEach(choice -> platforms.put(choice.id(), choice));
        Map<ModelRef, PatchModel> models = new LinkedHashMap<>();
        modelChoices.forEach(choice -> models.put(choice.ref(), choice));
        Map<ModelRef, Integer> places = new LinkedHashMap<>();
        for (Fact.Link link : priorities) {
            Integer priority = link.priority();
            if (priority != null) {
                places.put(link.ref(), priority);
            }
        }
        Map<KeyId, ProviderKey> byId = new LinkedHashMap<>();
        keys.forEach(key -> byId.put(key.id(), key));
        return new DirectoryState(
                version,
                catalogVersion,
                catalog.layer(),
                bootstrap.layer(),
                own.layer(),
                new Choices(platforms, models, places),
                byId,
                settings,
                apiKeyCipher,
                adminKeyCipher,
                removed,
                audit,
                grants == null ? Grants.NONE : grants);
    }
}
