package dev.switchboard.node.upstream;

import akka.util.ByteString;

/** The mark that some encoders put in front of UTF-8, and no reader of JSON takes. */
final class ByteOrderMark {
    private static final ByteString MARK = ByteString.fromInts(0xEF, 0xBB, 0xBF);

    private ByteOrderMark() {}

    /** Whether it may be one of the mark's bytes. */
    static boolean holds(byte one) {
        return one == MARK.apply(0) || one == MARK.apply(1) || one == MARK.apply(2);
    }

    /** The text without it. */
    static ByteString off(ByteString text) {
        boolean marked = !text.isEmpty()
                && text.head() == MARK.apply(0)
                && text.take(MARK.length()).equals(MARK);
        return marked ? text.drop(MARK.length()) : text;
    }
}
