package dev.switchboard.node.routing;

import java.util.Locale;

/** A group of models of like speed; pools order candidates and never remove any (behaviour.md §2, §7). */
public enum Pool {
    FAST,
    BALANCED,
    SMART;

    /** The name on the wire, in lower case (contract.md §4). */
    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }
}
