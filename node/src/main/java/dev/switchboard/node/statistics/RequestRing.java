package dev.switchboard.node.statistics;

import dev.switchboard.protocol.statistics.StatisticsCommand.RequestEnded;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** The newest requests of this node, and who is told of those to come. Thread-safe. */
final class RequestRing {
    /** Requests kept. */
    static final int SIZE = 200;

    private final Deque<RequestEnded> newest = new ArrayDeque<>(SIZE);
    private final List<Consumer<RequestEnded>> followers = new CopyOnWriteArrayList<>();

    /** Keeps the request and tells the followers, one request after the other as they are added. */
    void add(RequestEnded request) {
        synchronized (newest) {
            if (newest.size() == SIZE) {
                newest.removeFirst();
            }
            newest.addLast(request);
        }
        followers.forEach(follower -> follower.accept(request));
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

    /** Tells of every request from now on. */
    void follow(Consumer<RequestEnded> follower) {
        followers.add(follower);
    }
}
