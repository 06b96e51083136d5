package dev.switchboard.node.session;

import java.time.Duration;

/** Shows a session's times to the test that compares them with those of other rooms. */
public final class SessionTimes {
    public static final Duration SLOW_PATIENCE = SessionLoading.SLOW_PATIENCE;
    public static final Duration STOP_DEADLINE = SessionActor.STOP_DEADLINE;

    private SessionTimes() {}
}
