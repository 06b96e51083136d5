package dev.switchboard.node.session;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Small numbers for values that come again and again on a node: the first {@code most} different ones get one. Thread-safe. */
final class Numbers<T> {
    /** The number of what has none. */
    static final int NONE = 0;

    private final int most;
    private final Map<T, Integer> numbers = new ConcurrentHashMap<>();
    private final Map<Integer, T> values = new ConcurrentHashMap<>();

    Numbers(int most) {
        this.most = most;
    }

    /** 1 or above, or {@link #NONE}. */
    int of(T value) {
        Integer known = numbers.get(value);
        return known == null ? add(value) : known;
    }

    private synchronized int add(T value) {
        Integer known = numbers.get(value);
        if (known != null) {
            return known;
        }
        int next = numbers.size() + 1;
        if (next > most) {
            return NONE;
        }
        values.put(next, value);
        numbers.put(value, next);
        return next;
    }

    /** What has that number; null where nothing has. */
    @Nullable
    T at(int number) {
        return values.get(number);
    }
}
