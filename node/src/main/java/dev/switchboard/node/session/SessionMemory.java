package dev.switchboard.node.session;

import dev.switchboard.protocol.session.RouteDecision;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One session in memory: its state, what of it is stored, and its last route decisions. While the stored session
 * cannot be read, changes are applied to an empty one and repeated on the stored one when it comes.
 */
final class SessionMemory {
    /** Last use is persisted at most this often (behaviour.md §1). */
    static final Duration TOUCH_INTERVAL = Duration.ofMinutes(1);

    private static final int MAX_DECISIONS = 50;
    private static final int MAX_BLIND_CHANGES = 256;

    /** Whether and when the state has to be written. */
    enum Need {
        NOTHING,
        NOW,
        LATER
    }

    /** A change made while the stored session could not be read, and what it is where that turns out to have a pin. */
    private record Blind(UnaryOperator<SessionState> change, UnaryOperator<SessionState> onPinned) {}

    private final DecisionCodec codec;
    private final Deque<DecisionCodec.Packed> decisions = new ArrayDeque<>(1);
    private final Deque<Blind> blindChanges = new ArrayDeque<>();
    private SessionState state = SessionState.EMPTY;
    private SessionState stored = SessionState.EMPTY;
    private Instant storedAt = Instant.EPOCH;
    private boolean loaded;
    private boolean row;
    private boolean forgottenUntilOpened;

    /** {@code codec} is the node's. */
    SessionMemory(DecisionCodec codec) {
        this.codec = codec;
    }

    SessionState state() {
        return state;
    }

    boolean isLoaded() {
        return loaded;
    }

    /** Whether the stored row, if any, has to go: nothing is known any more. */
    boolean needsDeletion() {
        return loaded && row && state.isUnknown();
    }

    /** A use that changes nothing but turns and time. */
    void use(UnaryOperator<SessionState> change) {
        forgottenUntilOpened = false;
        state = change.apply(state);
    }

    /** The end of an attempt; nothing if it belongs to a turn that began before the session was forgotten. */
    void change(UnaryOperator<SessionState> change) {
        change(change, change);
    }

    /** As the other; {@code onPinned} is what it is repeated as on a stored session that has a pin. */
    void change(UnaryOperator<SessionState> change, UnaryOperator<SessionState> onPinned) {
        if (forgottenUntilOpened) {
            return;
        }
        state = change.apply(state);
        if (!loaded) {
            blindChanges.addLast(new Blind(change, onPinned));
            if (blindChanges.size() > MAX_BLIND_CHANGES) {
                blindChanges.removeFirst();
            }
        }
    }

    void forget() {
        state = SessionState.EMPTY;
        decisions.clear();
        forgottenUntilOpened = true;
        if (!loaded) {
            blindChanges.clear();
            UnaryOperator<SessionState> nothing = known -> SessionState.EMPTY;
            blindChanges.addLast(new Blind(nothing, nothing));
        }
    }

    /** The stored session came: an expired one counts as none, and what happened meanwhile is repeated on it. */
    void load(@Nullable SessionState found, Instant now, Duration ttl) {
        boolean alive = found != null && found.expiry(ttl).isAfter(now);
        SessionState base = found == null || !alive ? SessionState.EMPTY : found;
        SessionState merged = base;
        boolean pinned = base.pin() != null;
        for (Blind blind : blindChanges) {
            pinned &= merged.pin() != null;
            merged = (pinned ? blind.onPinned() : blind.change()).apply(merged);
        }
        blindChanges.clear();
        state = merged.withUsesOf(state);
        stored = base;
        storedAt = base.lastUsed();
        row = found != null;
        loaded = true;
    }

    Need need(Instant now) {
        if (!loaded || state.equals(stored)) {
            return Need.NOTHING;
        }
        if (state.differsInSubstance(stored)) {
            return Need.NOW;
        }
        if (!row) {
            return Need.NOTHING;
        }
        return now.isBefore(nextTouch()) ? Need.LATER : Need.NOW;
    }

    Instant nextTouch() {
        return storedAt.plus(TOUCH_INTERVAL);
    }

    /** The state is handed over to be written. */
    SessionState written(Instant now) {
        stored = state;
        storedAt = now;
        row = true;
        return state;
    }

    /** The row is handed over to be removed. */
    void deleted() {
        stored = SessionState.EMPTY;
        row = false;
    }

    void trace(RouteDecision decision) {
        decisions.addLast(codec.pack(decision));
        if (decisions.size() > MAX_DECISIONS) {
            decisions.removeFirst();
        }
    }

    /** The last decisions, newest last. */
    List<RouteDecision> decisions() {
        return decisions.stream().map(codec::unpack).toList();
    }
}
