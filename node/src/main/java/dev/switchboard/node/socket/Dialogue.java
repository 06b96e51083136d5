package dev.switchboard.node.socket;

import akka.util.ByteString;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

/**
 * What is said on one connection while whole requests are answered as a whole, without a stream. Called on the connection's
 * event loop alone, by {@link DirectConnection}.
 */
public interface Dialogue {
    /** What was received since the last answer. */
    enum Heard {
        /** The beginning of a request that may be answered here. */
        PART,
        /** One whole request, to be answered next. */
        WHOLE,
        /** Something that a stream has to see, from its first byte on. */
        OTHER
    }

    /**
     * An answer.
     *
     * @param last whether the connection ends behind it
     */
    record Answer(byte[] head, ByteString body, boolean last) {}

    /** Judges the first {@code length} bytes, which are not changed afterwards. */
    Heard hear(byte[] received, int length);

    /** Answers the request that was heard last; completes on any thread. Where it fails the connection is closed. */
    CompletionStage<Answer> answer();

    /** The client will ask nothing more; {@code broken} where it takes no answer either. */
    void gone(boolean broken);

    /** How long a new connection may say nothing. */
    Duration firstPatience();

    /** How long one may after an answer. */
    Duration patience();
}
