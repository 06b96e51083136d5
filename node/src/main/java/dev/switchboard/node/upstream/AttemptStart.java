package dev.switchboard.node.upstream;

import akka.NotUsed;
import akka.stream.javadsl.Source;
import akka.util.ByteString;
import dev.switchboard.node.relay.RelayEvent;
import dev.switchboard.node.relay.StreamEnd;
import dev.switchboard.protocol.domain.Failure;
import dev.switchboard.protocol.domain.Usage;
import java.util.concurrent.CompletionStage;

/** How an attempt began; times are milliseconds since the attempt started. */
public sealed interface AttemptStart {
    /** Nothing of an answer came. */
    record Failed(Failure failure) implements AttemptStart {}

    /** Nothing was sent: the platform cannot express a field of the request. */
    record Refused(UnsupportedField field) implements AttemptStart {}

    /** The whole answer, as an OpenAI {@code chat.completion}. */
    record Answered(ByteString body, Usage usage, long ttfbMs, long totalMs) implements AttemptStart {}

    /**
     * A stream that has committed (behaviour.md §4). {@code events} is to be run once, within 30 s; it includes what was held
     * back, ends with Done or Failed and never fails. {@code end} completes exactly once, however the stream ends.
     */
    record Committed(Source<RelayEvent, NotUsed> events, CompletionStage<StreamEnd> end) implements AttemptStart {}
}
