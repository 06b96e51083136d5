package dev.switchboard.protocol.domain;

import org.jspecify.annotations.Nullable;

/** Rate limits: requests and tokens per minute and per UTC day; null is unlimited, otherwise at least 1. */
public record Limits(@Nullable Long rpm, @Nullable Long rpd, @Nullable Long tpm, @Nullable Long tpd) {
    /** No limit at all. */
    public static final Limits NONE = new Limits(null, null, null, null);
}
