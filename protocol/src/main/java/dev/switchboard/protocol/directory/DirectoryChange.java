package dev.switchboard.protocol.directory;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.switchboard.protocol.domain.ApiKeyId;
import dev.switchboard.protocol.domain.KeyId;
import dev.switchboard.protocol.domain.KeyStatus;
import dev.switchboard.protocol.domain.Limits;
import dev.switchboard.protocol.domain.Mode;
import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.domain.PlatformId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One change of the directory; in a patch null leaves the field as it is. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = DirectoryChange.AddPlatform.class, name = "add-platform"),
    @JsonSubTypes.Type(value = DirectoryChange.PatchPlatform.class, name = "patch-platform"),
    @JsonSubTypes.Type(value = DirectoryChange.RemovePlatform.class, name = "remove-platform"),
    @JsonSubTypes.Type(value = DirectoryChange.AddModel.class, name = "add-model"),
    @JsonSubTypes.Type(value = DirectoryChange.PatchModel.class, name = "patch-model"),
    @JsonSubTypes.Type(value = DirectoryChange.RemoveModel.class, name = "remove-model"),
    @JsonSubTypes.Type(value = DirectoryChange.Rechain.class, name = "rechain"),
    @JsonSubTypes.Type(value = DirectoryChange.AddKey.class, name = "add-key"),
    @JsonSubTypes.Type(value = DirectoryChange.PatchKey.class, name = "patch-key"),
    @JsonSubTypes.Type(value = DirectoryChange.RemoveKey.class, name = "remove-key"),
    @JsonSubTypes.Type(value = DirectoryChange.SetKeyStatus.class, name = "set-key-status"),
    @JsonSubTypes.Type(value = DirectoryChange.PutSettings.class, name = "put-settings"),
    @JsonSubTypes.Type(value = DirectoryChange.SetAccessKey.class, name = "set-access-key"),
    @JsonSubTypes.Type(value = DirectoryChange.Import.class, name = "import"),
    @JsonSubTypes.Type(value = DirectoryChange.NoteExport.class, name = "note-export"),
    @JsonSubTypes.Type(value = DirectoryChange.AddApiKey.class, name = "add-api-key"),
    @JsonSubTypes.Type(value = DirectoryChange.PatchApiKey.class, name = "patch-api-key"),
    @JsonSubTypes.Type(value = DirectoryChange.RemoveApiKey.class, name = "remove-api-key"),
    @JsonSubTypes.Type(value = DirectoryChange.RevokeSignIn.class, name = "revoke-sign-in"),
    @JsonSubTypes.Type(value = DirectoryChange.RevokeSignIns.class, name = "revoke-sign-ins")
})
public sealed interface DirectoryChange {
    /** Adds a platform; a known id is a conflict. */
    record AddPlatform(Platform platform) implements DirectoryChange {}

    /** Changes fields of a platform. */
    record PatchPlatform(
            PlatformId id,
            @Nullable String name,
            @Nullable AdapterKind adapter,
            @Nullable String baseUrl,
            @Nullable Boolean enabled,
            @Nullable Duration responseTimeout,
            @Nullable Limits shared)
            implements DirectoryChange {
        /** Lifts the platform's own timeout: the setting for all platforms holds. */
        public static final Duration NO_TIMEOUT = Duration.ZERO;
    }

    /** Removes a custom or bootstrapped platform with its models and keys; a built-in one is only disabled. */
    record RemovePlatform(PlatformId id) implements DirectoryChange {}

    /** Adds a model to a known platform; a known reference is a conflict. */
    record AddModel(Model model) implements DirectoryChange {}

    /** Changes fields of a model; limits are replaced whole where given. */
    record PatchModel(
            ModelRef ref,
            @Nullable String name,
            @Nullable Integer intelligenceRank,
            @Nullable Integer contextWindow,
            @Nullable Limits limits,
            @Nullable Boolean tools,
            @Nullable Boolean vision,
            @Nullable Boolean enabled,
            @Nullable String monthlyTokenBudget)
            implements DirectoryChange {
        /** Lifts the monthly budget. */
        public static final String NO_BUDGET = "";
    }

    /** Removes a custom or bootstrapped model; a built-in one is only disabled. */
    record RemoveModel(ModelRef ref) implements DirectoryChange {}

    /** Sets priority and switch of the named models; the others keep theirs, behind. */
    record Rechain(List<Place> places) implements DirectoryChange {}

    /** One place in the chain; without a priority the order of the list counts. */
    record Place(ModelRef ref, @Nullable Integer priority, @Nullable Boolean enabled) {}

    /** Adds a key, its secret already encrypted by the vault; the same secret on the platform is a conflict. */
    record AddKey(ProviderKey key) implements DirectoryChange {}

    /** Changes label, switch or the secret of a key. */
    record PatchKey(
            KeyId id,
            @Nullable String label,
            @Nullable Boolean enabled,
            @Nullable String cipherText,
            @Nullable String fingerprint,
            @Nullable String masked)
            implements DirectoryChange {}

    /** Removes a key. */
    record RemoveKey(KeyId id) implements DirectoryChange {}

    /** What a check or live traffic found out about a key. */
    record SetKeyStatus(KeyId id, KeyStatus status, @Nullable String reason, Instant checkedAt)
            implements DirectoryChange {}

    /** Sets settings by configuration path; a null value goes back to the default. Values are validated before. */
    record PutSettings(Map<String, @Nullable String> values) implements DirectoryChange {}

    /** Keeps a generated access key as cipher text. */
    record SetAccessKey(boolean admin, String cipherText) implements DirectoryChange {}

    /** Adds all of these rows, whole or not at all; a row that is there already is a conflict. Secrets are encrypted by the vault. */
    record Import(List<Platform> platforms, List<Model> models, List<ProviderKey> keys) implements DirectoryChange {}

    /** Keeps in the audit trail that the secrets of so many keys were handed out. */
    record NoteExport(int keys) implements DirectoryChange {}

    /** Adds an API key, hashed; a known id is a conflict. */
    record AddApiKey(ApiKey key) implements DirectoryChange {}

    /** Changes fields of an API key; limits are replaced whole where given. */
    record PatchApiKey(
            ApiKeyId id,
            @Nullable String name,
            @Nullable List<String> models,
            @Nullable ModeChoice mode,
            @Nullable Limits limits,
            @Nullable Boolean enabled,
            @Nullable Expiry expiry)
            implements DirectoryChange {}

    /** What {@code auto} means for a key from now on; null as for everyone. */
    record ModeChoice(@Nullable Mode mode) {}

    /** When a key expires from now on; null never. */
    record Expiry(@Nullable Instant at) {}

    /** Removes an API key. */
    record RemoveApiKey(ApiKeyId id) implements DirectoryChange {}

    /** Ends one sign-in of the dashboard; {@code expiresAt} is when it would have ended by itself. */
    record RevokeSignIn(String id, Instant expiresAt) implements DirectoryChange {}

    /** Ends every sign-in of the dashboard that was made at {@code until} or before. */
    record RevokeSignIns(Instant until) implements DirectoryChange {}
}
