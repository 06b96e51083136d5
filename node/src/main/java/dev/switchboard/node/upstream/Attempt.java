package dev.switchboard.node.upstream;

import dev.switchboard.protocol.domain.Limits;
import java.util.concurrent.CompletionStage;

/** One attempt at one upstream call. */
public interface Attempt {
    /**
     * Sends the request; call it once. Completes when the answer is there, has committed or has failed, and never fails
     * exceptionally.
     */
    CompletionStage<AttemptStart> start();

    /**
     * Gives the attempt up in any phase: the upstream connection is closed within a second, a start that is still awaited
     * becomes a failure of kind CANCELLED, and so does the end of a committed stream. Repeating it does nothing.
     */
    void cancel();

    /** The limits that the provider stated in its answer, once the start is complete; what it did not name is null. */
    default Limits statedLimits() {
        return Limits.NONE;
    }
}
