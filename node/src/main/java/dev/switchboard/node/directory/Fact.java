package dev.switchboard.node.directory;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.switchboard.protocol.directory.ApiKey;
import dev.switchboard.protocol.directory.DirectoryChange.PatchApiKey;
import dev.switchboard.protocol.directory.DirectoryChange.PatchKey;
import dev.switchboard.protocol.directory.DirectoryChange.PatchModel;
import dev.switchboard.protocol.directory.DirectoryChange.PatchPlatform;
import dev.switchboard.protocol.directory.Model;
import dev.switchboard.protocol.directory.Platform;
import dev.switchboard.protocol.directory.ProviderKey;
import dev.switchboard.protocol.domain.ApiKeyId;
import dev.switchboard.protocol.domain.KeyId;
import dev.switchboard.protocol.domain.KeyStatus;
import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.domain.PlatformId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What happened to the directory. The names are in the journal for ever: add, never rename or reuse. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Fact.CatalogLoaded.class, name = "catalog-loaded"),
    @JsonSubTypes.Type(value = Fact.BootstrapApplied.class, name = "bootstrap-applied"),
    @JsonSubTypes.Type(value = Fact.PlatformAdded.class, name = "platform-added"),
    @JsonSubTypes.Type(value = Fact.PlatformPatched.class, name = "platform-patched"),
    @JsonSubTypes.Type(value = Fact.PlatformRemoved.class, name = "platform-removed"),
    @JsonSubTypes.Type(value = Fact.ModelAdded.class, name = "model-added"),
    @JsonSubTypes.Type(value = Fact.ModelPatched.class, name = "model-patched"),
    @JsonSubTypes.Type(value = Fact.ModelRemoved.class, name = "model-removed"),
    @JsonSubTypes.Type(value = Fact.ChainChanged.class, name = "chain-changed"),
    @JsonSubTypes.Type(value = Fact.KeyAdded.class, name = "key-added"),
    @JsonSubTypes.Type(value = Fact.KeyPatched.class, name = "key-patched"),
    @JsonSubTypes.Type(value = Fact.KeyRemoved.class, name = "key-removed"),
    @JsonSubTypes.Type(value = Fact.KeyStatusChanged.class, name = "key-status-changed"),
    @JsonSubTypes.Type(value = Fact.KeyReencrypted.class, name = "key-reencrypted"),
    @JsonSubTypes.Type(value = Fact.SettingsChanged.class, name = "settings-changed"),
    @JsonSubTypes.Type(value = Fact.AccessKeySet.class, name = "access-key-set"),
    @JsonSubTypes.Type(value = Fact.Imported.class, name = "imported"),
    @JsonSubTypes.Type(value = Fact.SecretsExported.class, name = "secrets-exported"),
    @JsonSubTypes.Type(value = Fact.ApiKeyAdded.class, name = "api-key-added"),
    @JsonSubTypes.Type(value = Fact.ApiKeyPatched.class, name = "api-key-patched"),
    @JsonSubTypes.Type(value = Fact.ApiKeyRemoved.class, name = "api-key-removed"),
    @JsonSubTypes.Type(value = Fact.SignInRevoked.class, name = "sign-in-revoked"),
    @JsonSubTypes.Type(value = Fact.SignInsRevoked.class, name = "sign-ins-revoked")
})
sealed interface Fact {
    /** The built-in rows are now exactly these. */
    record CatalogLoaded(String version, List<Platform> platforms, List<Model> models) implements Fact {}

    /** The rows of the configuration are now exactly these; they lie over the built-in ones. */
    record BootstrapApplied(List<Platform> platforms, List<Model> models) implements Fact {}

    /** Somebody added a platform of their own. */
    record PlatformAdded(Platform platform) implements Fact {}

    /** Somebody chose values for fields of a platform. */
    record PlatformPatched(PatchPlatform patch) implements Fact {}

    /** A platform that is not built in went away with its models and keys. */
    record PlatformRemoved(PlatformId id) implements Fact {}

    /** Somebody added a model of their own; {@code priority} is null where the place by rank is meant. */
    record ModelAdded(Model model, @Nullable Integer priority) implements Fact {}

    /** Somebody chose values for fields of a model. */
    record ModelPatched(PatchModel patch) implements Fact {}

    /** A model that is not built in went away. */
    record ModelRemoved(ModelRef ref) implements Fact {}

    /** Somebody set places in the fallback chain. */
    record ChainChanged(List<Link> links) implements Fact {}

    /** The place and switch a model was given; null leaves either as it was. */
    record Link(ModelRef ref, @Nullable Integer priority, @Nullable Boolean enabled) {}

    /** A key was added. */
    record KeyAdded(ProviderKey key) implements Fact {}

    /** Label, switch or secret of a key changed. */
    record KeyPatched(PatchKey patch) implements Fact {}

    /** A key was removed. */
    record KeyRemoved(KeyId id) implements Fact {}

    /** A key was found to be in this status. */
    record KeyStatusChanged(KeyId id, KeyStatus status, @Nullable String reason, @Nullable Instant checkedAt)
            implements Fact {}

    /** The same secret under a newer encryption key. */
    record KeyReencrypted(KeyId id, String cipherText, String fingerprint) implements Fact {}

    /** Settings were set; a null value went back to the default. */
    record SettingsChanged(Map<String, @Nullable String> values) implements Fact {}

    /** An access key was generated, regenerated or re-encrypted. */
    record AccessKeySet(boolean admin, String cipherText) implements Fact {}

    /** Rows of a file came in together. */
    record Imported(List<Fact> facts) implements Fact {}

    /** The secrets of so many keys were handed out. */
    record SecretsExported(int keys) implements Fact {}

    /** An API key was made. */
    record ApiKeyAdded(ApiKey key) implements Fact {}

    /** Fields of an API key changed. */
    record ApiKeyPatched(PatchApiKey patch) implements Fact {}

    /** An API key was removed. */
    record ApiKeyRemoved(ApiKeyId id) implements Fact {}

    /** Somebody signed out of the dashboard. */
    record SignInRevoked(String id, Instant expiresAt) implements Fact {}

    /** Every sign-in made at {@code until} or before has ended. */
    record SignInsRevoked(Instant until) implements Fact {}
}
