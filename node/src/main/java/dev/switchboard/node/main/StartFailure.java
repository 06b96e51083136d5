package dev.switchboard.node.main;

/** The node cannot start; the message is the one line that people see. */
class StartFailure extends Exception {
    private static final long serialVersionUID = 1L;

    StartFailure(String message) {
        super(message);
    }
}
