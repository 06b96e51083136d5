package dev.switchboard.node.sharding;

import akka.actor.typed.ActorRef;
import dev.switchboard.node.socket.EventLoops;
import java.io.ByteArrayOutputStream;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * The way to another node's {@link Courier}. A letter leaves behind what the sending thread has to do anyway, with all that
 * were sent meanwhile; where there are so many that a pause of {@link #PAUSE_NANOS} brings several together, after that
 * pause. Thread-safe.
 */
final class Peer {
    /** Between two parcels to a busy node. A parcel costs both nodes about as much as a request, whatever it holds. */
    static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    /** A pause is worth its wait from two letters in a parcel on. */
    private static final int BUSY = 20;

    private static final long LOOK_NANOS = 10 * PAUSE_NANOS;

    /** Far below remoting's largest frame. */
    static final int MOST_BYTES = 128 * 1024;

    private final String self;
    private final ActorRef<Parcel> courier;
    private final EventLoops loops;
    private final Consumer<byte[]> undeliverable;
    private final Queue<byte[]> letters = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean due = new AtomicBoolean();
    private volatile long lastSent = System.nanoTime() - PAUSE_NANOS;
    private final AtomicInteger sinceLook = new AtomicInteger();
    private volatile long lastLook = System.nanoTime();
    private volatile boolean busy;
    private volatile boolean gone;

    /**
     * The way from one courier to another.
     *
     * @param self the name of the sending one
     * @param undeliverable takes the letters that wait when the other one is gone
     */
    Peer(String self, ActorRef<Parcel> courier, EventLoops loops, Consumer<byte[]> undeliverable) {
        this.self = self;
        this.courier = courier;
        this.loops = loops;
        this.undeliverable = undeliverable;
    }

    boolean isGone() {
        return gone;
    }

    /** Sends one letter of at most {@link #MOST_BYTES}, after those before it. */
    void send(byte[] letter) {
        letters.add(letter);
        sinceLook.incrementAndGet();
        if (gone) {
            giveBack();
        } else {
            sendSoon();
        }
    }

    /** Nothing more is sent to it. */
    void leaves() {
        gone = true;
        giveBack();
    }

    private void giveBack() {
        for (byte[] letter = letters.poll(); letter != null; letter = letters.poll()) {
            undeliverable.accept(letter);
        }
    }

    private void sendSoon() {
        if (!due.compareAndSet(false, true)) {
            return;
        }
        long now = System.nanoTime();
        long wait = isBusy(now) ? PAUSE_NANOS - (now - lastSent) : 0;
        loops.execute(this::sendAll, wait);
    }

    /** Whether letters come so fast; looked at now and then, so threads may look at once. */
    private boolean isBusy(long now) {
        long lasted = now - lastLook;
        if (lasted >= LOOK_NANOS) {
            lastLook = now;
            busy = sinceLook.getAndSet(0) * LOOK_NANOS / lasted >= BUSY;
        }
        return busy;
    }

    private void sendAll() {
        lastSent = System.nanoTime();
        try {
            ByteArrayOutputStream parcel = new ByteArrayOutputStream();
            for (byte[] letter = letters.poll(); letter != null; letter = letters.poll()) {
                if (parcel.size() + letter.length > MOST_BYTES) {
                    courier.tell(new Parcel(self, parcel.toByteArray()));
                    parcel.reset();
                }
                parcel.writeBytes(letter);
            }
            if (parcel.size() > 0) {
                courier.tell(new Parcel(self, parcel.toByteArray()));
            }
        } finally {
            due.set(false);
        }
        if (!letters.isEmpty()) {
            sendSoon();
        }
    }
}
