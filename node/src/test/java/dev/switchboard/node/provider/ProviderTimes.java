package dev.switchboard.node.provider;

import java.time.Duration;

/** Shows a provider's times to the test that compares them with those of other rooms. */
public final class ProviderTimes {
    public static final Duration STOP_DEADLINE = ProviderStopping.DEADLINE;
    public static final Duration CLAIM_TIME = ProviderActor.CLAIM_TIME;
    public static final Duration ANNOUNCE_AGAIN = ProviderActor.ANNOUNCE_AGAIN;

    private ProviderTimes() {}
}
