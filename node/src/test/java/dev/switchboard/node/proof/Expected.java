package dev.switchboard.node.proof;

import dev.switchboard.node.routing.Decision;
import dev.switchboard.node.routing.FailurePolicy;
import dev.switchboard.node.routing.FailurePolicy.Context;
import dev.switchboard.node.routing.PolicyTimes;
import dev.switchboard.node.routing.Skip;
import dev.switchboard.protocol.domain.Failure;
import dev.switchboard.protocol.domain.FailureKind;
import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.domain.ProtectionLevel;
import dev.switchboard.protocol.session.SessionEffect.PinDrop;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What must follow when the first model of a platform with two keys fails on every key, by the function that writes the
 * tables of {@code docs/failures.md}. The platform's second model and another platform work.
 *
 * @param failures attempts that fail
 * @param servedBySibling whether the platform's second model serves the request, not the other platform
 * @param keyCools how long each key that failed cools
 * @param modelCools how long the model cools
 * @param pinKept whether the session stays pinned to the model
 * @param keyKept whether it stays pinned to the first key
 */
record Expected(
        int failures,
        boolean servedBySibling,
        @Nullable Duration keyCools,
        @Nullable Duration modelCools,
        boolean ban,
        boolean pinKept,
        boolean keyKept) {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final PolicyTimes TIMES = new PolicyTimes(
            Duration.ofSeconds(15), Duration.ofMinutes(2), Duration.ofMinutes(2), Duration.ofMinutes(30));

    /** When an attempt fails. */
    enum When {
        /** The client waits for a whole answer. */
        WHOLE,
        /** The client waits for a stream's first word. */
        BEFORE,
        /** The first word was sent. */
        AFTER
    }

    static Expected of(FailureKind kind, When when, ProtectionLevel level, ModelRef model, String fault) {
        Failure failure = Failure.of(kind, fault);
        boolean committed = when == When.AFTER;
        Decision first = FailurePolicy.decide(failure, model, level, new Context(false, false, committed), TIMES, NOW);
        int failures = 1;
        Decision last = first;
        if (first.step() == Decision.Step.NEXT_KEY) {
            last = FailurePolicy.decide(failure, model, level, new Context(true, false, false), TIMES, NOW);
            failures = 2;
        }
        boolean keysOut = last.keyCoolsUntil() != null;
        boolean sibling =
                switch (last.step()) {
                    case NEXT_MODEL -> last.skip() != Skip.PLATFORM && !keysOut;
                    case LARGER_WINDOW -> true;
                    default -> false;
                };
        PinDrop drop = first.session().pinDrop();
        boolean pinKept = drop == PinDrop.KEEP || drop == PinDrop.KEY_ONLY;
        return new Expected(
                failures,
                sibling,
                between(first.keyCoolsUntil()),
                between(first.modelCoolsUntil()),
                first.session().ban() != null,
                pinKept,
                drop == PinDrop.KEEP);
    }

    private static @Nullable Duration between(@Nullable Instant until) {
        return until == null ? null : Duration.between(NOW, until);
    }
}
