package dev.switchboard.protocol.directory;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Who may come in beside the holders of the first API key and the admin key. */
public record Grants(@Nullable List<ApiKey> apiKeys, @Nullable SignIns signIns) {
    /** Nobody. */
    public static final Grants NONE = new Grants(List.of(), SignIns.NONE);

    /** Both are null where an earlier version wrote. */
    public Grants {
        apiKeys = apiKeys == null ? List.of() : List.copyOf(apiKeys);
        signIns = signIns == null ? SignIns.NONE : signIns;
    }
}
