package dev.switchboard.node.directory;

import dev.switchboard.protocol.directory.DirectoryChange;
import dev.switchboard.protocol.directory.DirectoryChange.PatchKey;
import dev.switchboard.protocol.directory.DirectoryChange.SetKeyStatus;
import dev.switchboard.protocol.directory.ProviderKey;
import dev.switchboard.protocol.domain.KeyId;
import dev.switchboard.protocol.domain.PlatformId;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Decides on changes of provider keys. */
final class KeyChanges {
    /** A check that finds nothing new is kept at most this often, so that the journal stays small. */
    static final Duration SAME_STATUS_KEPT_EVERY = Duration.ofHours(1);

    private KeyChanges() {}

    /** Null for a change of something else. */
    static @Nullable Decision decide(DirectoryState state, DirectoryChange change) {
        if (change instanceof DirectoryChange.AddKey add) {
            return add(state, add.key());
        } else if (change instanceof PatchKey patch) {
            return patch(state, patch);
        } else if (change instanceof DirectoryChange.RemoveKey remove) {
            return remove(state, remove.id());
        } else if (change instanceof SetKeyStatus found) {
            return status(state, found);
        }
        return null;
    }

    private static Decision add(DirectoryState state, ProviderKey key) {
        if (!Rows.of(state).platforms().containsKey(key.platform())) {
            throw Refusal.invalid("platform", "is unknown: " + key.platform());
        }
        if (state.keys().containsKey(key.id())) {
            throw Refusal.conflict("id", "the key " + key.id() + " is there already");
        }
        Checks.label("label", key.label());
        Checks.label("key", key.masked());
        cipherText(key.cipherText());
        unique(state, key.platform(), key.id(), key.fingerprint());
        return new Decision.Happens(
                new Fact.KeyAdded(key),
                new AuditFields()
                        .both("platform", null, key.platform())
                        .both("label", null, key.label())
                        .both("key", null, key.masked())
                        .as("key.add", key.id().value()));
    }

    private static Decision patch(DirectoryState state, PatchKey patch) {
        ProviderKey key = known(state, patch.id());
        Checks.name("label", patch.label());
        if (patch.cipherText() != null || patch.fingerprint() != null || patch.masked() != null) {
            if (patch.cipherText() == null || patch.fingerprint() == null || patch.masked() == null) {
                throw Refusal.invalid("key", "must come with cipher text, fingerprint and mask");
            }
            cipherText(patch.cipherText());
            unique(state, key.platform(), key.id(), patch.fingerprint());
        }
        boolean same = (patch.label() == null || patch.label().equals(key.label()))
                && (patch.enabled() == null || patch.enabled() == key.enabled())
                && (patch.fingerprint() == null || patch.fingerprint().equals(key.fingerprint()));
        if (same) {
            return Decision.Unchanged.INSTANCE;
        }
        return new Decision.Happens(
                new Fact.KeyPatched(patch),
                new AuditFields()
                        .changed("label", key.label(), patch.label())
                        .changed("enabled", key.enabled(), patch.enabled())
                        .changed("key", key.masked(), patch.masked())
                        .as("key.change", key.id().value()));
    }

    private static Decision remove(DirectoryState state, KeyId id) {
        ProviderKey key = known(state, id);
        return new Decision.Happens(
                new Fact.KeyRemoved(id),
                new AuditFields()
                        .both("platform", key.platform(), null)
                        .both("label", key.label(), null)
                        .both("key", key.masked(), null)
                        .as("key.remove", id.value()));
    }

    private static Decision status(DirectoryState state, SetKeyStatus found) {
        ProviderKey key = known(state, found.id());
        String reason = found.reason() == null ? null : Checks.shortened(found.reason());
        Instant last = key.lastCheckedAt();
        boolean same = key.status() == found.status() && Objects.equals(key.statusReason(), reason);
        if (same && last != null && found.checkedAt().isBefore(last.plus(SAME_STATUS_KEPT_EVERY))) {
            return Decision.Unchanged.INSTANCE;
        }
        return new Decision.Happens(
                new Fact.KeyStatusChanged(found.id(), found.status(), reason, found.checkedAt()), null);
    }

    static void cipherText(String cipherText) {
        if (cipherText.isBlank() || cipherText.length() > Checks.LONGEST_CIPHER_TEXT) {
            throw Refusal.invalid("key", "must not be empty or very long");
        }
    }

    private static void unique(DirectoryState state, PlatformId platform, KeyId id, String fingerprint) {
        boolean taken = state.keys().values().stream()
                .anyMatch(other -> other.platform().equals(platform)
                        && !other.id().equals(id)
                        && other.fingerprint().equals(fingerprint));
        if (taken) {
            throw Refusal.conflict("key", "this key is there already on " + platform);
        }
    }

    private static ProviderKey known(DirectoryState state, KeyId id) {
        ProviderKey key = state.keys().get(id);
        if (key == null) {
            throw Refusal.notFound("key " + id);
        }
        return key;
    }
}
