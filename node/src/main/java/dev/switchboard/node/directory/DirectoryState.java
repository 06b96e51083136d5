package dev.switchboard.node.directory;

import dev.switchboard.protocol.directory.DirectoryChange.PatchKey;
import dev.switchboard.protocol.directory.DirectoryCommand.AuditEntry;
import dev.switchboard.protocol.directory.Grants;
import dev.switchboard.protocol.directory.ProviderKey;
import dev.switchboard.protocol.domain.KeyId;
import dev.switchboard.protocol.domain.KeyStatus;
import dev.switchboard.protocol.domain.ModelRef;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All that the directory knows, immutable. Three layers of rows lie over one another: built in, from the
 * configuration, added by people; {@link Choices} lie over all of them. {@link Rows} is what comes out.
 *
 * @param version the number of events so far
 * @param catalogVersion null before the first catalogue
 * @param removed what people removed and the configuration must not bring back; see {@link Removed}
 * @param audit the newest entries, oldest first
 */
record DirectoryState(
        long version,
        @Nullable String catalogVersion,
        Layer catalog,
        Layer bootstrap,
        Layer own,
        Choices choices,
        Map<KeyId, ProviderKey> keys,
        Map<String, String> settings,
        @Nullable String apiKeyCipher,
        @Nullable String adminKeyCipher,
        Set<String> removed,
        List<AuditEntry> audit,
        Grants grants) {
    static final int AUDIT_KEPT = 1_000;

    static final DirectoryState EMPTY = new DirectoryState(
            0,
            null,
            Layer.EMPTY,
            Layer.EMPTY,
            Layer.EMPTY,
            Choices.NONE,
            Map.of(),
            Map.of(),
            null,
            null,
            Set.of(),
            List.of(),
            Grants.NONE);

    DirectoryState {
        keys = Collections.unmodifiableMap(new LinkedHashMap<>(keys));
        settings = Map.copyOf(settings);
        removed = Collections.unmodifiableSet(new LinkedHashSet<>(removed));
        audit = List.copyOf(audit);
    }

    /** The state after one more event. */
    DirectoryState apply(DirectoryEvent event) {
        Draft draft = new Draft(this);
        draft.version++;
        draft.take(event.fact(), event.at());
        DirectoryEvent.AuditText text = event.audit();
        if (text != null) {
            draft.audit.add(new AuditEntry(
                    event.at(), event.actor(), text.action(), text.target(), text.before(), text.after()));
            if (draft.audit.size() > AUDIT_KEPT) {
                draft.audit.remove(0);
            }
        }
        return draft.state();
    }

    /** Fields of a state in the making. */
    private static final class Draft {
        private long version;
        private @Nullable String catalogVersion;
        private Layer catalog;
        private Layer bootstrap;
        private Layer own;
        private Choices choices;
        private final Map<KeyId, ProviderKey> keys;
        private final Map<String, String> settings;
        private @Nullable String apiKeyCipher;
        private @Nullable String adminKeyCipher;
        private final Set<String> removed;
        private final List<AuditEntry> audit;
        private Grants grants;

        Draft(DirectoryState from) {
            version = from.version;
            catalogVersion = from.catalogVersion;
            catalog = from.catalog;
            bootstrap = from.bootstrap;
            own = from.own;
            choices = from.choices;
            keys = new LinkedHashMap<>(from.keys);
            settings = new LinkedHashMap<>(from.settings);
            apiKeyCipher = from.apiKeyCipher;
            adminKeyCipher = from.adminKeyCipher;
            removed = new LinkedHashSet<>(from.removed);
            audit = new ArrayList<>(from.audit);
            grants = from.grants;
        }

        DirectoryState state() {
            return new DirectoryState(
                    version,
                    catalogVersion,
                    catalog,
                    bootstrap,
                    own,
                    choices,
                    keys,
                    settings,
                    apiKeyCipher,
                    adminKeyCipher,
                    removed,
                    audit,
                    grants);
        }

        void take(Fact fact, Instant at) {
            if (fact instanceof Fact.CatalogLoaded loaded) {
                catalogVersion = loaded.version();
                catalog = Layer.of(loaded.platforms(), loaded.models());
            } else if (fact instanceof Fact.BootstrapApplied applied) {
                bootstrap = Layer.of(applied.platforms(), applied.models());
            } else if (fact instanceof Fact.PlatformAdded added) {
                removed.remove(Removed.platform(added.platform().id()));
                own = own.with(added.platform());
            } else if (fact instanceof Fact.PlatformPatched patched) {
                choices = choices.with(patched.patch());
            } else if (fact instanceof Fact.PlatformRemoved gone) {
                remove(gone);
            } else if (fact instanceof Fact.ModelAdded added) {
                add(added);
            } else if (fact instanceof Fact.ModelPatched patched) {
                choices = choices.with(patched.patch());
            } else if (fact instanceof Fact.ModelRemoved gone) {
                own = own.without(gone.ref());
                bootstrap = bootstrap.without(gone.ref());
                choices = choices.without(gone.ref());
                removed.add(Removed.model(gone.ref()));
            } else if (fact instanceof Fact.ChainChanged changed) {
                changed.links().forEach(this::place);
            } else if (fact instanceof Fact.SettingsChanged changed) {
                changed.values().forEach(this::set);
            } else if (fact instanceof Fact.AccessKeySet access) {
                set(access);
            } else if (fact instanceof Fact.Imported imported) {
                imported.facts().forEach(one -> take(one, at));
            } else {
                grants = GrantChanges.after(grants, fact, at);
                takeKeyFact(fact);
            }
        }

        private void takeKeyFact(Fact fact) {
            if (fact instanceof Fact.KeyAdded added) {
                keys.put(added.key().id(), added.key());
                removed.remove(Removed.key(added.key().platform(), added.key().fingerprint()));
            } else if (fact instanceof Fact.KeyPatched patched) {
                keys.computeIfPresent(patched.patch().id(), (id, key) -> patch(key, patched.patch()));
            } else if (fact instanceof Fact.KeyRemoved gone) {
                ProviderKey key = keys.remove(gone.id());
                if (key != null) {
                    removed.add(Removed.key(key.platform(), key.fingerprint()));
                }
            } else if (fact instanceof Fact.KeyStatusChanged found) {
                keys.computeIfPresent(found.id(), (id, key) -> Rows.withStatus(key, found));
            } else if (fact instanceof Fact.KeyReencrypted again) {
                keys.computeIfPresent(
                        again.id(),
                        (id, key) -> Rows.withSecret(key, again.cipherText(), again.fingerprint(), key.masked()));
            }
        }

        private void remove(Fact.PlatformRemoved gone) {
            own = own.without(gone.id());
            bootstrap = bootstrap.without(gone.id());
            choices = choices.without(gone.id());
            keys.values().removeIf(key -> key.platform().equals(gone.id()));
            removed.add(Removed.platform(gone.id()));
        }

        private void add(Fact.ModelAdded added) {
            ModelRef ref = added.model().ref();
            removed.remove(Removed.model(ref));
            own = own.with(added.model());
            if (added.priority() != null) {
                choices = choices.withPriority(ref, added.priority());
            }
        }

        private void place(Fact.Link link) {
            if (link.priority() != null) {
                choices = choices.withPriority(link.ref(), link.priority());
            }
            if (link.enabled() != null) {
                choices = choices.with(Rows.onlyEnabled(link.ref(), link.enabled()));
            }
        }

        private void set(String path, @Nullable String value) {
            if (value == null) {
                settings.remove(path);
            } else {
                settings.put(path, value);
            }
        }

        private void set(Fact.AccessKeySet access) {
            if (access.admin()) {
                adminKeyCipher = access.cipherText();
            } else {
                apiKeyCipher = access.cipherText();
            }
        }

        private static ProviderKey patch(ProviderKey key, PatchKey patch) {
            ProviderKey changed = Rows.withLabelAndSwitch(
                    key,
                    patch.label() == null ? key.label() : patch.label(),
                    patch.enabled() == null ? key.enabled() : patch.enabled());
            if (patch.cipherText() == null || patch.fingerprint() == null || patch.masked() == null) {
                return changed;
            }
            ProviderKey renewed = Rows.withSecret(changed, patch.cipherText(), patch.fingerprint(), patch.masked());
            return Rows.withStatus(renewed, new Fact.KeyStatusChanged(key.id(), KeyStatus.UNKNOWN, null, null));
        }
    }
}
