package dev.switchboard.node.statistics;

import akka.NotUsed;
import akka.actor.typed.ActorSystem;
import akka.japi.Pair;
import akka.stream.BoundedSourceQueue;
import akka.stream.OverflowStrategy;
import akka.stream.javadsl.BroadcastHub;
import akka.stream.javadsl.Keep;
import akka.stream.javadsl.Source;
import dev.switchboard.protocol.statistics.StatisticsCommand.RequestEnded;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;

/** The newest requests of this node, and a broadcast of those to come that never waits for a subscriber. */
final class RequestRing {
    /** Requests kept. */
    static final int SIZE = 200;

    private static final int QUEUE = 1024;
    private static final int HUB = 256;

    private final Deque<RequestEnded> newest = new ArrayDeque<>(SIZE);
    private final BoundedSourceQueue<RequestEnded> queue;
    private final Source<RequestEnded, NotUsed> hub;

    /** The broadcast runs as long as the system. */
    RequestRing(ActorSystem<?> system) {
        Pair<BoundedSourceQueue<RequestEnded>, Source<RequestEnded, NotUsed>> running = Source.<RequestEnded>queue(
                        QUEUE)
                .toMat(BroadcastHub.of(RequestEnded.class, HUB), Keep.both())
                .run(system);
        this.queue = running.first();
        this.hub = running.second();
    }

    /** Keeps the request and offers it to every subscriber. */
    void add(RequestEnded request) {
        synchronized (newest) {
            if (newest.size() == SIZE) {
                newest.removeFirst();
            }
            newest.addLast(request);
        }
        queue.offer(request);
    }

    /** The newest requests, newest first. */
    List<RequestEnded> recent() {
        List<RequestEnded> copy;
        synchronized (newest) {
            copy = new ArrayList<>(newest);
        }
        Collections.reverse(copy);
        return copy;
    }

    /** Requests from now on; a subscriber that lags by more than 256 misses the oldest of them. */
    Source<RequestEnded, NotUsed> subscribe() {
        return hub.buffer(HUB, OverflowStrategy.dropHead());
    }
}
