package dev.switchboard.protocol;

/** Marks a type that crosses nodes or is persisted; bound to Jackson CBOR in the node's configuration. */
public interface CborSerializable {}
