package dev.switchboard.node.simulator;

/** A request the simulated provider refuses with 400. */
final class BadRequest extends Exception {
    BadRequest(String message) {
        super(message, null, false, false);
    }
}
