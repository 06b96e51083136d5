package dev.switchboard.node.simulator;

import akka.NotUsed;
import akka.stream.javadsl.Source;
import akka.util.ByteString;

/**
 * A reply and the fault it goes out with.
 *
 * @param fullLength bytes a strict body would have had, uncut
 */
record Ordered(Reply reply, Fault fault, int fullLength) {
    static Ordered plain(Reply reply) {
        return new Ordered(reply, Fault.NONE, 0);
    }

    /** The body's bytes, compressed and split as ordered. */
    Source<ByteString, NotUsed> body() {
        Source<ByteString, NotUsed> bytes = Steps.source(reply.body());
        if (fault.isNone()) {
            return bytes;
        }
        if (fault.has(FaultWord.GZIP) && !reply.whole()) {
            bytes = Steps.gzip(bytes);
        }
        return fault.has(FaultWord.SPLIT) ? Steps.split(bytes, fault.number(FaultWord.SPLIT, 1)) : bytes;
    }
}
