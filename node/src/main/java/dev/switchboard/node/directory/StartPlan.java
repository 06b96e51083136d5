package dev.switchboard.node.directory;

import dev.switchboard.node.directory.DirectoryEvent.AuditText;
import dev.switchboard.node.settings.Settings;
import dev.switchboard.node.vault.UnreadableSecretException;
import dev.switchboard.node.vault.Vault;
import dev.switchboard.protocol.directory.DirectoryChange;
import dev.switchboard.protocol.directory.Model;
import dev.switchboard.protocol.directory.ProviderKey;
import dev.switchboard.protocol.domain.KeyStatus;
import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.domain.PlatformId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What has to happen when the owner of the directory starts: catalogue, configured rows, secrets under an older
 * encryption key, configured keys, access keys. Nothing where all is so already.
 */
final class StartPlan {
    static final String ACTOR = "system";

    private static final Logger LOG = LoggerFactory.getLogger(StartPlan.class);
    private static final String UNREADABLE = "unreadable: ";

    private final Settings settings;
    private final Vault vault;
    private final @Nullable Catalog catalog;
    private final Secrets secrets;
    private final Instant now;
    private final List<DirectoryEvent> events = new ArrayList<>();
    private DirectoryState state;

    private StartPlan(DirectoryState state, DirectorySetup setup, Secrets secrets) {
        this.state = state;
        this.settings = setup.settings();
        this.vault = setup.vault();
        this.catalog = setup.catalog();
        this.secrets = secrets;
        this.now = setup.clock().instant();
    }

    static List<DirectoryEvent> events(DirectoryState state, DirectorySetup setup, Secrets secrets) {
        StartPlan plan = new StartPlan(state, setup, secrets);
        plan.loadCatalog();
        plan.applyBootstrap();
        plan.checkSecrets();
        plan.addKeys();
        plan.makeAccessKeys();
        return plan.events;
    }

    private void add(Fact fact, @Nullable AuditText audit) {
        DirectoryEvent event = new DirectoryEvent(DirectoryEvent.FORMAT, now, ACTOR, fact, audit);
        events.add(event);
        state = state.apply(event);
    }

    /** An older catalogue than the one in force changes nothing: during a rolling upgrade both versions run. */
    private void loadCatalog() {
        Catalog loaded = catalog;
        String old = state.catalogVersion();
        if (loaded == null || (old != null && CatalogVersion.isOlder(loaded.version(), old))) {
            return;
        }
        Catalog effective = settings.builtinCatalog() ? loaded : namedOnly(loaded);
        Layer layer = Layer.of(effective.platforms(), effective.models());
        if (!loaded.version().equals(old) || !layer.equals(state.catalog())) {
            add(
                    new Fact.CatalogLoaded(loaded.version(), effective.platforms(), effective.models()),
                    new AuditText(
                            "catalog.load", settings.builtinCatalog() ? "builtin" : "none", old, loaded.version()));
        }
    }

    private Catalog namedOnly(Catalog whole) {
        Set<PlatformId> platforms = BootstrapRows.named(settings.bootstrap());
        Set<ModelRef> models = settings.bootstrap().models().stream()
                .map(Settings.BootModel::ref)
                .collect(Collectors.toSet());
        return new Catalog(
                whole.version(),
                whole.platforms().stream()
                        .filter(row -> platforms.contains(row.id()))
                        .toList(),
                whole.models().stream()
                        .filter((Model row) -> models.contains(row.ref()))
                        .toList());
    }

    private void applyBootstrap() {
        Layer layer = BootstrapRows.over(state, settings.bootstrap());
        Set<PlatformId> known = Rows.of(state).platforms().keySet();
        settings.bootstrap().models().stream()
                .map(Settings.BootModel::ref)
                .filter(ref ->
                        !known.contains(ref.platform()) && !layer.platforms().containsKey(ref.platform()))
                .forEach(ref -> LOG.warn("the configured model {} cannot be used: there is no such platform", ref));
        if (!layer.equals(state.bootstrap())) {
            add(
                    new Fact.BootstrapApplied(
                            List.copyOf(layer.platforms().values()),
                            List.copyOf(layer.models().values())),
                    new AuditFields()
                            .both(
                                    "platforms",
                                    state.bootstrap().platforms().keySet(),
                                    layer.platforms().keySet())
                            .both(
                                    "models",
                                    state.bootstrap().models().keySet(),
                                    layer.models().keySet())
                            .as("bootstrap.apply", "configuration"));
        }
    }

    /** A corrupt row is one key in error (behaviour.md §9); what is readable moves to the newest encryption key. */
    private void checkSecrets() {
        Rekeying.facts(state, vault, secrets).forEach(fact -> add(fact, null));
        List.copyOf(state.keys().values()).forEach(this::checkKey);
    }

    private void checkKey(ProviderKey key) {
        String problem = key.status() == KeyStatus.ERROR ? key.statusReason() : null;
        try {
            secrets.open(key);
            if (problem != null && problem.startsWith(UNREADABLE)) {
                add(new Fact.KeyStatusChanged(key.id(), KeyStatus.UNKNOWN, null, key.lastCheckedAt()), null);
            }
        } catch (UnreadableSecretException e) {
            String reason = UNREADABLE + e.getMessage();
            if (!Objects.equals(problem, reason)) {
                LOG.warn("provider key {} of {} is out of use: {}", key.id(), key.platform(), e.getMessage());
                add(new Fact.KeyStatusChanged(key.id(), KeyStatus.ERROR, reason, key.lastCheckedAt()), null);
            }
        }
    }

    private void addKeys() {
        Rows rows = Rows.of(state);
        for (Settings.BootKey asked : settings.bootstrap().keys()) {
            if (!rows.platforms().containsKey(asked.platform())) {
                LOG.warn("the configured key of {} is left out: there is no such platform", asked.platform());
            } else if (isAbsent(asked)) {
                DirectoryChange add =
                        new DirectoryChange.AddKey(secrets.newKey(asked.platform(), asked.key(), asked.label(), now));
                if (Changes.decide(state, add) instanceof Decision.Happens happens) {
                    add(happens.fact(), happens.audit());
                }
            }
        }
    }

    private boolean isAbsent(Settings.BootKey asked) {
        List<String> fingerprints = vault.fingerprints(asked.key());
        boolean there = state.keys().values().stream()
                .anyMatch(key -> key.platform().equals(asked.platform()) && fingerprints.contains(key.fingerprint()));
        return !there
                && fingerprints.stream()
                        .noneMatch(print -> state.removed().contains(Removed.key(asked.platform(), print)));
    }

    private void makeAccessKeys() {
        if (settings.auth().apiKey() == null && state.apiKeyCipher() == null) {
            makeAccessKey(false);
        }
        if (settings.auth().adminKey() == null && state.adminKeyCipher() == null) {
            makeAccessKey(true);
        }
    }

    private void makeAccessKey(boolean admin) {
        DirectoryChange.SetAccessKey made = secrets.newAccessKey(admin);
        add(new Fact.AccessKeySet(admin, made.cipherText()), Changes.accessKeyText(admin));
    }
}
