package dev.switchboard.protocol.directory;

import dev.switchboard.protocol.domain.Limits;
import dev.switchboard.protocol.domain.ModelRef;
import org.jspecify.annotations.Nullable;

/**
 * One catalogue row.
 *
 * @param intelligenceRank 1 is best
 * @param contextWindow tokens, at least 1
 * @param priority the place in the fallback chain, smaller first
 * @param enabled in use; a disabled model is out of the fallback chain
 * @param monthlyTokenBudget as the provider words it, for people
 * @param embedding whether it makes embeddings; then it answers no chats
 */
public record Model(
        ModelRef ref,
        String name,
        int intelligenceRank,
        int speedRank,
        int contextWindow,
        Limits limits,
        boolean tools,
        boolean vision,
        boolean enabled,
        int priority,
        Origin origin,
        @Nullable String sizeLabel,
        @Nullable String monthlyTokenBudget,
        boolean embedding) {
    /** A model that answers chats. */
    public Model(
            ModelRef ref,
            String name,
            int intelligenceRank,
            int speedRank,
            int contextWindow,
            Limits limits,
            boolean tools,
            boolean vision,
            boolean enabled,
            int priority,
            Origin origin,
            @Nullable String sizeLabel,
            @Nullable String monthlyTokenBudget) {
        this(
                ref,
                name,
                intelligenceRank,
                speedRank,
                contextWindow,
                limits,
                tools,
                vision,
                enabled,
                priority,
                origin,
                sizeLabel,
                monthlyTokenBudget,
                false);
    }
}
