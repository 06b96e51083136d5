package dev.switchboard.node.sharding;

/**
 * What one node has to say to the owners, and of the owners, of another one: letters, one after the other.
 *
 * @param from the sender's {@link Courier}, as a serialized reference
 * @param letters as {@link Letters} wrote them
 */
record Parcel(String from, byte[] letters) {}
