package dev.switchboard.node.migration;

import dev.switchboard.node.migration.Migration.KeyRow;
import dev.switchboard.node.migration.Migration.ModelRow;
import dev.switchboard.node.migration.Migration.Place;
import dev.switchboard.node.migration.Migration.PlatformRow;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A migration while its rows come together: each platform, model, key and note once. */
final class Collected {
    private static final int LONGEST_ID = 60;

    private final Map<String, String> builtIn;
    private final Map<String, PlatformRow> platforms = new LinkedHashMap<>();
    private final Map<String, ModelRow> models = new LinkedHashMap<>();
    private final Map<String, KeyRow> keys = new LinkedHashMap<>();
    private final Map<String, Place> chain = new LinkedHashMap<>();
    private final Set<String> notes = new LinkedHashSet<>();

    /** {@code builtIn} are the base URLs of the catalogue's platforms by their ids. */
    Collected(Map<String, String> builtIn) {
        this.builtIn = builtIn;
    }

    boolean isBuiltIn(String platform) {
        return builtIn.containsKey(platform);
    }

    /** The built-in platform at an address, or null. */
    @Nullable
    String builtInAt(String baseUrl) {
        String wanted = trimmed(baseUrl);
        for (Map.Entry<String, String> each : builtIn.entrySet()) {
            if (trimmed(each.getValue()).equalsIgnoreCase(wanted)) {
                return each.getKey();
            }
        }
        return null;
    }

    /**
     * The id of a platform at an address: the built-in one that is there, else one that is added.
     *
     * @param wanted the id to give a new one; null for one made of the address
     */
    String platform(@Nullable String wanted, String name, String adapter, String baseUrl, boolean keyless) {
        String there = builtInAt(baseUrl);
        if (there != null) {
            return there;
        }
        String address = trimmed(baseUrl);
        for (PlatformRow row : platforms.values()) {
            if (row.baseUrl().equalsIgnoreCase(address)) {
                return row.id();
            }
        }
        String id = unused(wanted == null ? slug(address) : wanted);
        platforms.put(id, new PlatformRow(id, name.isBlank() ? id : name, adapter, address, keyless));
        return id;
    }

    private String unused(String id) {
        String free = id;
        for (int i = 2; platforms.containsKey(free) || builtIn.containsKey(free); i++) {
            free = id + "-" + i;
        }
        return free;
    }

    /** A platform that turned out to need keys after all. */
    void needsKey(String platform) {
        platforms.computeIfPresent(
                platform, (id, row) -> new PlatformRow(id, row.name(), row.adapter(), row.baseUrl(), false));
    }

    /** Whether the model is new. */
    boolean model(ModelRow row) {
        chain.putIfAbsent(row.ref(), new Place(row.platform(), row.id(), row.enabled()));
        return models.putIfAbsent(row.ref(), row) == null;
    }

    /** A key, unless the platform has it already. */
    void key(String platform, String label, boolean enabled, String secret) {
        keys.putIfAbsent(platform + " " + secret, new KeyRow(platform, label, enabled, secret));
    }

    void note(String line) {
        notes.add(line);
    }

    /** {@code order} are references of models, the first to be tried first; the others follow in the order of the file. */
    Migration inOrder(List<String> order) {
        Map<String, Place> sorted = new LinkedHashMap<>();
        for (String ref : order) {
            Place place = chain.get(ref);
            if (place != null) {
                sorted.putIfAbsent(ref, place);
            }
        }
        chain.forEach(sorted::putIfAbsent);
        // A model for embeddings serves no chats, so the chain has no place for it.
        sorted.keySet()
                .removeIf(ref -> models.containsKey(ref) && models.get(ref).embedding());
        return new Migration(
                List.copyOf(platforms.values()),
                List.copyOf(models.values()),
                List.copyOf(keys.values()),
                List.copyOf(sorted.values()),
                List.copyOf(notes));
    }

    private static String trimmed(String url) {
        return url.strip().replaceAll("/+$", "");
    }

    /** Whether it can be a base URL at all. */
    static boolean isAddress(String url) {
        try {
            URI uri = URI.create(url.strip());
            return uri.getHost() != null && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static String slug(String url) {
        URI uri = URI.create(url);
        String name = uri.getHost() + (uri.getPort() > 0 ? "-" + uri.getPort() : "");
        String slug = name.toLowerCase(Locale.ROOT)
                .replaceAll("^(api|www)\\.", "")
                .replaceAll("[^a-z0-9._-]+", "-")
                .replaceAll("^[^a-z0-9]+", "");
        return slug.length() > LONGEST_ID ? slug.substring(0, LONGEST_ID) : slug;
    }
}
