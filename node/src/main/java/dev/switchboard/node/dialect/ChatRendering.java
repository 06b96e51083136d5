package dev.switchboard.node.dialect;

import akka.util.ByteString;
import dev.switchboard.node.relay.ChatFrames;
import dev.switchboard.node.relay.RelayEvent;

/** Chat completions: upstream's own bytes wherever nothing has to change. */
public final class ChatRendering implements Rendering {
    /** Keeps no state. */
    public static final ChatRendering INSTANCE = new ChatRendering();

    private ChatRendering() {}

    @Override
    public ByteString answer(ByteString completion) {
        return completion;
    }

    @Override
    public ByteString frame(RelayEvent event) {
        return ChatFrames.frame(event);
    }

    @Override
    public ByteString refused(Refused refusal) {
        return error(refusal);
    }

    /** The error frame of a refusal: {@code stream_timeout} for a 504, {@code stream_error} for all else. */
    public static ByteString error(Refused refusal) {
        String type = refusal.status() == 504 ? "stream_timeout" : "stream_error";
        return ChatFrames.error(refusal.message(), type, refusal.code() == null ? refusal.type() : refusal.code());
    }

    @Override
    public ByteString keepAlive() {
        return ChatFrames.KEEP_ALIVE;
    }
}
