package dev.switchboard.node.relay;

import akka.NotUsed;
import akka.stream.javadsl.Flow;
import akka.util.ByteString;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.switchboard.node.chat.Json;
import dev.switchboard.protocol.domain.Failure;
import dev.switchboard.protocol.domain.FailureKind;
import java.nio.charset.StandardCharsets;

/** An answer as the server-sent events of {@code /v1/chat/completions} (contract.md §3). */
public final class ChatFrames {
    /** The last frame of every stream. */
    public static final ByteString DONE = ByteString.fromString("data: [DONE]\n\n");

    /** A comment, sent into a silent stream. */
    public static final ByteString KEEP_ALIVE = ByteString.fromString(": keep-alive\n\n");

    private static final byte[] PREFIX = "data: ".getBytes(StandardCharsets.US_ASCII);

    private ChatFrames() {}

    /** Events to bytes of the response. */
    public static Flow<RelayEvent, ByteString, NotUsed> flow() {
        return Flow.of(RelayEvent.class).map(ChatFrames::frame).filter(ByteString::nonEmpty);
    }

    /** One event as bytes; empty for an event that clients do not see. */
    public static ByteString frame(RelayEvent event) {
        if (event instanceof RelayEvent.Chunk chunk) {
            return data(chunk.json());
        }
        if (event instanceof RelayEvent.Failed failed) {
            return failure(failed.failure());
        }
        return event == RelayEvent.Done.DONE ? DONE : ByteString.emptyByteString();
    }

    /** The error frame and {@code [DONE]} for an answer that broke. */
    public static ByteString failure(Failure failure) {
        String type = failure.kind() == FailureKind.STALLED ? "stream_timeout" : "stream_error";
        return error(failure.message(), type, failure.kind().wire());
    }

    /** An error frame and {@code [DONE]}. */
    public static ByteString error(String message, String type, String code) {
        ObjectNode root = Json.object();
        root.putObject("error")
                .put("message", message)
                .put("type", type)
                .put("code", code)
                .putNull("param");
        return data(Json.bytes(root)).concat(DONE);
    }

    /** One JSON value as an event. */
    public static ByteString data(ByteString json) {
        int length = json.length();
        byte[] frame = new byte[PREFIX.length + length + 2];
        System.arraycopy(PREFIX, 0, frame, 0, PREFIX.length);
        json.asByteBuffer().get(frame, PREFIX.length, length);
        for (int i = PREFIX.length; i < PREFIX.length + length; i++) {
            // A line break between JSON tokens would end the event's line.
            if (frame[i] == '\n' || frame[i] == '\r') {
                frame[i] = ' ';
            }
        }
        frame[frame.length - 2] = '\n';
        frame[frame.length - 1] = '\n';
        return ByteString.fromArrayUnsafe(frame);
    }
}
