package dev.switchboard.node.http;

import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpRequest;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Keeps other sites from using the cookie of somebody who is signed in. SameSite=Strict keeps it from other sites, but
 * not from other ports of the same host; so the browser's own word on the origin counts, and what changes something must
 * carry a header that no page can send elsewhere without being asked for first.
 */
final class SameSite {
    static final String HEADER = "X-Requested-With";

    private final List<String> trusted;

    /** {@code trusted} are origins that may act for somebody signed in; {@code *} trusts none. */
    SameSite(List<String> trusted) {
        this.trusted = trusted.stream().filter(origin -> !origin.equals("*")).toList();
    }

    /** Throws a 403 for a request of another site. */
    void requireSameOrigin(HttpRequest request) {
        if (!isSameOrigin(request)) {
            throw refused("This request comes from another site.");
        }
    }

    /** Throws a 403 for what changes something without the header. */
    void requireIntent(HttpRequest request) {
        String method = request.method().value();
        boolean reads = method.equals("GET") || method.equals("HEAD");
        if (!reads && value(request, HEADER) == null) {
            throw refused("A change with the sign-in cookie needs the header " + HEADER + ".");
        }
    }

    private boolean isSameOrigin(HttpRequest request) {
        String origin = value(request, "Origin");
        if (origin != null && trusted.contains(origin)) {
            return true;
        }
        String site = value(request, "Sec-Fetch-Site");
        if (site != null) {
            return site.equals("same-origin") || site.equals("none");
        }
        String host = value(request, "Host");
        return origin == null || (host != null && origin.endsWith("://" + host));
    }

    private static @Nullable String value(HttpRequest request, String name) {
        return request.getHeader(name).map(HttpHeader::value).orElse(null);
    }

    private static ApiError refused(String message) {
        return new ApiError(403, "authentication_error", "cross_site_request", null, message, Map.of());
    }
}
