package dev.switchboard.node.simulator;

import akka.util.ByteString;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A response before it goes on the wire.
 *
 * @param whole whether the body is one strict piece; else it is streamed
 */
record Reply(int status, String contentType, List<Map.Entry<String, String>> headers, List<Step> body, boolean whole) {
    static final String JSON = "application/json";
    static final String HTML = "text/html; charset=utf-8";
    static final String SSE = "text/event-stream; charset=utf-8";

    static Reply json(int status, String body) {
        return of(status, JSON, body);
    }

    static Reply of(int status, String contentType, String body) {
        return whole(status, contentType, ByteString.fromArrayUnsafe(body.getBytes(StandardCharsets.UTF_8)));
    }

    static Reply whole(int status, String contentType, ByteString body) {
        return new Reply(status, contentType, List.of(), List.of(new Step.Emit(body)), true);
    }

    static Reply stream(int status, String contentType, List<Step> body) {
        return new Reply(status, contentType, List.of(), body, false);
    }

    Reply withHeaders(List<Map.Entry<String, String>> more) {
        List<Map.Entry<String, String>> all = new ArrayList<>(headers);
        all.addAll(more);
        return new Reply(status, contentType, all, body, whole);
    }

    Reply withBody(List<Step> newBody, boolean isWhole) {
        return new Reply(status, contentType, headers, newBody, isWhole);
    }

    /** The bytes of a strict body. */
    ByteString bytes() {
        ByteString all = ByteString.emptyByteString();
        for (Step step : body) {
            if (step instanceof Step.Emit emit) {
                all = all.concat(emit.bytes());
            }
        }
        return all;
    }
}
