package dev.switchboard.node.turn;

import dev.switchboard.protocol.domain.SessionKey;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Gives the reply exactly once; after early headers it arrives in their second half. Keeps nothing of what it gave. */
final class ReplySlot {
    private @Nullable CompletableFuture<TurnReply> open;
    private boolean early;

    ReplySlot(CompletableFuture<TurnReply> promise) {
        this.open = promise;
    }

    void give(TurnReply reply) {
        CompletableFuture<TurnReply> promise = open;
        if (promise != null) {
            open = null;
            promise.complete(reply);
        }
    }

    void giveEarly(SessionKey session) {
        CompletableFuture<TurnReply> promise = open;
        if (promise != null && !early) {
            early = true;
            CompletableFuture<TurnReply> later = new CompletableFuture<>();
            open = later;
            promise.complete(new TurnReply.Early(session, later));
        }
    }
}
