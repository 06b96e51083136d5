package dev.switchboard.node.provider;

import dev.switchboard.protocol.directory.DirectorySnapshot;
import dev.switchboard.protocol.directory.Platform;
import dev.switchboard.protocol.directory.ProviderKey;
import dev.switchboard.protocol.domain.KeyId;
import dev.switchboard.protocol.domain.PlatformId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The order in which a platform's keys are tried: pinned, then least used (behaviour.md §3). */
final class KeyChoice {
    private KeyChoice() {}

    /** What stands for the key of a platform that needs none. */
    static KeyId keyless(PlatformId platform) {
        return new KeyId(platform.value() + ":keyless");
    }

    /**
     * The usable keys: preferred first, then by requests in the last minute, in flight, today, then as they were added.
     */
    static List<KeyId> order(
            DirectorySnapshot directory,
            PlatformId id,
            @Nullable KeyId preferred,
            Set<KeyId> exclude,
            Windows windows,
            long now) {
        Platform platform = directory.platform(id);
        if (platform == null || !platform.enabled()) {
            return List.of();
        }
        List<Candidate> candidates = new ArrayList<>();
        boolean anyUsable = false;
        for (ProviderKey key : directory.keysOf(id)) {
            if (key.usable()) {
                anyUsable = true;
                if (!exclude.contains(key.id())) {
                    candidates.add(new Candidate(key.id(), windows.total(key.id(), now)));
                }
            }
        }
        if (!anyUsable && platform.keyless()) {
            KeyId synthetic = keyless(id);
            return exclude.contains(synthetic) ? List.of() : List.of(synthetic);
        }
        if (candidates.size() == 1) {
            return List.of(candidates.get(0).key());
        }
        candidates.sort(Comparator.<Candidate>comparingInt(candidate -> candidate.key.equals(preferred) ? 0 : 1)
                .thenComparingLong(candidate -> candidate.use.rpm())
                .thenComparingInt(candidate -> candidate.use.inFlight())
                .thenComparingLong(candidate -> candidate.use.rpd()));
        return candidates.stream().map(Candidate::key).toList();
    }

    private record Candidate(KeyId key, Window use) {}
}
