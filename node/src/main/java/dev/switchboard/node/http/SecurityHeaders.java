package dev.switchboard.node.http;

import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.headers.RawHeader;
import java.util.ArrayList;
import java.util.List;

/** Headers of every answer that tell a browser what it may not do with it. A page's own policy stays. */
final class SecurityHeaders {
    private static final String POLICY = "Content-Security-Policy";
    private static final String CACHING = "Cache-Control";
    private static final HttpHeader NOTHING = RawHeader.create(POLICY, "default-src 'none'; frame-ancestors 'none'");
    private static final HttpHeader NO_STORE = RawHeader.create(CACHING, "no-store");
    private static final List<HttpHeader> ALWAYS = List.of(
            RawHeader.create("X-Content-Type-Options", "nosniff"),
            RawHeader.create("X-Frame-Options", "DENY"),
            RawHeader.create("Referrer-Policy", "no-referrer"),
            RawHeader.create("Cross-Origin-Resource-Policy", "same-origin"));
    private static final HttpHeader HSTS = RawHeader.create("Strict-Transport-Security", "max-age=31536000");

    private final List<HttpHeader> always;
    private final List<HttpHeader> withPolicy;

    /** {@code tls} where browsers are to come by TLS alone from now on, for a year. */
    SecurityHeaders(boolean tls) {
        List<HttpHeader> headers = new ArrayList<>(ALWAYS);
        if (tls) {
            headers.add(HSTS);
        }
        always = List.copyOf(headers);
        headers.add(NOTHING);
        withPolicy = List.copyOf(headers);
    }

    /** {@code secret} where the answer may hold what no cache should keep. */
    HttpResponse decorate(HttpResponse response, boolean secret) {
        HttpResponse done = response.addHeaders(response.getHeader(POLICY).isEmpty() ? withPolicy : always);
        return secret && done.getHeader(CACHING).isEmpty() ? done.addHeader(NO_STORE) : done;
    }
}
