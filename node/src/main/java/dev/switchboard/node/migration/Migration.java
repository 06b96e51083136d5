package dev.switchboard.node.migration;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What comes over from another gateway.
 *
 * @param platforms those that are not built in
 * @param chain the models in the order in which they are to be tried
 * @param notes what has no counterpart here, one line each
 */
public record Migration(
        List<PlatformRow> platforms, List<ModelRow> models, List<KeyRow> keys, List<Place> chain, List<String> notes) {
    public Migration {
        platforms = List.copyOf(platforms);
        models = List.copyOf(models);
        keys = List.copyOf(keys);
        chain = List.copyOf(chain);
        notes = List.copyOf(notes);
    }

    /** The platforms that models and keys need and that are neither among these nor {@code here}, from {@code catalogue}. */
    public List<PlatformRow> needed(Set<String> here, List<PlatformRow> catalogue) {
        Set<String> named = new HashSet<>();
        models.forEach(model -> named.add(model.platform()));
        keys.forEach(key -> named.add(key.platform()));
        named.removeAll(here);
        platforms.forEach(platform -> named.remove(platform.id()));
        return catalogue.stream()
                .filter(platform -> named.contains(platform.id()))
                .toList();
    }

    /** A platform as {@code POST /api/platforms} takes it. */
    public record PlatformRow(String id, String name, String adapter, String baseUrl, boolean keyless) {}

    /** A model as {@code POST /api/models} takes it; what is null is left to its default. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record ModelRow(
            String platform,
            String id,
            String name,
            @Nullable Integer intelligenceRank,
            @Nullable Integer contextWindow,
            @Nullable Long rpm,
            @Nullable Long rpd,
            @Nullable Long tpm,
            @Nullable Long tpd,
            @Nullable Boolean tools,
            @Nullable Boolean vision,
            @Nullable String monthlyTokenBudget,
            boolean embedding,
            boolean enabled) {
        /** Platform and id. */
        public String ref() {
            return platform + "/" + id;
        }
    }

    /** A key with its secret. */
    public record KeyRow(String platform, String label, boolean enabled, String key) {
        /** Without the secret. */
        @Override
        public String toString() {
            return "KeyRow[" + platform + " " + label + "]";
        }
    }

    /** A place in the chain. */
    public record Place(String platform, String model, boolean enabled) {}
}
