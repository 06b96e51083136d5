package dev.switchboard.node.directory;

import dev.switchboard.protocol.directory.ApiKey;
import dev.switchboard.protocol.directory.DirectoryChange;
import dev.switchboard.protocol.directory.DirectoryChange.PatchApiKey;
import dev.switchboard.protocol.directory.Grants;
import dev.switchboard.protocol.directory.SignIns;
import dev.switchboard.protocol.domain.ApiKeyId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Decides on changes of API keys and sign-ins, and what becomes of them. */
final class GrantChanges {
    static final int MOST_API_KEYS = 10_000;
    static final int MOST_MODELS = 200;

    /** More sign-outs than these at once end all sign-ins: forgetting one of them would bring it back. */
    static final int MOST_REVOKED = 500;

    private GrantChanges() {}

    static Decision decide(DirectoryState state, DirectoryChange change) {
        if (change instanceof DirectoryChange.AddApiKey add) {
            return add(state, add.key());
        } else if (change instanceof PatchApiKey patch) {
            return patch(state, patch);
        } else if (change instanceof DirectoryChange.RemoveApiKey remove) {
            ApiKey key = known(state, remove.id());
            return new Decision.Happens(
                    new Fact.ApiKeyRemoved(key.id()),
                    new AuditFields()
                            .both("name", key.name(), null)
                            .both("key", key.masked(), null)
                            .as("api-key.remove", key.id().value()));
        } else if (change instanceof DirectoryChange.RevokeSignIn revoke) {
            return state.grants().signIns().revoked().containsKey(revoke.id())
                    ? Decision.Unchanged.INSTANCE
                    : new Decision.Happens(
                            new Fact.SignInRevoked(revoke.id(), revoke.expiresAt()),
                            new AuditFields().as("sign-in.end", "dashboard"));
        } else if (change instanceof DirectoryChange.RevokeSignIns revoke) {
            return new Decision.Happens(
                    new Fact.SignInsRevoked(revoke.until()), new AuditFields().as("sign-in.end-all", "dashboard"));
        }
        throw new IllegalArgumentException("no decision on " + change.getClass().getName());
    }

    private static Decision add(DirectoryState state, ApiKey key) {
        List<ApiKey> keys = state.grants().apiKeys();
        if (keys.stream().anyMatch(other -> other.id().equals(key.id()))) {
            throw Refusal.conflict("id", "the API key " + key.id() + " is there already");
        }
        if (keys.size() >= MOST_API_KEYS) {
            throw Refusal.conflict("name", "there are " + MOST_API_KEYS + " API keys already");
        }
        Checks.name("name", key.name());
        models(key.models());
        Checks.limits(key.limits());
        return new Decision.Happens(
                new Fact.ApiKeyAdded(key),
                new AuditFields()
                        .both("name", null, key.name())
                        .both("key", null, key.masked())
                        .both("models", null, key.models().isEmpty() ? "all" : key.models())
                        .both("limits", null, key.limits())
                        .both("expiresAt", null, key.expiresAt())
                        .as("api-key.add", key.id().value()));
    }

    private static Decision patch(DirectoryState state, PatchApiKey patch) {
        ApiKey key = known(state, patch.id());
        if (patch.name() != null) {
            Checks.name("name", patch.name());
        }
        if (patch.models() != null) {
            models(patch.models());
        }
        Checks.limits(patch.limits());
        ApiKey changed = patched(key, patch);
        if (changed.equals(key)) {
            return Decision.Unchanged.INSTANCE;
        }
        AuditFields audit = new AuditFields()
                .changed("name", key.name(), changed.name())
                .changed("models", key.models(), changed.models())
                .changed("limits", key.limits(), changed.limits())
                .changed("enabled", key.enabled(), changed.enabled());
        if (patch.mode() != null) {
            audit.both("mode", key.mode(), changed.mode());
        }
        if (patch.expiry() != null) {
            audit.both("expiresAt", key.expiresAt(), changed.expiresAt());
        }
        return new Decision.Happens(
                new Fact.ApiKeyPatched(patch),
                audit.as("api-key.change", key.id().value()));
    }

    private static void models(List<String> models) {
        if (models.size() > MOST_MODELS) {
            throw Refusal.invalid("models", "must not be more than " + MOST_MODELS);
        }
        models.forEach(model -> Checks.name("models", model));
    }

    private static ApiKey known(DirectoryState state, ApiKeyId id) {
        return state.grants().apiKeys().stream()
                .filter(key -> key.id().equals(id))
                .findFirst()
                .orElseThrow(() -> Refusal.notFound("API key " + id));
    }

    private static ApiKey patched(ApiKey key, PatchApiKey patch) {
        return new ApiKey(
                key.id(),
                patch.name() == null ? key.name() : patch.name(),
                key.salt(),
                key.hash(),
                key.masked(),
                patch.models() == null ? key.models() : patch.models(),
                patch.mode() == null ? key.mode() : patch.mode().mode(),
                patch.limits() == null ? key.limits() : patch.limits(),
                patch.enabled() == null ? key.enabled() : patch.enabled(),
                key.createdAt(),
                patch.expiry() == null ? key.expiresAt() : patch.expiry().at());
    }

    /** The grants after an event; {@code at} forgets sign-ins that have expired since. */
    static Grants after(Grants grants, Fact fact, Instant at) {
        if (fact instanceof Fact.ApiKeyAdded added) {
            List<ApiKey> keys = new ArrayList<>(grants.apiKeys());
            keys.add(added.key());
            return new Grants(keys, grants.signIns());
        } else if (fact instanceof Fact.ApiKeyPatched patched) {
            List<ApiKey> keys = new ArrayList<>(grants.apiKeys());
            keys.replaceAll(key -> key.id().equals(patched.patch().id()) ? patched(key, patched.patch()) : key);
            return new Grants(keys, grants.signIns());
        } else if (fact instanceof Fact.ApiKeyRemoved gone) {
            List<ApiKey> keys = new ArrayList<>(grants.apiKeys());
            keys.removeIf(key -> key.id().equals(gone.id()));
            return new Grants(keys, grants.signIns());
        } else if (fact instanceof Fact.SignInRevoked revoked) {
            return new Grants(grants.apiKeys(), without(grants.signIns(), revoked, at));
        } else if (fact instanceof Fact.SignInsRevoked revoked) {
            return new Grants(
                    grants.apiKeys(),
                    new SignIns(Map.of(), later(grants.signIns().validFrom(), revoked.until())));
        }
        return grants;
    }

    private static SignIns without(SignIns signIns, Fact.SignInRevoked revoked, Instant at) {
        Map<String, Instant> ended = new HashMap<>(signIns.revoked());
        ended.values().removeIf(expiry -> !expiry.isAfter(at));
        ended.put(revoked.id(), revoked.expiresAt());
        return ended.size() > MOST_REVOKED
                ? new SignIns(Map.of(), later(signIns.validFrom(), at))
                : new SignIns(ended, signIns.validFrom());
    }

    private static Instant later(@Nullable Instant one, Instant other) {
        return one != null && one.isAfter(other) ? one : other;
    }
}
