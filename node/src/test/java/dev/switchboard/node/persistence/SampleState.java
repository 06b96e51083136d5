package dev.switchboard.node.persistence;

import dev.switchboard.protocol.CborSerializable;

/** What the tests of this room store. */
record SampleState(int version, String text, long count) implements CborSerializable {
    static SampleState of(String text) {
        return new SampleState(1, text, 1);
    }
}
