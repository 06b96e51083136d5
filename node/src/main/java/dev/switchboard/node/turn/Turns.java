package dev.switchboard.node.turn;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Props;
import dev.switchboard.node.socket.EventLoops;
import dev.switchboard.protocol.turn.TurnMessage;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The door to the turns of this node. */
public final class Turns {
    private final TurnPool pool;
    private final ActorRef<TurnGuardian.Command> guardian;

    Turns(TurnPool pool, ActorRef<TurnGuardian.Command> guardian) {
        this.pool = pool;
        this.guardian = guardian;
    }

    /** Starts the guardian of this node's turns. */
    public static Turns start(ActorSystem<?> system, TurnServices services) {
        TurnPool pool = new TurnPool();
        return new Turns(pool, system.systemActorOf(TurnGuardian.create(services, pool), "turns", Props.empty()));
    }

    /** The parent of the turns. */
    public ActorRef<TurnGuardian.Command> guardian() {
        return guardian;
    }

    /** Runs one request; the stage never fails. */
    public CompletionStage<TurnReply> run(TurnRequest request) {
        CompletableFuture<TurnReply> promise = new CompletableFuture<>();
        if (!pool.begin()) {
            if (pool.end()) {
                guardian.tell(TurnGuardian.Drained.INSTANCE);
            }
            promise.complete(TurnReply.Refusal.STOPPING);
            request.whenOver().run();
            return promise;
        }
        TurnEvent.Begin begin = new TurnEvent.Begin(request, promise, EventLoops.here());
        ActorRef<TurnMessage> actor = pool.take();
        if (actor == null) {
            guardian.tell(new TurnGuardian.Start(begin));
        } else {
            actor.tell(begin);
        }
        return promise;
    }
}
