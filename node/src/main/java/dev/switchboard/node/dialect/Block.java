package dev.switchboard.node.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/** One part of an answer, in the order in which it was said. */
public sealed interface Block {
    /**
     * What the model thought before it spoke.
     *
     * @param text empty where the provider shows nothing of it
     * @param opaque what the provider wants to see again (see {@code OpaqueReasoning}); null for nothing, or not yet known
     */
    record Thought(String text, @Nullable JsonNode opaque) implements Block {
        /** Whether there is nothing to read. */
        public boolean hidden() {
            return text.isEmpty() && opaque != null;
        }
    }

    /** What the model says. */
    record Text(String text) implements Block {}

    /** Why the model will not say it. */
    record Refusal(String text) implements Block {}

    /**
     * A tool the client is to call.
     *
     * @param arguments JSON as the model wrote it, which may be malformed; empty where there are none
     * @param extra what the provider wants to see again with the call, such as its signature
     */
    record Call(String id, String name, String arguments, @Nullable JsonNode extra) implements Block {}
}
