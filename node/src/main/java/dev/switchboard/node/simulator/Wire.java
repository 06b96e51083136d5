package dev.switchboard.node.simulator;

import java.util.List;

/** How one wire format writes answers. */
interface Wire {
    /** The answer as one JSON body. */
    String whole(Chat chat, Answer answer);

    /** The answer as the events of a stream. */
    List<Frame> frames(Chat chat, Answer answer);

    /** Line end of the format's events. */
    String lineEnd();
}
