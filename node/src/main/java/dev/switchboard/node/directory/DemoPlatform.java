package dev.switchboard.node.directory;

import dev.switchboard.protocol.directory.AdapterKind;
import dev.switchboard.protocol.directory.DirectorySnapshot;
import dev.switchboard.protocol.directory.Model;
import dev.switchboard.protocol.directory.Origin;
import dev.switchboard.protocol.directory.Platform;
import dev.switchboard.protocol.directory.Quirks;
import dev.switchboard.protocol.domain.Limits;
import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.domain.PlatformId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The built-in platform {@code demo}: the simulator inside each process (contract.md §1). The directory keeps a
 * placeholder for its address; each node puts its own simulator's in.
 */
public final class DemoPlatform {
    /** Its id. */
    public static final PlatformId ID = new PlatformId("demo");

    static final String PLACEHOLDER = "http://demo.invalid/v1";

    private static final int LAST_RANK = 100;
    private static final int WINDOW = 128_000;

    private DemoPlatform() {}

    /** The catalogue with the demo's rows behind all others. */
    public static Catalog addTo(Catalog catalog) {
        List<Platform> platforms = new ArrayList<>(catalog.platforms());
        platforms.add(new Platform(
                ID,
                "Demo (built-in simulator)",
                AdapterKind.OPENAI,
                PLACEHOLDER,
                Origin.BUILTIN,
                true,
                true,
                null,
                Map.of(),
                Quirks.NONE,
                Limits.NONE,
                null));
        List<Model> models = new ArrayList<>(catalog.models());
        models.add(model("echo", "Echo (demo)", models.size() + 1));
        models.add(model("lorem", "Lorem ipsum (demo)", models.size() + 1));
        return new Catalog(catalog.version(), platforms, models);
    }

    /**
     * The directory as one node sees it: its own simulator in place of the placeholder, and no demo at all where {@code
     * baseUrl} is null. An address that somebody chose stays.
     */
    static DirectorySnapshot seenFrom(@Nullable String baseUrl, DirectorySnapshot whole) {
        Platform demo = whole.platform(ID);
        if (demo == null || !demo.baseUrl().equals(PLACEHOLDER)) {
            return whole;
        }
        Stream<Platform> platforms = whole.platforms().values().stream();
        Stream<Model> models = whole.models().stream();
        if (baseUrl == null) {
            platforms = platforms.filter(row -> !row.id().equals(ID));
            models = models.filter(row -> !row.ref().platform().equals(ID));
        } else {
            platforms = platforms.map(row -> row.id().equals(ID) ? Rows.withBaseUrl(row, baseUrl) : row);
        }
        return new DirectorySnapshot(
                whole.version(),
                platforms.toList(),
                models.toList(),
                List.copyOf(whole.keys().values()),
                whole.settings(),
                whole.apiKeyCipher(),
                whole.adminKeyCipher(),
                whole.grants());
    }

    private static Model model(String id, String name, int priority) {
        return new Model(
                new ModelRef(ID, id),
                name,
                LAST_RANK,
                1,
                WINDOW,
                Limits.NONE,
                true,
                true,
                true,
                priority,
                Origin.BUILTIN,
                null,
                null);
    }
}
