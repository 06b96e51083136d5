package dev.switchboard.node.routing;

import dev.switchboard.node.routing.Decision.Step;
import dev.switchboard.node.routing.Protection.Verdict;
import dev.switchboard.protocol.cooldown.CooldownEffect;
import dev.switchboard.protocol.cooldown.CooldownEffect.CoolKey;
import dev.switchboard.protocol.cooldown.CooldownEffect.CoolModel;
import dev.switchboard.protocol.cooldown.CooldownEffect.Penalize;
import dev.switchboard.protocol.domain.Failure;
import dev.switchboard.protocol.domain.FailureKind;
import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.domain.ProtectionLevel;
import dev.switchboard.protocol.session.Ban;
import dev.switchboard.protocol.session.SessionEffect;
import dev.switchboard.protocol.session.SessionEffect.PinDrop;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What follows from a failed attempt for the request, the key, the model and the session (behaviour.md §4). */
public final class FailurePolicy {
    /** How long a key cools that upstream refused. */
    static final Duration REFUSED_KEY = Duration.ofMinutes(5);
    /** How long a model cools that upstream does not have. */
    static final Duration UNAVAILABLE_MODEL = Duration.ofMinutes(10);
    /** The longest wait upstream can ask of a key. */
    static final Duration LONGEST_KEY_WAIT = Duration.ofHours(1);
    /** The longest wait upstream can ask of a model. */
    static final Duration LONGEST_MODEL_WAIT = Duration.ofMinutes(10);
    /** The shortest wait that is taken from upstream, which may say zero or a time that has passed. */
    static final Duration SHORTEST_WAIT = Duration.ofSeconds(1);

    private static final int UNAVAILABLE = 503;
    private static final int OVERLOADED = 529;

    private FailurePolicy() {}

    /**
     * Where in the request the attempt failed.
     *
     * @param lastKeyOfModel whether no other key of the model is left to try
     * @param secondOfKind whether an earlier attempt of this request ended with the same kind
     * @param committed whether part of the answer has been sent to the client
     */
    public record Context(boolean lastKeyOfModel, boolean secondOfKind, boolean committed) {}

    /** Decides on one failure of {@code model}; {@code level} is the model's protection level. */
    public static Decision decide(
            Failure failure, ModelRef model, ProtectionLevel level, Context context, PolicyTimes times, Instant now) {
        FailureKind kind = failure.kind();
        Verdict verdict = Protection.of(level, kind);
        List<CooldownEffect> effects = new ArrayList<>(2);
        Instant keyCoolsUntil = null;
        Instant modelCoolsUntil = null;

        Duration keyTime = keyTime(failure, times);
        if (keyTime != null) {
            keyCoolsUntil = now.plus(keyTime);
            effects.add(new CoolKey(keyCoolsUntil, kind));
        }
        if (kind == FailureKind.RATE_LIMITED && context.lastKeyOfModel()) {
            effects.add(new Penalize(Score.PENALTY_POINTS));
        }
        CoolModel cooldown = modelCooldown(failure, times);
        if (cooldown != null) {
            modelCoolsUntil = now.plus(cooldown.time());
            effects.add(cooldown);
        }

        Ban ban = verdict.banPlatform() ? new Ban(model.platform(), now.plus(times.banTtl()), kind) : null;
        PinDrop pinDrop = context.committed() ? afterCommit(kind, verdict.pinDrop()) : verdict.pinDrop();
        Skip skip = verdict.skip() == Skip.KEY && context.lastKeyOfModel() ? Skip.MODEL : verdict.skip();
        Step step = context.committed() ? Step.STOP : step(kind, skip, context);
        return new Decision(
                step,
                step == Step.STOP ? Skip.NOTHING : skip,
                effects,
                new SessionEffect(ban, pinDrop),
                keyCoolsUntil,
                modelCoolsUntil,
                kind.countsAgainstModel());
    }

    private static Step step(FailureKind kind, Skip skip, Context context) {
        return switch (kind) {
            case CANCELLED -> Step.STOP;
            case CLIENT_FAULT -> context.secondOfKind() ? Step.STOP : Step.OTHER_PLATFORM_ONCE;
            case TOO_LARGE -> Step.LARGER_WINDOW;
            case NOT_JSON -> context.secondOfKind() ? Step.STOP : Step.NEXT_MODEL;
            default -> skip == Skip.KEY ? Step.NEXT_KEY : Step.NEXT_MODEL;
        };
    }

    private static PinDrop afterCommit(FailureKind kind, PinDrop before) {
        return kind == FailureKind.CANCELLED || before == PinDrop.IF_PLATFORM ? before : PinDrop.IF_MODEL;
    }

    private static @Nullable Duration keyTime(Failure failure, PolicyTimes times) {
        return switch (failure.kind()) {
            case RATE_LIMITED ->
                failure.retryAfter() == null ? times.rateLimitedKey() : clamp(failure.retryAfter(), LONGEST_KEY_WAIT);
            case AUTH -> REFUSED_KEY;
            default -> null;
        };
    }

    private static @Nullable CoolModel modelCooldown(Failure failure, PolicyTimes times) {
        FailureKind kind = failure.kind();
        return switch (kind) {
            case RATE_LIMITED, AUTH, CLIENT_FAULT, TOO_LARGE, NOT_JSON, CANCELLED -> null;
            case MODEL_UNAVAILABLE -> new CoolModel(UNAVAILABLE_MODEL, false, kind);
            case SERVER_ERROR, UNREACHABLE, TIMEOUT, STALLED, EMPTY, MALFORMED, BROKEN -> {
                Duration asked = failure.retryAfter();
                boolean busy = failure.status() == UNAVAILABLE || failure.status() == OVERLOADED;
                yield busy && asked != null
                        ? new CoolModel(clamp(asked, LONGEST_MODEL_WAIT), false, kind)
                        : new CoolModel(shorter(times.transientTime(), times.max()), true, kind);
            }
        };
    }

    private static Duration clamp(Duration asked, Duration longest) {
        return shorter(asked.compareTo(SHORTEST_WAIT) < 0 ? SHORTEST_WAIT : asked, longest);
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) <= 0 ? one : other;
    }
}
