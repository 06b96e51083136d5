package dev.switchboard.node.http;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;

/**
 * Keeps Akka's line of a connection that we ended ourselves out of the log: it is an error without a request id, and ours
 * tells the same with it. Named in logback.xml.
 */
public final class KnownEnds extends TurboFilter {
    @Override
    public FilterReply decide(
            @Nullable Marker marker,
            Logger logger,
            Level level,
            @Nullable String format,
            Object @Nullable [] params,
            @Nullable Throwable t) {
        return t instanceof ClientConnection.TooSlowException ? FilterReply.DENY : FilterReply.NEUTRAL;
    }
}
