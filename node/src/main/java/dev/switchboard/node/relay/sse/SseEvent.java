package dev.switchboard.node.relay.sse;

import akka.util.ByteString;

/** One server-sent event: its type ({@code message} unless named) and its data, lines joined by a line feed. */
public record SseEvent(String type, ByteString data) {
    /** The type of an event that names none. */
    public static final String MESSAGE = "message";
}
