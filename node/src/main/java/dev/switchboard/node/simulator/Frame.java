package dev.switchboard.node.simulator;

/** One event of a stream, by what it carries. */
record Frame(Kind kind, String data) {
    /** What an event carries. */
    enum Kind {
        ROLE,
        CONTENT,
        FINISH,
        USAGE,
        DONE
    }
}
