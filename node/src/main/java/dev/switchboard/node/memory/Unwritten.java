package dev.switchboard.node.memory;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the database has not taken yet: bounded, the oldest gives way. Thread-safe. */
final class Unwritten {
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private final long mostChars;
    private long chars;

    Unwritten(long mostChars) {
        this.mostChars = mostChars;
    }

    /** One response; {@code expires} is when it is forgotten. */
    record Entry(String id, String caller, String body, Instant expires) {}

    synchronized void add(Entry entry) {
        remove(entry.id());
        entries.put(entry.id(), entry);
        chars += entry.body().length();
        while (chars > mostChars) {
            remove(entries.keySet().iterator().next());
        }
    }

    synchronized boolean remove(String id) {
        Entry entry = entries.remove(id);
        chars -= entry == null ? 0 : entry.body().length();
        return entry != null;
    }

    synchronized @Nullable Entry find(String id, String caller, Instant now) {
        Entry entry = entries.get(id);
        return entry != null && entry.caller().equals(caller) && entry.expires().isAfter(now) ? entry : null;
    }

    synchronized List<Entry> all() {
        return new ArrayList<>(entries.values());
    }
}
