package dev.switchboard.protocol.directory;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a platform differs from its wire format, as data.
 *
 * @param rename request fields to rename, old to new ({@code seed} to {@code random_seed})
 * @param refuse request fields it cannot take: the request is answered 400 naming the field
 * @param force request fields to set whatever the caller sent
 * @param maxTokensCeiling highest {@code max_tokens} it takes, null for none
 * @param maxTokensFloor lowest {@code max_tokens} it takes, null for none
 * @param maxTokensDefault sent when the caller gave none, null for none
 */
public record Quirks(
        Map<String, String> rename,
        List<String> refuse,
        Map<String, String> force,
        @Nullable Integer maxTokensCeiling,
        @Nullable Integer maxTokensFloor,
        @Nullable Integer maxTokensDefault) {
    /** No difference. */
    public static final Quirks NONE = new Quirks(Map.of(), List.of(), Map.of(), null, null, null);
}
