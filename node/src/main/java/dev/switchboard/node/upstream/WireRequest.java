package dev.switchboard.node.upstream;

import akka.util.ByteString;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One HTTP request of a wire format: a POST of JSON where it has a body, else a GET. */
record WireRequest(String url, Map<String, String> headers, @Nullable ByteString body) {
    static WireRequest get(String url, Map<String, String> headers) {
        return new WireRequest(url, headers, null);
    }

    static Map<String, String> bearer(@Nullable String secret) {
        return secret == null ? Map.of() : Map.of("Authorization", "Bearer " + secret);
    }

    /** A text as part of a path: slashes stay, everything that is not plain is encoded. */
    static String path(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("%2F", "/")
                .replace("%40", "@")
                .replace("%3A", ":");
    }

    /** The same with a platform's own headers, which win. */
    WireRequest with(Map<String, String> platformHeaders) {
        if (platformHeaders.isEmpty()) {
            return this;
        }
        Map<String, String> all = new LinkedHashMap<>(headers);
        all.putAll(platformHeaders);
        return new WireRequest(url, all, body);
    }

    /** Without headers and body. */
    @Override
    public String toString() {
        return "WireRequest[" + url + "]";
    }
}
