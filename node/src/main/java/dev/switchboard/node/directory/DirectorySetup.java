package dev.switchboard.node.directory;

import dev.switchboard.node.settings.Settings;
import dev.switchboard.node.vault.Vault;
import java.time.Clock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the directory starts from.
 *
 * @param catalog the built-in rows; null where they are malformed, then those loaded before stay in force
 */
public record DirectorySetup(Settings settings, Vault vault, @Nullable Catalog catalog, Clock clock) {
    private static final Logger LOG = LoggerFactory.getLogger(DirectorySetup.class);

    /** Gives the built-in rows. */
    @FunctionalInterface
    interface Source {
        Catalog read() throws MalformedCatalogException;
    }

    /** With the catalogue of the jar; its problems are logged one by one, and then it is left out. */
    public static DirectorySetup of(Settings settings, Vault vault) {
        return of(settings, vault, CatalogReader::builtin);
    }

    static DirectorySetup of(Settings settings, Vault vault, Source source) {
        try {
            return new DirectorySetup(settings, vault, source.read(), Clock.systemUTC());
        } catch (MalformedCatalogException e) {
            e.problems().forEach(problem -> LOG.error("the built-in catalogue is refused: {}", problem));
            return new DirectorySetup(settings, vault, null, Clock.systemUTC());
        }
    }
}
