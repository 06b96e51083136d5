package dev.switchboard.node.routing;

/** How much of the rest of a request a failure takes out. */
public enum Skip {
    /** Nothing: the request ends. */
    NOTHING,
    /** The key that failed; the model's other keys may be tried. */
    KEY,
    /** The model that failed. */
    MODEL,
    /** Every model of the platform that failed. */
    PLATFORM
}
