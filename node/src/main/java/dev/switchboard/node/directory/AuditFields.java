package dev.switchboard.node.directory;

import dev.switchboard.node.directory.DirectoryEvent.AuditText;
import dev.switchboard.protocol.directory.AdapterKind;
import dev.switchboard.protocol.domain.Limits;
import dev.switchboard.protocol.domain.Mode;
import dev.switchboard.protocol.domain.Times;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.StringJoiner;
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
        before.add(name + "=" + shown(old));
        after.add(name + "=" + shown(given));
        return this;
    }

    /** A value as people write it. */
    private static String shown(@Nullable Object value) {
        String text;
        if (value instanceof Limits limits) {
            text = limits(limits);
        } else if (value instanceof Duration time) {
            text = time.isZero() ? "" : Times.text(time);
        } else if (value instanceof Mode mode) {
            text = mode.wire();
        } else if (value instanceof AdapterKind adapter) {
            text = adapter.wire();
        } else {
            text = value == null ? "" : value.toString();
        }
        return text.isEmpty() ? "none" : text;
    }

    private static String limits(Limits limits) {
        StringJoiner text = new StringJoiner(" ");
        limit(text, "rpm", limits.rpm());
        limit(text, "rpd", limits.rpd());
        limit(text, "tpm", limits.tpm());
        limit(text, "tpd", limits.tpd());
        limit(text, "concurrent", limits.concurrent());
        return text.toString();
    }

    private static void limit(StringJoiner text, String name, @Nullable Long limit) {
        if (limit != null) {
            text.add(name + " " + limit);
        }
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
