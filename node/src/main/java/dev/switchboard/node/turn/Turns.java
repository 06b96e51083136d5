package dev.switchboard.node.turn;

import akka.actor.typed.ActorRef;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The door to the turns of this node. */
public final class Turns {
    private final ActorRef<TurnGuardian.Command> guardian;

    /** {@code guardian} is this node's {@link TurnGuardian}. */
    public Turns(ActorRef<TurnGuardian.Command> guardian) {
        this.guardian = guardian;
    }

    /** Runs one request; the stage never fails. */
    public CompletionStage<TurnReply> run(TurnRequest request) {
        CompletableFuture<TurnReply> promise = new CompletableFuture<>();
        guardian.tell(new TurnGuardian.Start(request, promise));
        return promise;
    }
}
