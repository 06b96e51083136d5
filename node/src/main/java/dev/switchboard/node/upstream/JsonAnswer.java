package dev.switchboard.node.upstream;

import akka.util.ByteString;
import dev.switchboard.protocol.domain.Failure;
import dev.switchboard.protocol.domain.Usage;

/** What a whole JSON answer turned out to be. */
sealed interface JsonAnswer {
    /** An OpenAI {@code chat.completion}. */
    record Complete(ByteString body, Usage usage) implements JsonAnswer {}

    /** An error, an empty answer or something that is no answer. */
    record Unusable(Failure failure) implements JsonAnswer {}
}
