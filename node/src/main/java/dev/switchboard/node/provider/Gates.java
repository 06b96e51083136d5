package dev.switchboard.node.provider;

import dev.switchboard.protocol.cooldown.CooldownSnapshot;
import dev.switchboard.protocol.domain.KeyId;
import dev.switchboard.protocol.domain.LeaseId;
import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.provider.LeaseReply.Reason;
import dev.switchboard.protocol.provider.LeaseResult;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which models and keys are cooling, and the single probe of a half-open model (behaviour.md §4). What leases report
 * counts at once; as soon as the shared cooldowns show the same, they alone decide, so that a cooldown ended by hand
 * ends here too.
 */
final class Gates {
    /** A shared cooldown that ends this much earlier than reported is still the reported one, on another clock. */
    private static final Duration CLOCK_TOLERANCE = Duration.ofSeconds(5);
    /** How long a shared cooldown may go on showing after a probe's success without being believed. */
    private static final Duration STALE_TIME = Duration.ofSeconds(30);

    /** How long a model stays half-open after a cooldown that the shared ones never showed. */
    private static final Duration UNCONFIRMED_TIME = Duration.ofSeconds(60);

    private final Map<ModelRef, Instant> cooledModels = new HashMap<>();
    private final Map<KeyId, Instant> cooledKeys = new HashMap<>();
    private final Map<ModelRef, Instant> reopened = new HashMap<>();
    private final Map<ModelRef, String> cooledBy = new HashMap<>();
    private final Map<ModelRef, LeaseId> probes = new HashMap<>();
    private final Map<ModelRef, Instant> endedModels = new HashMap<>();
    private final Map<KeyId, Instant> endedKeys = new HashMap<>();

    /**
     * Whether a model may be leased.
     *
     * @param block why not; null if it may
     * @param probe whether the lease would be the half-open model's probe
     * @param trial as in {@link Lease#trial}
     */
    record Answer(@Nullable Block block, boolean probe, boolean trial) {
        private static final Answer OPEN = new Answer(null, false, false);
        private static final Answer PROBE = new Answer(null, true, true);
        private static final Answer OTHER_KEY = new Answer(null, false, true);
        private static final Answer PROBE_IN_FLIGHT =
                new Answer(new Block(Reason.PROBE_IN_FLIGHT, Block.NEVER), false, false);
    }

    /** Whether the model may be leased; the request that cooled it may still try its other keys. */
    Answer check(ModelRef model, String requestId, CooldownSnapshot shared, Instant now) {
        Instant until = later(cooledModels.get(model), sharedUntil(model, shared, now));
        if (until == null) {
            return Answer.OPEN;
        }
        if (now.isBefore(until)) {
            return requestId.equals(cooledBy.get(model))
                    ? Answer.OTHER_KEY
                    : new Answer(new Block(Reason.MODEL_COOLING, until.toEpochMilli()), false, false);
        }
        return probes.containsKey(model) ? Answer.PROBE_IN_FLIGHT : Answer.PROBE;
    }

    /** Why the key may not be leased now; null if it may. */
    @Nullable
    Block checkKey(KeyId key, CooldownSnapshot shared, Instant now) {
        Instant until = later(cooledKeys.get(key), unlessEnded(shared.keyCoolsUntil(key, now), endedKeys.get(key)));
        return until != null && now.isBefore(until) ? new Block(Reason.KEYS_COOLING, until.toEpochMilli()) : null;
    }

    /** A model's cooldown was ended early: what is shared of it is no longer believed, until the next failure. */
    void endModelCooldown(ModelRef model, Instant until, Instant now) {
        cooledModels.remove(model);
        cooledBy.remove(model);
        forget(endedModels, now);
        endedModels.merge(model, until, Gates::latest);
    }

    /** The same for a key. */
    void endKeyCooldown(KeyId key, Instant until, Instant now) {
        cooledKeys.remove(key);
        forget(endedKeys, now);
        endedKeys.merge(key, until, Gates::latest);
    }

    private static void forget(Map<?, Instant> ended, Instant now) {
        ended.values().removeIf(until -> !now.isBefore(until.plus(STALE_TIME)));
    }

    /** A lease began. */
    void began(Lease lease) {
        if (lease.probe()) {
            probes.putIfAbsent(lease.model(), lease.id());
        }
    }

    /** A lease ended: its result is honoured before the shared cooldowns show it. */
    void ended(Lease lease, LeaseResult result, Instant now) {
        ModelRef model = lease.model();
        probes.remove(model, lease.id());
        if (result instanceof LeaseResult.Completed && lease.trial()) {
            cooledModels.remove(model);
            cooledBy.remove(model);
            reopened.put(model, now);
        } else if (result instanceof LeaseResult.Failed failed) {
            Instant modelUntil = failed.modelCoolsUntil();
            if (modelUntil != null) {
                cooledModels.merge(model, modelUntil, Gates::latest);
                cooledBy.put(model, lease.requestId());
                reopened.remove(model);
                endedModels.remove(model);
            }
            Instant keyUntil = failed.keyCoolsUntil();
            if (keyUntil != null) {
                cooledKeys.merge(lease.key(), keyUntil, Gates::latest);
                endedKeys.remove(lease.key());
            }
        }
    }

    /** Hands over to the shared cooldowns what they show by now; true while something is left to hand over. */
    boolean handOver(CooldownSnapshot shared, Instant now) {
        cooledModels.entrySet().removeIf(local -> {
            CooldownSnapshot.ModelState state = shared.models().get(local.getKey());
            boolean shown = state != null && state.until() != null && covers(state.until(), local.getValue());
            return shown || !now.isBefore(local.getValue().plus(UNCONFIRMED_TIME));
        });
        cooledKeys.entrySet().removeIf(local -> {
            CooldownSnapshot.KeyState state = shared.keys().get(local.getKey());
            return !now.isBefore(local.getValue()) || (state != null && covers(state.until(), local.getValue()));
        });
        reopened.keySet().removeIf(model -> sharedEntry(model, shared) == null || !isReopened(model, now));
        return !(cooledModels.isEmpty() && cooledKeys.isEmpty() && reopened.isEmpty());
    }

    private @Nullable Instant sharedUntil(ModelRef model, CooldownSnapshot shared, Instant now) {
        Instant until = unlessEnded(sharedEntry(model, shared), endedModels.get(model));
        Instant success = reopened.get(model);
        boolean stale = until != null && success != null && isReopened(model, now) && !until.isAfter(success);
        return stale ? null : until;
    }

    private static @Nullable Instant unlessEnded(@Nullable Instant shared, @Nullable Instant ended) {
        return shared != null && ended != null && !shared.isAfter(ended.plus(CLOCK_TOLERANCE)) ? null : shared;
    }

    private static @Nullable Instant sharedEntry(ModelRef model, CooldownSnapshot shared) {
        CooldownSnapshot.ModelState state = shared.models().get(model);
        return state == null ? null : state.until();
    }

    private boolean isReopened(ModelRef model, Instant now) {
        Instant success = reopened.get(model);
        return success != null && now.isBefore(success.plus(STALE_TIME));
    }

    private static boolean covers(Instant shared, Instant local) {
        return !shared.isBefore(local.minus(CLOCK_TOLERANCE));
    }

    private static @Nullable Instant later(@Nullable Instant one, @Nullable Instant other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return latest(one, other);
    }

    private static Instant latest(Instant one, Instant other) {
        return other.isAfter(one) ? other : one;
    }
}
