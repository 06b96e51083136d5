package dev.switchboard.node.http;

import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Who a request comes from, as the door found out.
 *
 * @param scope tells callers apart without holding their key; empty where no key was asked for
 * @param grant what an API key beside the first one may do; null for no restriction
 * @param stillIn whether the same credentials would be let in now; long answers ask it
 */
public record Caller(String scope, @Nullable ApiKeyGrant grant, BooleanSupplier stillIn) {
    static final Caller ANYONE = new Caller("", null, () -> true);
}
