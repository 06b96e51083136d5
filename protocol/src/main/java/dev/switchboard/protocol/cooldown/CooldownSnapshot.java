package dev.switchboard.protocol.cooldown;

import dev.switchboard.protocol.domain.FailureKind;
import dev.switchboard.protocol.domain.KeyId;
import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.domain.PlatformId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What one node knows of cooldowns, penalties and breaker counts; immutable, read on the request path. */
public record CooldownSnapshot(Map<ModelRef, ModelState> models, Map<KeyId, KeyState> keys) {
    /** Nothing is cooling. */
    public static final CooldownSnapshot EMPTY = new CooldownSnapshot(Map.of(), Map.of());

    private static final long PENALTY_MILLIS = Duration.ofMinutes(2).toMillis();
    private static final long BREAKER_MILLIS = Duration.ofMinutes(2).toMillis();
    private static final int BREAKER_FAILURES = 3;

    /** The model's cooldown end if it is cooling at {@code now}, else null. */
    public @Nullable Instant modelCoolsUntil(ModelRef model, Instant now) {
        ModelState state = models.get(model);
        return state == null ? null : state.coolsUntil(now);
    }

    /** Whether the model's cooldown has ended and no success has been seen since: one probe is allowed. */
    public boolean isHalfOpen(ModelRef model, Instant now) {
        ModelState state = models.get(model);
        return state != null && state.isHalfOpen(now);
    }

    /** The key's cooldown end if it is cooling at {@code now}, else null. */
    public @Nullable Instant keyCoolsUntil(KeyId key, Instant now) {
        KeyState state = keys.get(key);
        return state != null && now.isBefore(state.until()) ? state.until() : null;
    }

    /** Penalty points now: what was given less one for each full 2 minutes, never below 0 (behaviour.md §7). */
    public double penalty(ModelRef model, Instant now) {
        ModelState state = models.get(model);
        return state == null ? 0 : state.penaltyAt(now);
    }

    /** Whether a fresh outage shows: three counted failures in a row, the last within 2 minutes (behaviour.md §7). */
    public boolean isOutage(ModelRef model, Instant now) {
        ModelState state = models.get(model);
        return state != null && state.isOutage(now);
    }

    /** Whether a success of this model and key has anything to clear; spares the owner a message for most requests. */
    public boolean concerns(ModelRef model, KeyId key) {
        return models.containsKey(model) || keys.containsKey(key);
    }

    /**
     * The state of one model.
     *
     * @param until the end of its cooldown; null where it is not cooling and not half-open
     * @param strikes how many times in a row it was cooled; sets the next time
     * @param failuresInRow counted failures since the last success
     * @param lastFailure when the last counted failure was reported
     */
    public record ModelState(
            @Nullable Instant until,
            int strikes,
            @Nullable FailureKind reason,
            double penalty,
            Instant penaltySince,
            int failuresInRow,
            Instant lastFailure) {
        /** The cooldown's end if the model is cooling at {@code now}, else null. */
        public @Nullable Instant coolsUntil(Instant now) {
            return until != null && now.isBefore(until) ? until : null;
        }

        /** As {@link CooldownSnapshot#isHalfOpen}. */
        public boolean isHalfOpen(Instant now) {
            return until != null && !now.isBefore(until);
        }

        /** As {@link CooldownSnapshot#isOutage}. */
        public boolean isOutage(Instant now) {
            return failuresInRow >= BREAKER_FAILURES && millis(lastFailure, now) < BREAKER_MILLIS;
        }

        /** Penalty points at a time: one less for each full 2 minutes since they were given. */
        public double penaltyAt(Instant now) {
            return penalty <= 0 ? 0 : Math.max(0, penalty - Math.max(0, millis(penaltySince, now)) / PENALTY_MILLIS);
        }

        private static long millis(Instant from, Instant to) {
            return to.toEpochMilli() - from.toEpochMilli();
        }
    }

    /** The state of one key; {@code refusals} counts AUTH failures in a row. */
    public record KeyState(PlatformId platform, Instant until, FailureKind reason, int refusals) {}

    /** The stable id of a model's cooldown, safe in a URL. */
    public static String idOf(ModelRef model) {
        return "m-" + digest(model.toString());
    }

    /** The stable id of a key's cooldown, safe in a URL. */
    public static String idOf(KeyId key) {
        return "k-" + digest(key.value());
    }

    private static String digest(String text) {
        return UUID.nameUUIDFromBytes(text.getBytes(StandardCharsets.UTF_8)).toString();
    }

    /** One row of {@code /api/cooldowns}; {@code scope} is {@code model} or {@code key}. */
    public record Entry(
            String id,
            String scope,
            PlatformId platform,
            @Nullable ModelRef model,
            @Nullable KeyId key,
            FailureKind reason,
            Instant until) {}
}
