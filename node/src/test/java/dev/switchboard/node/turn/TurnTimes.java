package dev.switchboard.node.turn;

import java.time.Duration;

/** Shows the times of a turn to the test that compares them with those of other rooms. */
public final class TurnTimes {
    public static final Duration FIRST_ASK = TurnOwners.FIRST_ASK;
    public static final Duration ASK = TurnOwners.ASK;
    public static final Duration PATIENCE = TurnOwners.PATIENCE;
    public static final Duration SESSION_PATIENCE = TurnOwners.SESSION_PATIENCE;
    public static final Duration QUIET = TurnGuardian.QUIET;

    private TurnTimes() {}
}
