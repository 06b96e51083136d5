package dev.switchboard.node.directory;

import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.domain.PlatformId;

/** Marks of what people removed, so that the configuration does not bring it back at the next start or fail-over. */
final class Removed {
    private Removed() {}

    static String platform(PlatformId id) {
        return "platform " + id;
    }

    static String model(ModelRef ref) {
        return "model " + ref;
    }

    static String key(PlatformId platform, String fingerprint) {
        return "key " + platform + " " + fingerprint;
    }
}
