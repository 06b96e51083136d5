package dev.switchboard.node.relay;

import akka.util.ByteString;
import dev.switchboard.protocol.domain.Failure;

/** What flows from an upstream answer to the client, in OpenAI's streaming shape. */
public sealed interface RelayEvent {
    /** One {@code chat.completion.chunk}; the bytes are upstream's own where nothing had to change. */
    record Chunk(ByteString json, ChunkFacts facts) implements RelayEvent {}

    /** The answer broke; nothing follows. */
    record Failed(Failure failure) implements RelayEvent {}

    /** The answer is complete; nothing follows. */
    enum Done implements RelayEvent {
        DONE
    }

    /** An upstream event that could not be read; only counted. */
    enum Skipped implements RelayEvent {
        SKIPPED
    }
}
