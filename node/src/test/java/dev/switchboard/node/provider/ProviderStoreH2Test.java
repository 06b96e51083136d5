package dev.switchboard.node.provider;

import dev.switchboard.node.persistence.DatabaseConfig;

class ProviderStoreH2Test extends ProviderStoreContract {
    ProviderStoreH2Test() {
        super(DatabaseConfig.Kind.H2);
    }
}
