package dev.switchboard.node.routing;

import dev.switchboard.protocol.domain.FailureKind;
import dev.switchboard.protocol.domain.ProtectionLevel;
import dev.switchboard.protocol.session.SessionEffect.PinDrop;

/** The protection matrix: the only place that decides what a failure does to a conversation (behaviour.md §4). */
public final class Protection {
    private static final Verdict KEY_KEPT = new Verdict(false, Skip.KEY, PinDrop.KEEP);
    private static final Verdict KEY_UNPINNED = new Verdict(false, Skip.KEY, PinDrop.KEY_ONLY);
    private static final Verdict MODEL_KEPT = new Verdict(false, Skip.MODEL, PinDrop.KEEP);
    private static final Verdict MODEL_DROPPED = new Verdict(false, Skip.MODEL, PinDrop.IF_MODEL);
    private static final Verdict PLATFORM_KEPT = new Verdict(false, Skip.PLATFORM, PinDrop.KEEP);
    private static final Verdict PLATFORM_BANNED = new Verdict(true, Skip.PLATFORM, PinDrop.IF_PLATFORM);
    private static final Verdict UNTOUCHED = new Verdict(false, Skip.NOTHING, PinDrop.KEEP);

    private Protection() {}

    /**
     * What the matrix says.
     *
     * @param banPlatform whether the session bans the platform for its ban time
     * @param skip what the request no longer tries
     * @param pinDrop whether the session's pin goes
     */
    public record Verdict(boolean banPlatform, Skip skip, PinDrop pinDrop) {}

    /** The verdict on one failed attempt. Failures that are about the key or the request are the same at every level. */
    public static Verdict of(ProtectionLevel level, FailureKind kind) {
        return switch (kind) {
            case RATE_LIMITED -> KEY_KEPT;
            case AUTH -> KEY_UNPINNED;
            case CLIENT_FAULT -> PLATFORM_KEPT;
            case TOO_LARGE, NOT_JSON -> MODEL_KEPT;
            case CANCELLED -> UNTOUCHED;
            case MODEL_UNAVAILABLE, SERVER_ERROR, UNREACHABLE, TIMEOUT, STALLED, EMPTY, MALFORMED, BROKEN ->
                switch (level) {
                    case PROVIDER_BAN -> PLATFORM_BANNED;
                    case MODEL_SKIP -> MODEL_DROPPED;
                    case OFF -> KEY_KEPT;
                };
        };
    }

    /** Whether a failure says nothing of the model, only that it cannot serve this one request. */
    public static boolean isAboutTheRequest(FailureKind kind) {
        return switch (kind) {
            case CLIENT_FAULT, TOO_LARGE, NOT_JSON -> true;
            case RATE_LIMITED,
                    AUTH,
                    CANCELLED,
                    MODEL_UNAVAILABLE,
                    SERVER_ERROR,
                    UNREACHABLE,
                    TIMEOUT,
                    STALLED,
                    EMPTY,
                    MALFORMED,
                    BROKEN -> false;
        };
    }
}
