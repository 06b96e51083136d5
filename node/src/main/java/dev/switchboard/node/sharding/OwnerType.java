package dev.switchboard.node.sharding;

/** The owners that are spoken to for every request. Their order is part of the wire: see {@link Courier#KEY}. */
public enum OwnerType {
    /** Of a session. */
    SESSION,
    /** Of a platform's leases and windows. */
    PROVIDER;

    private static final OwnerType[] ALL = values();

    static OwnerType at(int ordinal) {
        return ALL[ordinal];
    }

    static int count() {
        return ALL.length;
    }
}
