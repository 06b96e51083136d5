package dev.switchboard.node.cooldown;

import dev.switchboard.protocol.cooldown.CooldownCommand;
import dev.switchboard.protocol.cooldown.CooldownEffect;
import dev.switchboard.protocol.cooldown.CooldownSnapshot.KeyState;
import dev.switchboard.protocol.cooldown.CooldownSnapshot.ModelState;
import dev.switchboard.protocol.domain.FailureKind;
import dev.switchboard.protocol.domain.PlatformId;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** How one report changes what is known of one model and one key (behaviour.md §4, §7); pure, null is "nothing known". */
final class CooldownRules {
    static final double MAX_PENALTY = 10;
    static final int REFUSALS_TO_INVALID = 3;

    private static final Duration PENALTY_STEP = Duration.ofMinutes(2);
    private static final Duration FORGET_MODEL = Duration.ofMinutes(10);
    private static final Duration FORGET_KEY = Duration.ofHours(1);

    private final Supplier<Duration> longest;

    /** {@code longest} caps the doubling of transient cooldowns ({@code switchboard.cooldown.max}). */
    CooldownRules(Supplier<Duration> longest) {
        this.longest = longest;
    }

    /** What is known of the model after a report; times are counted from {@code now}, the reader's own clock. */
    @Nullable
    ModelState model(@Nullable ModelState known, CooldownCommand.Report report, Instant now) {
        ModelState old = known == null || isForgettable(known, now) ? null : settled(known, now);
        if (report.success()) {
            return old == null ? null : afterSuccess(old, now);
        }
        ModelState state = old;
        if (report.counted()) {
            state = counted(state == null ? none(now) : state, now);
        }
        for (CooldownEffect effect : report.effects()) {
            if (effect instanceof CooldownEffect.CoolModel cool) {
                state = cooled(state == null ? none(now) : state, cool, now);
            } else if (effect instanceof CooldownEffect.Penalize penalize) {
                state = penalized(state == null ? none(now) : state, penalize.points());
            }
        }
        return state;
    }

    private static ModelState none(Instant now) {
        return new ModelState(null, 0, null, 0, now, 0, Instant.EPOCH);
    }

    /**
     * Success takes one penalty point, and reopens a model whose cooldown has ended. While it cools nothing is leased: such a
     * success was under way before the failure and says nothing of the time since.
     */
    private static @Nullable ModelState afterSuccess(ModelState old, Instant now) {
        double penalty = Math.max(0, old.penalty() - 1);
        boolean cooling = old.until() != null && now.isBefore(old.until());
        ModelState state = new ModelState(
                cooling ? old.until() : null,
                cooling ? old.strikes() : 0,
                cooling ? old.reason() : null,
                penalty,
                old.penaltySince(),
                0,
                old.lastFailure());
        return isForgettable(state, now) ? null : state;
    }

    private static ModelState counted(ModelState old, Instant now) {
        return new ModelState(
                old.until(),
                old.strikes(),
                old.reason(),
                old.penalty(),
                old.penaltySince(),
                old.failuresInRow() + 1,
                now);
    }

    /**
     * The later deadline counts. Only a failure at half-open doubles the time; failures while it cools come from
     * requests that were already running and stay at the same strike.
     */
    private ModelState cooled(ModelState old, CooldownEffect.CoolModel cool, Instant now) {
        Instant oldUntil = old.until();
        boolean cooling = oldUntil != null && now.isBefore(oldUntil);
        int strikes = old.strikes();
        Duration time = cool.time();
        if (cool.doubling()) {
            strikes = cooling ? Math.max(1, strikes) : strikes + 1;
            time = doubled(cool.time(), strikes);
        }
        Instant until = now.plus(time);
        boolean later = !cooling || until.isAfter(oldUntil);
        return new ModelState(
                later ? until : oldUntil,
                strikes,
                later ? cool.reason() : old.reason(),
                old.penalty(),
                old.penaltySince(),
                old.failuresInRow(),
                old.lastFailure());
    }

    private Duration doubled(Duration first, int strikes) {
        Duration time = first;
        Duration most = longest.get();
        for (int i = 1; i < strikes && time.compareTo(most) < 0; i++) {
            time = time.multipliedBy(2);
        }
        return time.compareTo(most) > 0 && first.compareTo(most) <= 0 ? most : time;
    }

    private static ModelState penalized(ModelState old, double points) {
        return new ModelState(
                old.until(),
                old.strikes(),
                old.reason(),
                Math.min(MAX_PENALTY, old.penalty() + points),
                old.penaltySince(),
                old.failuresInRow(),
                old.lastFailure());
    }

    /** Takes off the penalty points whose full 2 minutes are over, and keeps the part of a step that has begun. */
    private static ModelState settled(ModelState old, Instant now) {
        long steps = Math.max(0, Duration.between(old.penaltySince(), now).toMillis() / PENALTY_STEP.toMillis());
        double left = Math.max(0, old.penalty() - steps);
        Instant since = left == 0 ? now : old.penaltySince().plus(PENALTY_STEP.multipliedBy(steps));
        return new ModelState(
                old.until(), old.strikes(), old.reason(), left, since, old.failuresInRow(), old.lastFailure());
    }

    /** What is known of the key after a report. */
    @Nullable
    KeyState key(@Nullable KeyState known, PlatformId platform, CooldownCommand.Report report, Instant now) {
        KeyState old = known == null || isForgettable(known, now) ? null : known;
        if (report.success()) {
            return old == null ? null : afterSuccess(old, now);
        }
        KeyState state = old;
        for (CooldownEffect effect : report.effects()) {
            if (effect instanceof CooldownEffect.CoolKey cool) {
                state = cooled(state, platform, cool, now);
            }
        }
        return state;
    }

    /** A key that answers is not refused for good; a cooldown that it has all the same goes on. */
    private static @Nullable KeyState afterSuccess(KeyState old, Instant now) {
        boolean cooling = now.isBefore(old.until());
        return cooling ? new KeyState(old.platform(), old.until(), old.reason(), 0) : null;
    }

    private static KeyState cooled(
            @Nullable KeyState old, PlatformId platform, CooldownEffect.CoolKey cool, Instant now) {
        int refusals = (old == null ? 0 : old.refusals()) + (cool.reason() == FailureKind.AUTH ? 1 : 0);
        if (old == null || !now.isBefore(old.until()) || cool.until().isAfter(old.until())) {
            return new KeyState(platform, cool.until(), cool.reason(), refusals);
        }
        return new KeyState(platform, old.until(), old.reason(), refusals);
    }

    /** Whether this report is the refusal that marks the key invalid. */
    static boolean becomesInvalid(@Nullable KeyState before, @Nullable KeyState after) {
        int old = before == null ? 0 : before.refusals();
        return after != null && old < REFUSALS_TO_INVALID && after.refusals() >= REFUSALS_TO_INVALID;
    }

    /** The key after its refusals led to its mark: should a person enable it again, they are counted anew. */
    static KeyState counted(KeyState state) {
        return new KeyState(state.platform(), state.until(), state.reason(), 0);
    }

    /** A person ended the model's cooldown: penalty points stay. */
    static @Nullable ModelState released(ModelState old, Instant now) {
        ModelState state = new ModelState(null, 0, null, old.penalty(), old.penaltySince(), 0, old.lastFailure());
        return isForgettable(state, now) ? null : state;
    }

    /** A person ended the key's cooldown: its refusals in a row go on counting, for it has not answered yet. */
    static @Nullable KeyState released(KeyState old, Instant now) {
        Instant until = now.isBefore(old.until()) ? now : old.until();
        KeyState state = new KeyState(old.platform(), until, old.reason(), old.refusals());
        return isForgettable(state, now) ? null : state;
    }

    /** Whether nothing of it matters any more: not cooling, half-open for long without traffic, no penalty. */
    static boolean isForgettable(ModelState state, Instant now) {
        Instant until = state.until();
        boolean closed = until == null || !now.isBefore(until.plus(FORGET_MODEL));
        boolean quiet =
                state.failuresInRow() == 0 || !now.isBefore(state.lastFailure().plus(FORGET_MODEL));
        return closed && quiet && state.penaltyAt(now) == 0;
    }

    /** Refusals in a row are counted over the cooldowns between them, so they outlive these. */
    static boolean isForgettable(KeyState state, Instant now) {
        Instant until = state.refusals() == 0 ? state.until() : state.until().plus(FORGET_KEY);
        return !now.isBefore(until);
    }

    /** Two memories of one model: of everything the later or greater. */
    static ModelState merged(ModelState a, ModelState b) {
        boolean aLater = b.until() == null || (a.until() != null && !a.until().isBefore(b.until()));
        boolean aPenalty = !a.penaltySince().isBefore(b.penaltySince());
        return new ModelState(
                aLater ? a.until() : b.until(),
                Math.max(a.strikes(), b.strikes()),
                aLater ? a.reason() : b.reason(),
                aPenalty ? a.penalty() : b.penalty(),
                aPenalty ? a.penaltySince() : b.penaltySince(),
                Math.max(a.failuresInRow(), b.failuresInRow()),
                a.lastFailure().isAfter(b.lastFailure()) ? a.lastFailure() : b.lastFailure());
    }

    /** Two memories of one key: the later deadline, the more refusals. */
    static KeyState merged(KeyState a, KeyState b) {
        KeyState later = a.until().isBefore(b.until()) ? b : a;
        return new KeyState(later.platform(), later.until(), later.reason(), Math.max(a.refusals(), b.refusals()));
    }
}
