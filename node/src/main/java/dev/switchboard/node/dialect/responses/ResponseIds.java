package dev.switchboard.node.dialect.responses;

import org.jspecify.annotations.Nullable;

/** Ids of responses and their items; an item's id tells its response, so that references find it. */
public final class ResponseIds {
    private static final String RESPONSE = "resp_";

    private ResponseIds() {}

    /** The id of a response; {@code seed} is unique and holds no underscore. */
    public static String response(String seed) {
        return RESPONSE + seed;
    }

    /** The id of the item at {@code index}; {@code kind} such as {@code msg}. */
    static String item(String kind, String seed, int index) {
        return kind + "_" + seed + "_" + index;
    }

    /** The response that an item belongs to; null where the id is none of ours. */
    public static @Nullable String responseOf(String item) {
        String[] parts = item.split("_", -1);
        return parts.length == 3 && !parts[1].isEmpty() ? RESPONSE + parts[1] : null;
    }
}
