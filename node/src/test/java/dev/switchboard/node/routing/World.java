package dev.switchboard.node.routing;

import dev.switchboard.protocol.cooldown.CooldownSnapshot;
import dev.switchboard.protocol.cooldown.CooldownSnapshot.KeyState;
import dev.switchboard.protocol.cooldown.CooldownSnapshot.ModelState;
import dev.switchboard.protocol.directory.AdapterKind;
import dev.switchboard.protocol.directory.DirectorySnapshot;
import dev.switchboard.protocol.directory.Model;
import dev.switchboard.protocol.directory.Origin;
import dev.switchboard.protocol.directory.Platform;
import dev.switchboard.protocol.directory.ProviderKey;
import dev.switchboard.protocol.directory.Quirks;
import dev.switchboard.protocol.domain.FailureKind;
import dev.switchboard.protocol.domain.KeyId;
import dev.switchboard.protocol.domain.KeyStatus;
import dev.switchboard.protocol.domain.Limits;
import dev.switchboard.protocol.domain.Mode;
import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.domain.PlatformId;
import dev.switchboard.protocol.statistics.StatisticsSnapshot;
import dev.switchboard.protocol.statistics.StatisticsSnapshot.ModelStats;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** Builds the snapshots that a test ranks. */
final class World {
    static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

    private final Map<PlatformId, Platform> platforms = new LinkedHashMap<>();
    private final List<Model> models = new ArrayList<>();
    private final List<ProviderKey> keys = new ArrayList<>();
    private final Map<ModelRef, ModelStats> stats = new HashMap<>();
    private final Map<ModelRef, ModelState> modelStates = new HashMap<>();
    private final Map<KeyId, KeyState> keyStates = new HashMap<>();

    World platform(String id, Origin origin, boolean enabled, boolean keyless) {
        return platform(id, origin, enabled, keyless, Quirks.NONE);
    }

    /** An enabled platform with a key that takes prompts of at most so many tokens, whatever the model. */
    World platformWithPrompts(String id, int mostTokens) {
        Quirks quirks = new Quirks(
                Map.of(),
                List.of(),
                Map.of(),
                null,
                null,
                null,
                Map.of(),
                List.of(),
                Map.of(),
                List.of(),
                null,
                null,
                mostTokens);
        return platform(id, Origin.BUILTIN, true, false, quirks).key(id, id + "-key", true, KeyStatus.HEALTHY);
    }

    private World platform(String id, Origin origin, boolean enabled, boolean keyless, Quirks quirks) {
        PlatformId platform = new PlatformId(id);
        platforms.put(
                platform,
                new Platform(
                        platform,
                        id,
                        AdapterKind.OPENAI,
                        "http://127.0.0.1",
                        origin,
                        enabled,
                        keyless,
                        null,
                        Map.of(),
                        quirks,
                        Limits.NONE,
                        null));
        return this;
    }

    /** An enabled custom platform with one usable key named after it. */
    World platform(String id) {
        return platform(id, Origin.CUSTOM, true, false).key(id, id + "-key", true, KeyStatus.HEALTHY);
    }

    World key(String platform, String id, boolean enabled, KeyStatus status) {
        keys.add(new ProviderKey(
                new KeyId(id), new PlatformId(platform), id, "cipher", id, "…", enabled, status, null, NOW, null));
        return this;
    }

    World model(ModelRef ref, int rank, int window, boolean tools, boolean vision, boolean enabled) {
        models.add(new Model(
                ref,
                ref.id(),
                rank,
                1,
                window,
                Limits.NONE,
                tools,
                vision,
                enabled,
                models.size(),
                Origin.CUSTOM,
                null,
                null));
        return this;
    }

    World model(String ref) {
        return model(ModelRef.parse(ref), 1, 100_000, true, true, true);
    }

    World stats(String ref, double successes, double attempts, double tokensPerSecond, double ttfbMs) {
        stats.put(ModelRef.parse(ref), new ModelStats(successes, attempts, tokensPerSecond, ttfbMs, (long)
                Math.ceil(attempts)));
        return this;
    }

    /** Sets what is known of a model's failures; a past {@code until} is half-open. */
    World state(String ref, @Nullable Instant until, double penalty, int failuresInRow) {
        modelStates.put(
                ModelRef.parse(ref),
                new ModelState(until, 1, FailureKind.SERVER_ERROR, penalty, NOW, failuresInRow, NOW));
        return this;
    }

    World keyState(String key, Instant until, FailureKind reason) {
        keyStates.put(new KeyId(key), new KeyState(new PlatformId("any"), until, reason, 1));
        return this;
    }

    DirectorySnapshot directory() {
        return new DirectorySnapshot(1, List.copyOf(platforms.values()), models, keys, Map.of(), null, null);
    }

    StatisticsSnapshot statistics() {
        return new StatisticsSnapshot(Map.copyOf(stats));
    }

    CooldownSnapshot cooldowns() {
        return new CooldownSnapshot(Map.copyOf(modelStates), Map.copyOf(keyStates));
    }

    RoutePlan rank(RouteQuery query) {
        return Router.rank(query, directory(), cooldowns(), statistics(), NOW, new SplittableRandom(1));
    }

    /** Ranks with the mean in place of the draw. */
    RoutePlan rankByMean(RouteQuery query) {
        return Router.rank(query, directory(), cooldowns(), statistics(), NOW, (alpha, beta) -> alpha / (alpha + beta));
    }

    static RouteQuery auto(Mode mode) {
        return RouteQuery.anything(mode, Set.of());
    }

    static RouteQuery explicit(boolean fallback, String... refs) {
        List<ModelRef> named = List.of(refs).stream().map(ModelRef::parse).toList();
        return new RouteQuery(
                new Target.Explicit(named, fallback, Mode.BALANCED), null, Map.of(), 0, false, false, Set.of());
    }

    static RouteQuery pinned(String ref) {
        return new RouteQuery(new Target.Auto(Mode.BALANCED), ModelRef.parse(ref), Map.of(), 0, false, false, Set.of());
    }

    static List<String> names(RoutePlan plan) {
        return plan.usable().stream()
                .map(candidate -> candidate.ref().toString())
                .toList();
    }

    static Map<String, SkipReason> reasons(RoutePlan plan) {
        Map<String, SkipReason> reasons = new LinkedHashMap<>();
        plan.skipped().forEach(skip -> reasons.put(skip.ref().toString(), skip.reason()));
        return reasons;
    }
}
