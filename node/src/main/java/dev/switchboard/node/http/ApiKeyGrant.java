package dev.switchboard.node.http;

import dev.switchboard.protocol.domain.ApiKeyId;
import dev.switchboard.protocol.domain.Limits;
import dev.switchboard.protocol.domain.Mode;
import dev.switchboard.protocol.domain.ModelRef;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one API key may do.
 *
 * @param models the models it may use; null for all
 * @param mode what {@code auto} means for it; null as for everyone
 */
public record ApiKeyGrant(ApiKeyId id, @Nullable Set<ModelRef> models, @Nullable Mode mode, Limits limits) {
    /** Whether the key may use that model. */
    public boolean allows(ModelRef model) {
        return models == null || models.contains(model);
    }
}
