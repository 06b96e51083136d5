package dev.switchboard.node.http;

import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.headers.RawHeader;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Cross-origin rules: only listed origins, and the headers of contract.md §3 exposed. */
public final class Cors {
    private static final String EXPOSED = "X-Request-Id, X-Routed-Via, X-Fallback-Attempts, X-Session-Key, "
            + "X-Session-Status, Retry-After, x-should-retry";

    private final List<String> origins;

    /** {@code *} allows every origin. */
    public Cors(List<String> origins) {
        this.origins = List.copyOf(origins);
    }

    HttpResponse preflight() {
        return HttpResponse.create()
                .withStatus(204)
                .addHeader(RawHeader.create("Access-Control-Allow-Methods", "GET, POST, PUT, PATCH, DELETE"))
                .addHeader(
                        RawHeader.create("Access-Control-Allow-Headers", "*, Authorization, Content-Type, x-api-key"))
                .addHeader(RawHeader.create("Access-Control-Max-Age", "600"));
    }

    HttpResponse decorate(HttpResponse response, @Nullable String origin) {
        if (!origins.isEmpty()) {
            response = response.addHeader(RawHeader.create("Vary", "Origin"));
        }
        if (origin == null || !(origins.contains(origin) || origins.contains("*"))) {
            return response;
        }
        return response.addHeader(RawHeader.create("Access-Control-Allow-Origin", origin))
                .addHeader(RawHeader.create("Access-Control-Expose-Headers", EXPOSED));
    }
}
