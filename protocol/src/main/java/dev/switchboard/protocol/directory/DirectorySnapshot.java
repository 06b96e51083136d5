package dev.switchboard.protocol.directory;

import dev.switchboard.protocol.domain.KeyId;
import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.domain.PlatformId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The directory at one version: platforms, models in fallback order, keys, settings changed at run time and the two
 * access keys; immutable, indexed once, read on the request path.
 */
public final class DirectorySnapshot {
    /** Before the first version arrived. */
    public static final DirectorySnapshot EMPTY =
            new DirectorySnapshot(0, List.of(), List.of(), List.of(), Map.of(), null, null, Grants.NONE);

    private final long version;
    private final Map<PlatformId, Platform> platforms;
    private final List<Model> models;
    private final Map<ModelRef, Model> byRef;
    private final Map<String, List<Model>> byId;
    private final Map<KeyId, ProviderKey> keys;
    private final Map<PlatformId, List<ProviderKey>> keysByPlatform;
    private final Map<String, String> settings;
    private final @Nullable String apiKeyCipher;
    private final @Nullable String adminKeyCipher;
    private final Grants grants;

    /** A directory without API keys beside the first one. */
    public DirectorySnapshot(
            long version,
            List<Platform> platforms,
            List<Model> models,
            List<ProviderKey> keys,
            Map<String, String> settings,
            @Nullable String apiKeyCipher,
            @Nullable String adminKeyCipher) {
        this(version, platforms, models, keys, settings, apiKeyCipher, adminKeyCipher, Grants.NONE);
    }

    /** Indexes the rows; models are sorted by priority, then by reference. */
    public DirectorySnapshot(
            long version,
            List<Platform> platforms,
            List<Model> models,
            List<ProviderKey> keys,
            Map<String, String> settings,
            @Nullable String apiKeyCipher,
            @Nullable String adminKeyCipher,
            Grants grants) {
        this.version = version;
        Map<PlatformId, Platform> platformIndex = new LinkedHashMap<>();
        platforms.forEach(platform -> platformIndex.put(platform.id(), platform));
        this.platforms = Collections.unmodifiableMap(platformIndex);
        List<Model> sorted = new ArrayList<>(models);
        sorted.sort(Comparator.comparingInt(Model::priority).thenComparing(Model::ref));
        this.models = List.copyOf(sorted);
        Map<ModelRef, Model> refs = new HashMap<>();
        Map<String, List<Model>> ids = new HashMap<>();
        for (Model model : sorted) {
            refs.put(model.ref(), model);
            ids.computeIfAbsent(model.ref().id(), id -> new ArrayList<>()).add(model);
        }
        this.byRef = Collections.unmodifiableMap(refs);
        this.byId = Collections.unmodifiableMap(ids);
        Map<KeyId, ProviderKey> keyIndex = new LinkedHashMap<>();
        Map<PlatformId, List<ProviderKey>> perPlatform = new HashMap<>();
        for (ProviderKey key : keys) {
            keyIndex.put(key.id(), key);
            perPlatform.computeIfAbsent(key.platform(), id -> new ArrayList<>()).add(key);
        }
        this.keys = Collections.unmodifiableMap(keyIndex);
        this.keysByPlatform = Collections.unmodifiableMap(perPlatform);
        this.settings = Map.copyOf(settings);
        this.apiKeyCipher = apiKeyCipher;
        this.adminKeyCipher = adminKeyCipher;
        this.grants = grants;
    }

    /** Grows by one with every change; 0 before the first. */
    public long version() {
        return version;
    }

    /** Platforms by id, in the order they were added. */
    public Map<PlatformId, Platform> platforms() {
        return platforms;
    }

    /** The platform of that id, if known. */
    public @Nullable Platform platform(PlatformId id) {
        return platforms.get(id);
    }

    /** All models in fallback order, disabled ones included. */
    public List<Model> models() {
        return models;
    }

    /** The model of that reference, if known. */
    public @Nullable Model model(ModelRef ref) {
        return byRef.get(ref);
    }

    /** The longest prompt that reaches the model, in estimated tokens: its window, or less where its platform takes less. */
    public int window(Model model) {
        Platform platform = platforms.get(model.ref().platform());
        Integer most = platform == null ? null : platform.quirks().maxPromptTokens();
        return most == null ? model.contextWindow() : Math.min(most, model.contextWindow());
    }

    /** The models of that bare id over all platforms, in fallback order. */
    public List<Model> modelsById(String id) {
        return byId.getOrDefault(id, List.of());
    }

    /** Keys by id, in the order they were added. */
    public Map<KeyId, ProviderKey> keys() {
        return keys;
    }

    /** The keys of a platform, in the order they were added. */
    public List<ProviderKey> keysOf(PlatformId platform) {
        return keysByPlatform.getOrDefault(platform, List.of());
    }

    /** Whether the platform is enabled and has a usable key or needs none. */
    public boolean hasUsableKey(PlatformId id) {
        Platform platform = platforms.get(id);
        if (platform == null || !platform.enabled()) {
            return false;
        }
        return platform.keyless() || keysOf(id).stream().anyMatch(ProviderKey::usable);
    }

    /** Settings that people changed in the dashboard, by configuration path. */
    public Map<String, String> settings() {
        return settings;
    }

    /** The generated API key as cipher text of the vault; null where none was generated. */
    public @Nullable String apiKeyCipher() {
        return apiKeyCipher;
    }

    /** The generated admin key as cipher text of the vault; null where none was generated. */
    public @Nullable String adminKeyCipher() {
        return adminKeyCipher;
    }

    /** API keys beside the first one, and sign-ins that count no more. */
    public Grants grants() {
        return grants;
    }
}
