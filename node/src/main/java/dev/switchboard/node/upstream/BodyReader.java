package dev.switchboard.node.upstream;

import akka.util.ByteString;

/** Takes the body of a response as it comes; called on the event loop of its exchange only. */
interface BodyReader {
    /** More bytes. */
    void part(ByteString bytes);

    /** There is nothing more to be had for the moment. */
    default void pause() {}

    /** The body is whole; nothing follows. */
    void end();

    /** The body ends before it is whole; nothing follows. */
    void broken(Throwable why);
}
