package dev.switchboard.node.directory;

import dev.switchboard.protocol.directory.Model;
import dev.switchboard.protocol.directory.Platform;
import java.util.List;

/**
 * The built-in rows at one version.
 *
 * @param version {@code year-month-revision}; see {@link CatalogVersion}
 */
public record Catalog(String version, List<Platform> platforms, List<Model> models) {
    /** Takes copies. */
    public Catalog {
        platforms = List.copyOf(platforms);
        models = List.copyOf(models);
    }
}
