package dev.switchboard.node.dialect;

import akka.util.ByteString;
import dev.switchboard.node.relay.RelayEvent;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** One answer in the words of one dialect (contract.md §3). An instance serves one request and is not thread-safe. */
public interface Rendering {
    /** No answer, told after headers have gone out; the fields of the error object. */
    record Refused(int status, String type, @Nullable String code, String message) {}

    /** The body of a whole answer; {@code completion} is a chat completion as JSON. */
    ByteString answer(ByteString completion);

    /** What the client sees of one event of a stream; empty where it sees nothing. */
    ByteString frame(RelayEvent event);

    /** The last bytes of a stream that never had an answer. */
    ByteString refused(Refused refusal);

    /** What is sent into a silent stream. */
    ByteString keepAlive();

    /**
     * What a complete stream ends with, held back until it is true everywhere; a whole answer leaves when this is done.
     * Nothing for most dialects. Never fails.
     */
    default CompletionStage<ByteString> last() {
        return CompletableFuture.completedStage(ByteString.emptyByteString());
    }
}
