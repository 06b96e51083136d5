package dev.switchboard.node.http.admin;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.switchboard.node.routing.Router;
import dev.switchboard.node.routing.ScoreParts;
import dev.switchboard.protocol.cooldown.CooldownSnapshot;
import dev.switchboard.protocol.directory.DirectorySnapshot;
import dev.switchboard.protocol.directory.Model;
import dev.switchboard.protocol.directory.ProviderKey;
import dev.switchboard.protocol.domain.Limits;
import dev.switchboard.protocol.statistics.StatisticsSnapshot.ModelStats;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One model of the chain (contract.md §4). Measures that there are none of yet are null.
 *
 * @param cooldownUntil of the model, else of its last key
 * @param effectiveLimits {@code limits} narrowed by what the provider itself stated
 * @param monthlyTokens the budget as a number, the lower end of a range
 * @param leftOut why automatic routing leaves it out now, null where it is a candidate
 */
record FallbackRow(
        String platform,
        String model,
        String name,
        int priority,
        boolean enabled,
        String pool,
        double score,
        double smartScore,
        double effectiveScore,
        double penalty,
        @Nullable Double successRate,
        long requests,
        @Nullable Double tokPerSec,
        @Nullable Double ttftMs,
        long keyCount,
        @Nullable Instant cooldownUntil,
        int intelligenceRank,
        int contextWindow,
        @JsonUnwrapped @JsonIgnoreProperties("concurrent") Limits limits,
        @JsonIgnoreProperties("concurrent") Limits effectiveLimits,
        @Nullable String monthlyTokenBudget,
        @Nullable Long monthlyTokens,
        @Nullable String leftOut,
        Parts parts) {
    /** The terms of the score (behaviour.md §7). */
    record Parts(double reliability, double speed, double latency, double intelligence, boolean outage) {}

    static FallbackRow of(
            Model model,
            Router.Explained explained,
            DirectorySnapshot directory,
            CooldownSnapshot cooldowns,
            ModelStats stats,
            Limits learned,
            Instant now) {
        ScoreParts parts = explained.parts();
        long budget = Math.round(TokenBudget.tokens(model.monthlyTokenBudget()));
        Instant cools = cooldowns.modelCoolsUntil(model.ref(), now);
        return new FallbackRow(
                model.ref().platform().value(),
                model.ref().id(),
                model.name(),
                model.priority(),
                model.enabled(),
                parts.pool().wire(),
                parts.score(),
                parts.smartScore(),
                parts.effectiveScore(),
                parts.penalty(),
                stats.attempts() > 0 ? stats.successRate() : null,
                stats.requests(),
                stats.measured() ? stats.tokensPerSecond() : null,
                stats.ttfbMs() > 0 ? stats.ttfbMs() : null,
                directory.keysOf(model.ref().platform()).stream()
                        .filter(ProviderKey::usable)
                        .count(),
                cools == null ? explained.until() : cools,
                model.intelligenceRank(),
                model.contextWindow(),
                model.limits(),
                model.limits().narrowedBy(learned),
                model.monthlyTokenBudget(),
                budget > 0 ? budget : null,
                explained.leftOut() == null ? null : explained.leftOut().wire(),
                new Parts(parts.reliability(), parts.speed(), parts.latency(), parts.intelligence(), parts.outage()));
    }
}
