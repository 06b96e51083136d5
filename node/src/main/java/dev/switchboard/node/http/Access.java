package dev.switchboard.node.http;

/** Who may call an endpoint. */
public enum Access {
    /** Anyone. */
    OPEN,
    /** Holders of an API key. */
    API,
    /** Holders of the admin key, and who signed in with it. */
    ADMIN,
    /** Anyone but other sites' pages; the endpoint itself asks for the admin key. */
    SIGN_IN
}
