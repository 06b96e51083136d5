package dev.switchboard.node.sharding;

import akka.actor.typed.ActorRef;

/** One message on its way between an owner on one node and whoever speaks to it on another. */
sealed interface Letter {
    /** Whose message it is. */
    OwnerType type();

    /** The owner's entity id. */
    String owner();

    /** What is said. */
    Object message();

    /** A message for an owner. */
    record Told(OwnerType type, String owner, Object message) implements Letter {}

    /** A message for an owner that its receiver could not deliver: its sender has to find another way. */
    record Returned(OwnerType type, String owner, Object message) implements Letter {}

    /** What an owner answers; it serves on the node that this comes from. */
    record Answered(OwnerType type, String owner, Object message, ActorRef<Object> to) implements Letter {}
}
