package dev.switchboard.node.http;

import dev.switchboard.protocol.domain.ApiKeyId;

/**
 * Why a request was refused by the rules of its API key: an operator sees it, unlike a wrong key, which is nobody's.
 *
 * @param requested the model as the caller wrote it; empty where the request was refused before it was read
 */
record KeyRefusal(ApiKeyId key, Reason reason, String requested) {
    /** Which rule. */
    public enum Reason {
        /** Requests or tokens of a minute or a day. */
        LIMIT,
        /** A model that the key may not use. */
        MODEL,
        /** An operator switched the key off. */
        DISABLED,
        /** Its time is over. */
        EXPIRED
    }
}
