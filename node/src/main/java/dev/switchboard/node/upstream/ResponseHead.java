package dev.switchboard.node.upstream;

import io.netty.handler.codec.http.HttpHeaders;
import java.util.Iterator;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Status and headers of a response whose body is still to come. */
record ResponseHead(int status, HttpHeaders headers) {
    private static final String UNTOLD = "application/octet-stream";

    /** A header's value, null where it is not there. */
    @Nullable
    String header(String name) {
        return headers.get(name);
    }

    /** Whether there is a header whose name begins so; {@code prefix} is in lower case. */
    boolean hasAny(String prefix) {
        Iterator<Map.Entry<CharSequence, CharSequence>> all = headers.iteratorCharSequence();
        while (all.hasNext()) {
            String name = all.next().getKey().toString();
            if (name.regionMatches(true, 0, prefix, 0, prefix.length())) {
                return true;
            }
        }
        return false;
    }

    /** The media type without parameters, in lower case. */
    String mediaType() {
        String type = headers.get("content-type");
        if (type == null || type.isBlank()) {
            return UNTOLD;
        }
        int end = type.indexOf(';');
        return (end < 0 ? type : type.substring(0, end)).trim().toLowerCase(Locale.ROOT);
    }

    /** The content encoding in lower case, empty where there is none. */
    String encoding() {
        String name = headers.get("content-encoding");
        return name == null || name.equalsIgnoreCase("identity")
                ? ""
                : name.trim().toLowerCase(Locale.ROOT);
    }

    /** The declared length of the body in bytes, -1 where there is none. */
    long length() {
        String length = headers.get("content-length");
        try {
            return length == null ? -1 : Long.parseLong(length.trim());
        } catch (NumberFormatException e) {
            return -1;
        }
    }
}
