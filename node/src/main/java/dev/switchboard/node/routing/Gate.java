package dev.switchboard.node.routing;

import dev.switchboard.node.routing.RoutePlan.Skipped;
import dev.switchboard.protocol.cooldown.CooldownSnapshot;
import dev.switchboard.protocol.cooldown.CooldownSnapshot.KeyState;
import dev.switchboard.protocol.cooldown.CooldownSnapshot.ModelState;
import dev.switchboard.protocol.directory.DirectorySnapshot;
import dev.switchboard.protocol.directory.Model;
import dev.switchboard.protocol.directory.Origin;
import dev.switchboard.protocol.directory.Platform;
import dev.switchboard.protocol.directory.ProviderKey;
import dev.switchboard.protocol.domain.FailureKind;
import dev.switchboard.protocol.domain.PlatformId;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The one definition of who is a candidate of a request (behaviour.md §2); used for one request, looks at a platform once. */
final class Gate {
    private final RouteQuery query;
    private final DirectorySnapshot directory;
    private final CooldownSnapshot cooldowns;
    private final Instant now;
    private final boolean realProvider;
    private final Map<PlatformId, PlatformFacts> platforms = new HashMap<>();

    Gate(RouteQuery query, DirectorySnapshot directory, CooldownSnapshot cooldowns, Instant now) {
        this.query = query;
        this.directory = directory;
        this.cooldowns = cooldowns;
        this.now = now;
        this.realProvider = !query.lastResort().isEmpty() && hasRealProvider();
    }

    /**
     * Why the model is left out, or null for a candidate.
     *
     * @param state what is known of the model's failures, looked up once by the caller
     * @param automatic whether the caller of the gateway did not name it
     */
    @Nullable
    Skipped leftOut(Model model, @Nullable ModelState state, boolean automatic) {
        PlatformFacts platform = factsOf(model.ref().platform());
        SkipReason fixed = fixedReason(model, platform, automatic);
        if (fixed != null) {
            return new Skipped(model.ref(), fixed, null);
        }
        Instant cooling = state == null ? null : state.coolsUntil(now);
        if (platform.bannedUntil == null && cooling == null && platform.keysOut == null) {
            return null;
        }
        SkipReason reason = platform.keysOut;
        if (platform.bannedUntil != null) {
            reason = SkipReason.BANNED;
        } else if (cooling != null) {
            reason = SkipReason.COOLING;
        }
        Instant until = later(later(platform.bannedUntil, cooling), platform.keysUntil);
        return new Skipped(model.ref(), reason == null ? SkipReason.COOLING : reason, until);
    }

    private @Nullable SkipReason fixedReason(Model model, PlatformFacts platform, boolean automatic) {
        if (!model.enabled()) {
            return SkipReason.DISABLED;
        }
        if (platform.unusable != null) {
            return platform.unusable;
        }
        if (automatic && realProvider && platform.lastResort) {
            return SkipReason.LAST_RESORT;
        }
        if (query.allowed() != null && !query.allowed().contains(model.ref())) {
            return SkipReason.NOT_ALLOWED;
        }
        if (query.embedding() != model.embedding()) {
            return SkipReason.OTHER_KIND;
        }
        if (query.needsTools() && !model.tools()) {
            return SkipReason.NO_TOOLS;
        }
        if (query.needsVision() && !model.vision()) {
            return SkipReason.NO_VISION;
        }
        return query.promptTokens() > directory.window(model) ? SkipReason.CONTEXT_WINDOW : null;
    }

    private PlatformFacts factsOf(PlatformId id) {
        PlatformFacts known = platforms.get(id);
        if (known == null) {
            known = new PlatformFacts(id);
            platforms.put(id, known);
        }
        return known;
    }

    /** A key that exists counts even while it is refused: a caller with a real provider never gets a stand-in's answer. */
    private boolean hasRealProvider() {
        for (ProviderKey key : directory.keys().values()) {
            if (!query.lastResort().contains(key.platform())) {
                return true;
            }
        }
        for (Platform platform : directory.platforms().values()) {
            if (platform.keyless()
                    && platform.enabled()
                    && platform.origin() != Origin.BUILTIN
                    && !query.lastResort().contains(platform.id())) {
                return true;
            }
        }
        return false;
    }

    private static @Nullable Instant later(@Nullable Instant one, @Nullable Instant other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return one.isAfter(other) ? one : other;
    }

    /** What is the same for every model of one platform. */
    private final class PlatformFacts {
        final @Nullable SkipReason unusable;
        final boolean lastResort;
        final @Nullable Instant bannedUntil;
        final @Nullable SkipReason keysOut;
        final @Nullable Instant keysUntil;

        PlatformFacts(PlatformId id) {
            Platform platform = directory.platform(id);
            lastResort = query.lastResort().contains(id);
            Instant ban = query.bans().get(id);
            bannedUntil = ban != null && now.isBefore(ban) ? ban : null;
            if (platform == null || !platform.enabled()) {
                unusable = SkipReason.PLATFORM_DISABLED;
                keysOut = null;
                keysUntil = null;
                return;
            }
            boolean anyUsable = false;
            boolean anyFree = false;
            boolean rateLimited = false;
            Instant soonest = null;
            for (ProviderKey key : directory.keysOf(id)) {
                if (!key.usable()) {
                    continue;
                }
                anyUsable = true;
                KeyState state = cooldowns.keys().get(key.id());
                if (state == null || !now.isBefore(state.until())) {
                    anyFree = true;
                    break;
                } else {
                    rateLimited |= state.reason() != FailureKind.AUTH;
                    soonest = soonest == null || state.until().isBefore(soonest) ? state.until() : soonest;
                }
            }
            unusable = anyUsable || platform.keyless() ? null : SkipReason.NO_KEY;
            boolean out = anyUsable && !anyFree && !platform.keyless();
            keysUntil = out ? soonest : null;
            keysOut = out ? rateLimited ? SkipReason.KEYS_COOLING : SkipReason.KEYS_REFUSED : null;
        }
    }
}
