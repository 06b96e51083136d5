package dev.switchboard.node.http;

/** Who may call an endpoint. */
public enum Access {
    /** Anyone. */
    OPEN,
    /** Holders of an API key. */
    API,
    /** Holders of the admin key. */
    ADMIN
}
