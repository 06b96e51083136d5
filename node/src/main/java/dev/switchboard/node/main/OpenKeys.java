package dev.switchboard.node.main;

import dev.switchboard.node.directory.Directory;
import dev.switchboard.node.vault.UnreadableSecretException;
import dev.switchboard.protocol.directory.DirectorySnapshot;
import dev.switchboard.protocol.directory.ProviderKey;
import dev.switchboard.protocol.domain.KeyId;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keys decrypted once and kept in memory, so that no request pays for it; forgotten when the directory changes. */
final class OpenKeys {
    private static final Logger LOG = LoggerFactory.getLogger(OpenKeys.class);

    private final Directory directory;
    private final Map<KeyId, Opened> secrets = new ConcurrentHashMap<>();
    private volatile @Nullable String apiKey;
    private volatile @Nullable String adminKey;
    private volatile boolean unreadable;

    private record Opened(String cipherText, @Nullable String secret) {}

    OpenKeys(Directory directory) {
        this.directory = directory;
        take(directory.snapshot());
        directory.addListener(this::take);
    }

    private void take(DirectorySnapshot snapshot) {
        secrets.keySet().retainAll(snapshot.keys().keySet());
        // The API key last: it is what readiness looks at.
        adminKey = access("admin", () -> directory.secrets().adminKey(snapshot), adminKey);
        apiKey = access("API", () -> directory.secrets().apiKey(snapshot), apiKey);
        unreadable = snapshot.version() > 0 && apiKey == null;
    }

    /** Whether the directory is here and its API key cannot be read: this node has another encryption key. */
    boolean isUnreadable() {
        return unreadable;
    }

    private interface Source {
        @Nullable
        String get() throws UnreadableSecretException;
    }

    /** The key in force; one that cannot be read leaves the one before, and the other key, as they are. */
    private static @Nullable String access(String name, Source source, @Nullable String before) {
        try {
            return source.get();
        } catch (UnreadableSecretException e) {
            LOG.error("The {} key in the database cannot be read: {}", name, e.getMessage());
            return before;
        }
    }

    /** The API key in force; null before the directory has arrived. */
    @Nullable
    String apiKey() {
        return apiKey;
    }

    /** The admin key in force; null before the directory has arrived. */
    @Nullable
    String adminKey() {
        return adminKey;
    }

    /** The secret of a provider key; null where it cannot be read. */
    @Nullable
    String secretOf(ProviderKey key) {
        Opened known = secrets.get(key.id());
        if (known == null || !known.cipherText().equals(key.cipherText())) {
            known = new Opened(key.cipherText(), open(key));
            secrets.put(key.id(), known);
        }
        return known.secret();
    }

    private @Nullable String open(ProviderKey key) {
        try {
            return directory.secrets().open(key);
        } catch (UnreadableSecretException e) {
            LOG.warn("The key {} of {} cannot be read: {}", key.label(), key.platform(), e.getMessage());
            return null;
        }
    }
}
