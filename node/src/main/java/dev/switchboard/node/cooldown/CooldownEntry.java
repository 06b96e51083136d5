package dev.switchboard.node.cooldown;

import dev.switchboard.protocol.CborSerializable;
import dev.switchboard.protocol.cooldown.CooldownSnapshot;
import dev.switchboard.protocol.cooldown.CooldownSnapshot.KeyState;
import dev.switchboard.protocol.cooldown.CooldownSnapshot.ModelState;
import dev.switchboard.protocol.domain.KeyId;
import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.domain.PlatformId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one model or of one key, as it is replicated and stored: either the first two or the last two are
 * set.
 */
record CooldownEntry(
        @Nullable ModelRef model, @Nullable ModelState modelState, @Nullable KeyId key, @Nullable KeyState keyState)
        implements CborSerializable {
    static CooldownEntry of(ModelRef model, ModelState state) {
        return new CooldownEntry(model, state, null, null);
    }

    static CooldownEntry of(KeyId key, KeyState state) {
        return new CooldownEntry(null, null, key, state);
    }

    /** As in {@code /api/cooldowns}. */
    String id() {
        if (model != null) {
            return CooldownSnapshot.idOf(model);
        }
        return key == null ? "" : CooldownSnapshot.idOf(key);
    }

    /** The end of the cooldown, past or to come; null where there is none. */
    @Nullable
    Instant until() {
        if (modelState != null) {
            return modelState.until();
        }
        return keyState == null ? null : keyState.until();
    }

    /** The platform decides on the bucket, so that a model and its keys change together. */
    @Nullable
    PlatformId platform() {
        if (model != null) {
            return model.platform();
        }
        return keyState == null ? null : keyState.platform();
    }
}
