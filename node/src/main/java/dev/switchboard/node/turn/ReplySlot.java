package dev.switchboard.node.turn;

import dev.switchboard.protocol.domain.SessionKey;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Gives the reply exactly once; after early headers it arrives in their second half. */
final class ReplySlot {
    private final CompletableFuture<TurnReply> promise;
    private @Nullable CompletableFuture<TurnReply> later;

    ReplySlot(CompletableFuture<TurnReply> promise) {
        this.promise = promise;
    }

    void give(TurnReply reply) {
        (later == null ? promise : later).complete(reply);
    }

    void giveEarly(SessionKey session) {
        if (later == null && !promise.isDone()) {
            later = new CompletableFuture<>();
            promise.complete(new TurnReply.Early(session, later));
        }
    }
}
