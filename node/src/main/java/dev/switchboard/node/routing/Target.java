package dev.switchboard.node.routing;

import dev.switchboard.protocol.domain.Mode;
import dev.switchboard.protocol.domain.ModelRef;
import java.util.List;

/** What the caller asked for (contract.md §3). */
public sealed interface Target {
    /** The mode that orders automatic candidates. */
    Mode mode();

    /** A virtual model: the whole fallback chain, ordered by mode. */
    record Auto(Mode mode) implements Target {}

    /**
     * Named models, tried in the order given; a model named twice counts once.
     *
     * @param models at least one
     * @param fallback whether the automatic chain follows after them (behaviour.md §2)
     * @param mode orders that chain
     */
    record Explicit(List<ModelRef> models, boolean fallback, Mode mode) implements Target {
        public Explicit {
            models = List.copyOf(models);
            if (models.isEmpty()) {
                throw new IllegalArgumentException("an explicit target names a model");
            }
        }
    }
}
