package dev.switchboard.node.directory;

import dev.switchboard.node.vault.Purpose;
import dev.switchboard.node.vault.UnreadableSecretException;
import dev.switchboard.node.vault.Vault;
import dev.switchboard.protocol.directory.ProviderKey;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Moves secrets to the newest encryption key (behaviour.md §9); what cannot be read stays as it is. */
final class Rekeying {
    private static final Logger LOG = LoggerFactory.getLogger(Rekeying.class);

    private final Vault vault;
    private final Secrets secrets;
    private final List<Fact> facts = new ArrayList<>();

    private Rekeying(Vault vault, Secrets secrets) {
        this.vault = vault;
        this.secrets = secrets;
    }

    /** The same secrets under the newest encryption key, for those that are under another. */
    static List<Fact> facts(DirectoryState state, Vault vault, Secrets secrets) {
        Rekeying rekeying = new Rekeying(vault, secrets);
        state.keys().values().forEach(rekeying::move);
        rekeying.move(false, state.apiKeyCipher());
        rekeying.move(true, state.adminKeyCipher());
        if (!rekeying.facts.isEmpty()) {
            LOG.info("{} secrets are moved to the newest encryption key", rekeying.facts.size());
        }
        return rekeying.facts;
    }

    private void move(ProviderKey key) {
        if (vault.isCurrent(key.cipherText())) {
            return;
        }
        try {
            String secret = secrets.open(key);
            facts.add(new Fact.KeyReencrypted(
                    key.id(), vault.encrypt(Purpose.key(key.id()), secret), vault.fingerprint(secret)));
        } catch (UnreadableSecretException e) {
            LOG.debug("provider key {} stays under its encryption key: {}", key.id(), e.getMessage());
        }
    }

    private void move(boolean admin, @Nullable String cipherText) {
        if (cipherText == null || vault.isCurrent(cipherText)) {
            return;
        }
        try {
            String secret = vault.decrypt(Purpose.access(admin), cipherText);
            facts.add(new Fact.AccessKeySet(admin, vault.encrypt(Purpose.access(admin), secret)));
        } catch (UnreadableSecretException e) {
            LOG.error(
                    "the generated {} key cannot be read: {}; give this node the encryption key of the database",
                    admin ? "admin" : "API",
                    e.getMessage());
        }
    }
}
