package dev.switchboard.node.session;

import dev.switchboard.protocol.CborSerializable;
import dev.switchboard.protocol.domain.KeyId;
import dev.switchboard.protocol.domain.Mode;
import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.domain.PlatformId;
import dev.switchboard.protocol.domain.SessionKey;
import dev.switchboard.protocol.session.Ban;
import dev.switchboard.protocol.session.Pin;
import dev.switchboard.protocol.session.SessionEffect;
import dev.switchboard.protocol.session.SessionSummary;
import dev.switchboard.protocol.session.SessionView;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a session remembers, and how each event changes it (behaviour.md §1); pure.
 *
 * @param version of this shape, for readers of older rows
 * @param mode null until a turn named it
 * @param turns turns begun
 */
public record SessionState(
        int version, @Nullable Mode mode, @Nullable Pin pin, List<Ban> bans, long turns, Instant lastUsed)
        implements CborSerializable {
    private static final int VERSION = 1;
    private static final int MAX_BANS = 64;

    /** A session of which nothing is known. */
    static final SessionState EMPTY = new SessionState(VERSION, null, null, List.of(), 0, Instant.EPOCH);

    /** A turn begins. */
    SessionState opened(Mode named, Instant now) {
        return new SessionState(VERSION, mode == null ? named : mode, pin, bans, turns + 1, later(lastUsed, now));
    }

    /**
     * A turn ended well: a use, and the pin moves to what served it. A platform that was banned meanwhile is not
     * pinned, because a pin never overrides a ban.
     */
    SessionState succeeded(ModelRef model, KeyId key, boolean movesPin, Instant now) {
        Pin served = new Pin(model, key);
        boolean moves = movesPin && !served.equals(pin) && !isBanned(model.platform(), now);
        return new SessionState(VERSION, mode, moves ? served : pin, bans, turns, later(lastUsed, now));
    }

    /** An attempt failed: a use too, since its turn goes on. */
    SessionState failed(ModelRef model, KeyId key, SessionEffect effect, Instant now) {
        List<Ban> merged = effect.ban() == null ? bans : merged(effect.ban(), now);
        return new SessionState(
                VERSION, mode, pinAfter(model, key, effect.pinDrop()), merged, turns, later(lastUsed, now));
    }

    private @Nullable Pin pinAfter(ModelRef model, KeyId key, SessionEffect.PinDrop drop) {
        if (pin == null) {
            return null;
        }
        boolean sameModel = pin.model().equals(model);
        return switch (drop) {
            case KEEP -> pin;
            case IF_MODEL -> sameModel ? null : pin;
            case IF_PLATFORM -> pin.model().platform().equals(model.platform()) ? null : pin;
            case KEY_ONLY -> sameModel && key.equals(pin.key()) ? new Pin(pin.model(), null) : pin;
        };
    }

    /** The later of two bans of a platform counts. */
    private List<Ban> merged(Ban ban, Instant now) {
        List<Ban> result = new ArrayList<>();
        Ban latest = ban;
        for (Ban old : bansAt(now)) {
            if (!old.platform().equals(ban.platform())) {
                result.add(old);
            } else if (old.until().isAfter(latest.until())) {
                latest = old;
            }
        }
        if (latest.until().isAfter(now)) {
            result.add(latest);
        }
        int surplus = Math.max(0, result.size() - MAX_BANS);
        return List.copyOf(result.subList(surplus, result.size()));
    }

    /** One ban is lifted. */
    SessionState lifted(PlatformId platform) {
        List<Ban> left =
                bans.stream().filter(ban -> !ban.platform().equals(platform)).toList();
        return new SessionState(VERSION, mode, pin, left, turns, lastUsed);
    }

    /** Adds the uses of a time in which the stored session could not be read. */
    SessionState withUsesOf(SessionState blind) {
        return new SessionState(
                VERSION,
                mode == null ? blind.mode : mode,
                pin,
                bans,
                turns + blind.turns,
                later(lastUsed, blind.lastUsed));
    }

    /** Bans in force; a ban ends by time alone. */
    List<Ban> bansAt(Instant now) {
        return bans.isEmpty()
                ? bans
                : bans.stream().filter(ban -> ban.until().isAfter(now)).toList();
    }

    private boolean isBanned(PlatformId platform, Instant now) {
        return bans.stream()
                .anyMatch(ban -> ban.platform().equals(platform) && ban.until().isAfter(now));
    }

    /** When everything is forgotten. */
    Instant expiry(Duration ttl) {
        return lastUsed.plus(ttl);
    }

    /** Whether nobody ever used the session, so that there is nothing to know of it. */
    boolean isUnknown() {
        return turns == 0 && lastUsed.equals(Instant.EPOCH) && pin == null && bans.isEmpty();
    }

    /** Whether it differs in what a restart must not lose at all; turns and last use may lag. */
    boolean differsInSubstance(SessionState other) {
        return !Objects.equals(pin, other.pin) || !bans.equals(other.bans);
    }

    SessionView view(Instant now) {
        return new SessionView(pin, bansAt(now), turns);
    }

    SessionSummary summary(SessionKey key, String node, Instant now) {
        return new SessionSummary(key, mode == null ? Mode.BALANCED : mode, pin, bansAt(now), turns, lastUsed, node);
    }

    private static Instant later(Instant a, Instant b) {
        return a.isAfter(b) ? a : b;
    }
}
