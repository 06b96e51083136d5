package dev.switchboard.node.http.admin;

import akka.NotUsed;
import akka.actor.typed.ActorSystem;
import akka.japi.Pair;
import akka.stream.BoundedSourceQueue;
import akka.stream.OverflowStrategy;
import akka.stream.javadsl.BroadcastHub;
import akka.stream.javadsl.Keep;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.Source;
import akka.util.ByteString;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/** Hands events to every listener of this node; a slow one misses the oldest and costs bounded memory. Thread-safe. */
final class EventBroadcast {
    private static final int QUEUE = 256;
    private static final int HUB = 64;
    private static final int BEHIND = 256;
    private static final Duration KEEP_ALIVE = Duration.ofSeconds(15);

    private final AtomicInteger listeners = new AtomicInteger();
    private final BoundedSourceQueue<ByteString> queue;
    private final Source<ByteString, NotUsed> hub;

    /** Runs as long as the system. */
    EventBroadcast(ActorSystem<?> system) {
        Pair<BoundedSourceQueue<ByteString>, Source<ByteString, NotUsed>> running = Source.<ByteString>queue(QUEUE)
                .toMat(BroadcastHub.of(ByteString.class, HUB), Keep.both())
                .run(system);
        this.queue = running.first();
        this.hub = running.second();
        // Without any consumer the hub would keep old events for the first one.
        hub.runWith(Sink.ignore(), system);
    }

    boolean hasListeners() {
        return listeners.get() > 0;
    }

    void send(EventFrame frame) {
        if (hasListeners()) {
            queue.offer(frame.bytes());
        }
    }

    /** Events from now on, with a first comment at once and one in each 15 s of silence. */
    Source<ByteString, NotUsed> listen() {
        return Source.<ByteString, NotUsed>fromMaterializer((materializer, attributes) -> {
                    listeners.incrementAndGet();
                    return hub.watchTermination((notUsed, done) -> {
                        done.whenCompleteAsync((ok, failure) -> listeners.decrementAndGet(), Runnable::run);
                        return notUsed;
                    });
                })
                .mapMaterializedValue(future -> NotUsed.getInstance())
                .buffer(BEHIND, OverflowStrategy.dropHead())
                .prepend(Source.single(EventFrame.HELLO))
                .keepAlive(KEEP_ALIVE, () -> EventFrame.KEEP_ALIVE);
    }
}
