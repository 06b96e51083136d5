package dev.switchboard.node.directory;

import dev.switchboard.node.settings.Settings;
import dev.switchboard.node.vault.Purpose;
import dev.switchboard.node.vault.UnreadableSecretException;
import dev.switchboard.node.vault.Vault;
import dev.switchboard.protocol.directory.AdapterKind;
import dev.switchboard.protocol.directory.DirectoryChange;
import dev.switchboard.protocol.directory.DirectorySnapshot;
import dev.switchboard.protocol.directory.ProviderKey;
import dev.switchboard.protocol.domain.KeyId;
import dev.switchboard.protocol.domain.KeyStatus;
import dev.switchboard.protocol.domain.PlatformId;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The directory's side of the vault: makes rows and changes from secrets, and opens them again. Thread-safe. */
public final class Secrets {
    private static final int API_KEY_BYTES = 24;
    private static final int ADMIN_KEY_BYTES = 32;
    private static final int LONGEST = 8_000;

    private final Vault vault;
    private final Settings.Auth given;
    private final SecureRandom random = new SecureRandom();

    Secrets(Vault vault, Settings.Auth given) {
        this.vault = vault;
        this.given = given;
    }

    /** What is wrong with a provider key for that adapter, such as a missing account, or null; never names the key. */
    public static @Nullable String problemWith(String secret, AdapterKind adapter) {
        if (secret.isBlank()) {
            return "must not be empty";
        }
        if (secret.length() > LONGEST) {
            return "must not be longer than " + LONGEST + " characters";
        }
        if (!secret.chars().allMatch(c -> c > ' ' && c < 127)) {
            return "must hold printable ASCII characters only, without blanks";
        }
        return adapter == AdapterKind.CLOUDFLARE && !secret.matches("[^:]+:[^:].*")
                ? "must have the form account:token"
                : null;
    }

    /** A new key row with its secret encrypted; not yet in the directory. */
    public ProviderKey newKey(PlatformId platform, String secret, String label, Instant now) {
        KeyId id = new KeyId(UUID.randomUUID().toString());
        return new ProviderKey(
                id,
                platform,
                label,
                vault.encrypt(Purpose.key(id), secret),
                vault.fingerprint(secret),
                vault.mask(secret),
                true,
                KeyStatus.UNKNOWN,
                null,
                now,
                null);
    }

    /** A change of a key; null leaves label, switch or secret as it is. */
    public DirectoryChange.PatchKey patchKey(
            KeyId id, @Nullable String label, @Nullable Boolean enabled, @Nullable String secret) {
        if (secret == null) {
            return new DirectoryChange.PatchKey(id, label, enabled, null, null, null);
        }
        return new DirectoryChange.PatchKey(
                id,
                label,
                enabled,
                vault.encrypt(Purpose.key(id), secret),
                vault.fingerprint(secret),
                vault.mask(secret));
    }

    /** The secret of a key row; a failure concerns this key only (behaviour.md §9). */
    public String open(ProviderKey key) throws UnreadableSecretException {
        return vault.decrypt(Purpose.key(key.id()), key.cipherText());
    }

    /** How many secrets are not under this node's newest encryption key; while there are any, the older ones are needed. */
    public long underOlderKeys(DirectorySnapshot directory) {
        return Stream.concat(
                        directory.keys().values().stream().map(ProviderKey::cipherText),
                        Stream.of(directory.apiKeyCipher(), directory.adminKeyCipher())
                                .filter(Objects::nonNull))
                .filter(cipherText -> !vault.isCurrent(cipherText))
                .count();
    }

    /**
     * The API key in force: the configured one, else the generated one of the directory, else null where the directory
     * has not arrived yet. Unreadable means that this node has another encryption key than the database's.
     */
    public @Nullable String apiKey(DirectorySnapshot directory) throws UnreadableSecretException {
        return access(false, given.apiKey(), directory.apiKeyCipher());
    }

    /** The admin key in force, as {@link #apiKey}. */
    public @Nullable String adminKey(DirectorySnapshot directory) throws UnreadableSecretException {
        return access(true, given.adminKey(), directory.adminKeyCipher());
    }

    /** A new access key and the change that makes it the one in force. */
    public record NewAccessKey(String key, DirectoryChange.SetAccessKey change) {
        /** Without the key. */
        @Override
        public String toString() {
            return "NewAccessKey[admin=" + change.admin() + "]";
        }
    }

    /** A change to a newly generated access key, see {@link #generateAccessKey}. */
    public DirectoryChange.SetAccessKey newAccessKey(boolean admin) {
        return generateAccessKey(admin).change();
    }

    /** Generates an access key: {@code sb-} and 48 hex digits, {@code sb-admin-} and 64 for admins. */
    public NewAccessKey generateAccessKey(boolean admin) {
        byte[] bytes = new byte[admin ? ADMIN_KEY_BYTES : API_KEY_BYTES];
        random.nextBytes(bytes);
        String key = (admin ? "sb-admin-" : "sb-") + HexFormat.of().formatHex(bytes);
        return new NewAccessKey(
                key, new DirectoryChange.SetAccessKey(admin, vault.encrypt(Purpose.access(admin), key)));
    }

    private @Nullable String access(boolean admin, @Nullable String configured, @Nullable String cipherText)
            throws UnreadableSecretException {
        if (configured != null || cipherText == null) {
            return configured;
        }
        return vault.decrypt(Purpose.access(admin), cipherText);
    }
}
