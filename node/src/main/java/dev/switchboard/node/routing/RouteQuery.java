package dev.switchboard.node.routing;

import dev.switchboard.protocol.domain.Mode;
import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.domain.PlatformId;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one request needs of a model (behaviour.md §2).
 *
 * @param pinned the session's model: first if it is usable; only read for an automatic target
 * @param bans the session's banned platforms with the end of each ban
 * @param promptTokens estimate of the prompt, without the answer
 * @param embedding whether embeddings are asked for instead of a chat
 * @param allowed the only models that the caller may use; null for all
 * @param lastResort platforms left out of automatic routing as soon as a real provider key exists (contract.md §1)
 */
public record RouteQuery(
        Target target,
        @Nullable ModelRef pinned,
        Map<PlatformId, Instant> bans,
        long promptTokens,
        boolean needsTools,
        boolean needsVision,
        Set<PlatformId> lastResort,
        boolean embedding,
        @Nullable Set<ModelRef> allowed) {
    public RouteQuery {
        bans = Map.copyOf(bans);
        lastResort = Set.copyOf(lastResort);
    }

    /** From a caller who may use every model. */
    public RouteQuery(
            Target target,
            @Nullable ModelRef pinned,
            Map<PlatformId, Instant> bans,
            long promptTokens,
            boolean needsTools,
            boolean needsVision,
            Set<PlatformId> lastResort,
            boolean embedding) {
        this(target, pinned, bans, promptTokens, needsTools, needsVision, lastResort, embedding, null);
    }

    /** A chat. */
    public RouteQuery(
            Target target,
            @Nullable ModelRef pinned,
            Map<PlatformId, Instant> bans,
            long promptTokens,
            boolean needsTools,
            boolean needsVision,
            Set<PlatformId> lastResort) {
        this(target, pinned, bans, promptTokens, needsTools, needsVision, lastResort, false);
    }

    /** The same needs with that prompt, of a caller without a pin and without bans. */
    public RouteQuery withoutSession(long tokens) {
        return new RouteQuery(target, null, Map.of(), tokens, needsTools, needsVision, lastResort, embedding, allowed);
    }

    /** An automatic request without a session that every model can serve. */
    public static RouteQuery anything(Mode mode, Set<PlatformId> lastResort) {
        return new RouteQuery(new Target.Auto(mode), null, Map.of(), 0, false, false, lastResort);
    }
}
