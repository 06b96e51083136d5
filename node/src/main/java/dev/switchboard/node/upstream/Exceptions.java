package dev.switchboard.node.upstream;

import dev.switchboard.node.relay.StallGuard;
import dev.switchboard.node.relay.sse.SseTooLarge;
import dev.switchboard.protocol.domain.Failure;
import dev.switchboard.protocol.domain.FailureKind;
import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.codec.compression.DecompressionException;
import io.netty.handler.proxy.ProxyConnectException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** What the HTTP client's exceptions mean; their own words, which name hosts and ports, are not repeated. */
final class Exceptions {
    private static final Failure NOT_HTTP = Failure.of(FailureKind.MALFORMED, "The provider's response is not HTTP.");

    private Exceptions() {}

    /** Before the response's headers were there. */
    static Failure beforeResponse(Throwable thrown) {
        Abandoned abandoned = find(thrown, Abandoned.class);
        if (abandoned != null) {
            return abandoned.failure();
        }
        if (isNotHttp(thrown)) {
            return NOT_HTTP;
        }
        Outbound.Forbidden forbidden = forbidden(thrown);
        if (forbidden != null) {
            return Failure.of(FailureKind.UNREACHABLE, forbidden.text());
        }
        if (find(thrown, ProxyConnectException.class) != null) {
            return Failure.of(FailureKind.UNREACHABLE, "The outbound proxy did not connect to the provider.");
        }
        UnusableKey key = find(thrown, UnusableKey.class);
        if (key != null) {
            return Failure.of(FailureKind.AUTH, key.text());
        }
        if (find(thrown, UnknownHostException.class) != null) {
            return Failure.of(FailureKind.UNREACHABLE, "The provider's host name is unknown.");
        }
        if (find(thrown, ConnectException.class) != null && find(thrown, ConnectTimeoutException.class) == null) {
            return Failure.of(FailureKind.UNREACHABLE, "The provider refused the connection.");
        }
        if (find(thrown, SSLException.class) != null) {
            return Failure.of(FailureKind.UNREACHABLE, "A secure connection to the provider failed.");
        }
        return Failure.of(FailureKind.UNREACHABLE, "The connection to the provider failed.");
    }

    /** After the headers, while the body came. */
    static Failure inBody(Throwable thrown) {
        Abandoned abandoned = find(thrown, Abandoned.class);
        if (abandoned != null) {
            return abandoned.failure();
        }
        if (find(thrown, StallGuard.Stalled.class) != null || find(thrown, TimeoutException.class) != null) {
            return Failure.of(FailureKind.STALLED, "The provider stopped sending.");
        }
        if (isTooLarge(thrown)) {
            return Failure.of(FailureKind.MALFORMED, "The provider's answer is too large.");
        }
        if (isNotHttp(thrown)) {
            return NOT_HTTP;
        }
        if (find(thrown, DecompressionException.class) != null) {
            return Failure.of(FailureKind.MALFORMED, "The provider's answer cannot be decompressed.");
        }
        return Failure.of(FailureKind.BROKEN, "The connection broke before the answer was complete.");
    }

    private static boolean isNotHttp(Throwable thrown) {
        return find(thrown, HttpConnection.NotHttp.class) != null;
    }

    /** Whether a body was larger than allowed. */
    static boolean isTooLarge(Throwable thrown) {
        return find(thrown, SseTooLarge.class) != null || find(thrown, TooLarge.class) != null;
    }

    /** The rule against the address, where that is why nothing was connected to. */
    static Outbound.@Nullable Forbidden forbidden(Throwable thrown) {
        return find(thrown, Outbound.Forbidden.class);
    }

    private static <T extends Throwable> @Nullable T find(Throwable thrown, Class<T> type) {
        Throwable at = thrown;
        for (int depth = 0; at != null && depth < 20; depth++) {
            if (type.isInstance(at)) {
                return type.cast(at);
            }
            at = at.getCause();
        }
        return null;
    }
}
