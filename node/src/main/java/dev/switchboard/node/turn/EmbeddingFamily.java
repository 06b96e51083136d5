package dev.switchboard.node.turn;

import java.util.Locale;

/**
 * Which embedding models make the same vectors: those published under one name, however a platform spells it. {@code bge-m3}
 * is {@code BAAI/bge-m3} here and {@code @cf/baai/bge-m3} there; a name fixes weights and dimension.
 */
final class EmbeddingFamily {
    private EmbeddingFamily() {}

    /** Whether two model ids name one model. */
    static boolean same(String one, String other) {
        return name(one).equals(name(other));
    }

    /** The id without its publisher, what a platform puts in front, and a price put behind. */
    private static String name(String id) {
        String last = id.substring(id.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
        int price = last.lastIndexOf(':');
        return price > 0 ? last.substring(0, price) : last;
    }
}
