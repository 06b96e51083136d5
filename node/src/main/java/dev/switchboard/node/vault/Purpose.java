package dev.switchboard.node.vault;

import dev.switchboard.protocol.domain.KeyId;

/**
 * What a secret is for; bound into its cipher text, so that one row's cipher text does not open in another row.
 *
 * @param value unique per row
 */
public record Purpose(String value) {
    /** The generated API key. */
    public static final Purpose API_KEY = new Purpose("access/api-key");

    /** The generated admin key. */
    public static final Purpose ADMIN_KEY = new Purpose("access/admin-key");

    /** The provider key of that id. */
    public static Purpose key(KeyId id) {
        return new Purpose("key/" + id.value());
    }

    /** The admin key or the API key. */
    public static Purpose access(boolean admin) {
        return admin ? ADMIN_KEY : API_KEY;
    }
}
