package dev.switchboard.protocol.directory;

import java.util.List;

/** Who may come in beside the holders of the first API key and the admin key. */
public record Grants(List<ApiKey> apiKeys, SignIns signIns) {
    /** Nobody. */
    public static final Grants NONE = new Grants(List.of(), SignIns.NONE);

    /** Both are null where an earlier version wrote. */
    public Grants {
        apiKeys = apiKeys == null ? List.of() : List.copyOf(apiKeys);
        signIns = signIns == null ? SignIns.NONE : signIns;
    }
}
