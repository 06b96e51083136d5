package dev.switchboard.node.routing;

import dev.switchboard.protocol.cooldown.CooldownEffect;
import dev.switchboard.protocol.session.SessionEffect;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything that follows from one failed attempt (behaviour.md §4).
 *
 * @param step what the request does next
 * @param skip what the rest of the request no longer tries
 * @param effects for the owner of cooldowns
 * @param session for the owner of the session
 * @param keyCoolsUntil for the end of the lease, set where the key cools
 * @param modelCoolsUntil for the end of the lease, set where the model cools; a doubled time may end later
 * @param counted whether the attempt counts against the model's reliability
 */
public record Decision(
        Step step,
        Skip skip,
        List<CooldownEffect> effects,
        SessionEffect session,
        @Nullable Instant keyCoolsUntil,
        @Nullable Instant modelCoolsUntil,
        boolean counted) {
    public Decision {
        effects = List.copyOf(effects);
    }

    /** The next step of a request after a failed attempt. */
    public enum Step {
        /** Another key of the same model. */
        NEXT_KEY,
        /** The next candidate that is not skipped. */
        NEXT_MODEL,
        /** One other platform, the first that grants a lease; a second refusal ends the request. */
        OTHER_PLATFORM_ONCE,
        /** The next candidate whose context window is larger. */
        LARGER_WINDOW,
        /** No further attempt. */
        STOP
    }

    /** The end of whichever cooldown the failure caused, if any. */
    public @Nullable Instant coolsUntil() {
        return keyCoolsUntil != null ? keyCoolsUntil : modelCoolsUntil;
    }
}
