package dev.switchboard.node.directory;

import dev.switchboard.node.directory.DirectoryEvent.AuditText;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Collects the fields that changed and writes them as {@code name=old, …} and {@code name=new, …}. */
final class AuditFields {
    private static final int LONGEST = 1_000;

    private final List<String> before = new ArrayList<>();
    private final List<String> after = new ArrayList<>();

    /** A field that was given another value; one that was not given, or the same, leaves no trace. */
    <T> AuditFields changed(String name, @Nullable T old, @Nullable T given) {
        if (given != null && !Objects.equals(old, given)) {
            both(name, old, given);
        }
        return this;
    }

    /** A field with its old and its new value, null where there is none. */
    AuditFields both(String name, @Nullable Object old, @Nullable Object given) {
        before.add(name + "=" + (old == null ? "none" : old));
        after.add(name + "=" + (given == null ? "none" : given));
        return this;
    }

    AuditText as(String action, String target) {
        return new AuditText(action, target, text(before), text(after));
    }

    private static @Nullable String text(List<String> fields) {
        String whole = String.join(", ", fields);
        if (whole.isEmpty()) {
            return null;
        }
        return whole.length() <= LONGEST ? whole : whole.substring(0, LONGEST) + "…";
    }
}
