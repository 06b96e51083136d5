package dev.switchboard.node.upstream;

/** What a platform says of a key (behaviour.md §9). */
public sealed interface KeyCheck {
    /** The platform takes the key. */
    record Good() implements KeyCheck {}

    /** The platform refuses the key. */
    record Bad(String reason) implements KeyCheck {}

    /** Neither: the platform was away, or answered something else. */
    record CannotTell(String reason) implements KeyCheck {}
}
