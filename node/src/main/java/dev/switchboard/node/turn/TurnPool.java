package dev.switchboard.node.turn;

import akka.actor.typed.ActorRef;
import dev.switchboard.protocol.turn.TurnMessage;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The actors of this node that wait for a turn, and the count of turns that run; thread-safe. An actor that has served a
 * turn serves the next one: starting, watching and stopping one for each would cost more than all that it does.
 */
final class TurnPool {
    /** More actors than this do not wait: they are a past rush, at about a kilobyte each. */
    static final int MOST_IDLE = 512;

    private final ConcurrentLinkedDeque<ActorRef<TurnMessage>> idle = new ConcurrentLinkedDeque<>();
    private final AtomicInteger idleCount = new AtomicInteger();
    private final AtomicInteger running = new AtomicInteger();
    private volatile boolean closed;
    private volatile long lastBegun = Long.MIN_VALUE;

    /** A turn is about to begin; false once the pool is closed. Every true is followed by one {@link #end}. */
    boolean begin() {
        running.incrementAndGet();
        if (closed) {
            return false;
        }
        lastBegun = System.nanoTime();
        return true;
    }

    /** A turn has ended, or was not begun; whether that was the last one of a closed pool. */
    boolean end() {
        return running.decrementAndGet() == 0 && closed;
    }

    /** From now on no turn begins. */
    void close() {
        closed = true;
    }

    /** Whether the pool is closed and no turn runs. */
    boolean isDrained() {
        return closed && running.get() == 0;
    }

    /** Whether a turn has begun within the last {@code nanos}. */
    boolean hasBegunWithin(long nanos) {
        long last = lastBegun;
        return last != Long.MIN_VALUE && System.nanoTime() - last < nanos;
    }

    /** An actor that waits, the one that ended last since its data are still in the caches; null where none does. */
    @Nullable
    ActorRef<TurnMessage> take() {
        ActorRef<TurnMessage> actor = idle.pollFirst();
        if (actor != null) {
            idleCount.decrementAndGet();
        }
        return actor;
    }

    /** The actor waits for its next turn; false where enough wait, then it should stop. */
    boolean offer(ActorRef<TurnMessage> actor) {
        if (idleCount.incrementAndGet() > MOST_IDLE) {
            idleCount.decrementAndGet();
            return false;
        }
        idle.addFirst(actor);
        return true;
    }
}
