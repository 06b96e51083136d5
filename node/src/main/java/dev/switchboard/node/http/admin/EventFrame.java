package dev.switchboard.node.http.admin;

import akka.util.ByteString;
import dev.switchboard.node.http.Json;

/** One server-sent event: {@code event: name}, {@code data: json}. */
record EventFrame(String name, Object data) {
    static final ByteString KEEP_ALIVE = ByteString.fromString(": keep-alive\n\n");
    static final ByteString HELLO = ByteString.fromString(": connected\n\n");

    ByteString bytes() {
        return ByteString.fromString("event: " + name + "\ndata: ")
                .concat(Json.bytes(data))
                .concat(ByteString.fromString("\n\n"));
    }
}
