package dev.switchboard.node.http;

import akka.util.ByteString;
import java.util.function.LongConsumer;

/**
 * Counts a request's body of unknown length. What comes above the limit is passed over, kept nowhere, as {@link UnreadBody}
 * does and for its reason; by the stream's thread, but for {@link #isExceeded}, which is asked after the stream.
 */
final class BodyMeter {
    private final long most;
    private final LongConsumer hold;
    private long taken;
    private long exceededAt;
    private boolean exceeded;

    /** {@code hold} takes room for so many bytes more, or throws. */
    BodyMeter(long most, LongConsumer hold) {
        this.most = most;
        this.hold = hold;
    }

    /** The part, if it is within the limit, else nothing; throws when enough was passed over. */
    ByteString take(ByteString part) {
        taken += part.size();
        if (taken <= most) {
            hold.accept(part.size());
            return part;
        }
        long now = System.nanoTime();
        if (!exceeded) {
            exceeded = true;
            exceededAt = now;
        }
        if (taken - most > UnreadBody.MOST || now - exceededAt > UnreadBody.LONGEST.toNanos()) {
            throw new IllegalStateException("more than is passed over");
        }
        return ByteString.emptyByteString();
    }

    /** Whether the body was larger than the limit. */
    boolean isExceeded() {
        return exceeded;
    }
}
