package dev.switchboard.protocol.domain;

import java.time.Duration;

/** Times as people write them. */
public final class Times {
    private Times() {}

    /** A time in whole seconds where it is that, else in milliseconds: {@code 60s}, {@code 1500ms}. */
    public static String text(Duration time) {
        long ms = time.toMillis();
        return ms % 1000 == 0 ? ms / 1000 + "s" : ms + "ms";
    }
}
