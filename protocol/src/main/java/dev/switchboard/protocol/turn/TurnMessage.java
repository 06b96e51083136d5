package dev.switchboard.protocol.turn;

/** The root of what a running turn receives; the turn's own self-messages implement it inside the node. */
public interface TurnMessage {}
