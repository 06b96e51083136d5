package dev.switchboard.protocol.cluster;

import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.domain.SessionKey;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A request being served; {@code model} is null before the first lease, {@code chunks} counts events sent on. */
public record InFlightRequest(
        String requestId,
        @Nullable ModelRef model,
        SessionKey session,
        String node,
        Instant startedAt,
        boolean stream,
        long chunks) {}
