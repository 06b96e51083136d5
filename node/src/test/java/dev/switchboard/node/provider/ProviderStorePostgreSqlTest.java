package dev.switchboard.node.provider;

import dev.switchboard.node.persistence.DatabaseConfig;

class ProviderStorePostgreSqlTest extends ProviderStoreContract {
    ProviderStorePostgreSqlTest() {
        super(DatabaseConfig.Kind.POSTGRESQL);
    }
}
