package dev.switchboard.node.directory;

import dev.switchboard.node.directory.DirectoryEvent.AuditText;
import dev.switchboard.protocol.directory.DirectoryChange;
import dev.switchboard.protocol.directory.DirectoryChange.Place;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Decides on one change, whole or not at all: pure. */
final class Changes {
    private static final int LONGEST_CHAIN = 10_000;

    /** Characters; settings travel to replicas on one page. */
    private static final int LARGEST_SETTINGS = 40_000;

    private Changes() {}

    static Decision decide(DirectoryState state, DirectoryChange change) {
        try {
            if (change instanceof DirectoryChange.Rechain rechain) {
                return rechain(state, rechain.places());
            } else if (change instanceof DirectoryChange.PutSettings put) {
                return settings(state, put.values());
            } else if (change instanceof DirectoryChange.SetAccessKey access) {
                return accessKey(access);
            } else if (change instanceof DirectoryChange.Import rows) {
                return ImportChanges.decide(state, rows);
            } else if (change instanceof DirectoryChange.NoteExport export) {
                return new Decision.Happens(
                        new Fact.SecretsExported(export.keys()),
                        new AuditText("keys.export", "provider keys", null, "secrets of " + export.keys() + " keys"));
            }
            Decision rows = PlatformChanges.decide(state, change);
            Decision models = rows == null ? ModelChanges.decide(state, change) : rows;
            Decision keys = models == null ? KeyChanges.decide(state, change) : models;
            return keys == null ? GrantChanges.decide(state, change) : keys;
        } catch (Refusal refusal) {
            return new Decision.Refuses(refusal.reply());
        }
    }

    private static Decision rechain(DirectoryState state, List<Place> places) {
        if (places.size() > LONGEST_CHAIN) {
            throw Refusal.invalid("model", "must not be named more than " + LONGEST_CHAIN + " times");
        }
        Rows rows = Rows.of(state);
        AuditFields audit = new AuditFields();
        List<Fact.Link> links = Chain.rechain(state, places).stream()
                .filter(link -> !isSo(state, link))
                .toList();
        if (links.isEmpty()) {
            return Decision.Unchanged.INSTANCE;
        }
        for (Fact.Link link : links) {
            var row = rows.models().get(link.ref());
            if (row != null) {
                audit.changed(link.ref().toString(), row.priority(), link.priority());
                audit.changed(link.ref() + ".enabled", row.enabled(), link.enabled());
            }
        }
        return new Decision.Happens(new Fact.ChainChanged(links), audit.as("chain.change", "fallback chain"));
    }

    private static boolean isSo(DirectoryState state, Fact.Link link) {
        return link.enabled() == null
                && link.priority() != null
                && link.priority().equals(state.choices().priorities().get(link.ref()));
    }

    private static Decision settings(DirectoryState state, Map<String, @Nullable String> values) {
        Map<String, @Nullable String> changed = new LinkedHashMap<>();
        AuditFields audit = new AuditFields();
        values.forEach((path, value) -> {
            Checks.name("key", path);
            if (value != null && value.length() > Checks.LONGEST_VALUE) {
                throw Refusal.invalid(path, "must not be longer than " + Checks.LONGEST_VALUE + " characters");
            }
            String old = state.settings().get(path);
            if (value == null ? old != null : !value.equals(old)) {
                changed.put(path, value);
                audit.both(path, shown(path, old), shown(path, value));
            }
        });
        if (changed.isEmpty()) {
            return Decision.Unchanged.INSTANCE;
        }
        int size = changed.entrySet().stream()
                .mapToInt(entry -> entry.getValue() == null
                        ? 0
                        : entry.getKey().length() + entry.getValue().length())
                .sum();
        int kept = state.settings().entrySet().stream()
                .mapToInt(entry -> entry.getKey().length() + entry.getValue().length())
                .sum();
        if (size > 0 && size + kept > LARGEST_SETTINGS) {
            throw Refusal.invalid("value", "must leave all settings together below " + LARGEST_SETTINGS);
        }
        return new Decision.Happens(
                new Fact.SettingsChanged(changed), audit.as("settings.change", String.join(", ", changed.keySet())));
    }

    private static @Nullable String shown(String path, @Nullable String value) {
        String name = path.toLowerCase(Locale.ROOT);
        boolean secret = name.contains("key") || name.contains("password") || name.contains("secret");
        return value != null && secret ? "…" : value;
    }

    private static Decision accessKey(DirectoryChange.SetAccessKey access) {
        KeyChanges.cipherText(access.cipherText());
        return new Decision.Happens(
                new Fact.AccessKeySet(access.admin(), access.cipherText()), accessKeyText(access.admin()));
    }

    static AuditText accessKeyText(boolean admin) {
        return new AuditText("access-key.set", admin ? "admin-key" : "api-key", null, "…");
    }
}
