package dev.switchboard.protocol.directory;

import dev.switchboard.protocol.domain.KeyId;
import dev.switchboard.protocol.domain.KeyStatus;
import dev.switchboard.protocol.domain.PlatformId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One provider key. The secret is only ever here as cipher text of the vault.
 *
 * @param fingerprint keyed hash of the secret; finds a key that was added before
 * @param masked what people see, such as {@code sk-…f3a9}
 */
public record ProviderKey(
        KeyId id,
        PlatformId platform,
        String label,
        String cipherText,
        String fingerprint,
        String masked,
        boolean enabled,
        KeyStatus status,
        @Nullable String statusReason,
        Instant createdAt,
        @Nullable Instant lastCheckedAt) {
    /** Whether it may be leased: enabled and not known to be refused or unreadable. */
    public boolean usable() {
        return enabled && status != KeyStatus.INVALID && status != KeyStatus.ERROR;
    }

    /** Masks the secret and its cipher text in logs. */
    @Override
    public String toString() {
        return "ProviderKey[" + id + ", " + platform + ", " + label + ", " + masked + ", " + status + "]";
    }
}
