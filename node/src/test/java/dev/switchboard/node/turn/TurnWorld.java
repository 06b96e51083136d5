package dev.switchboard.node.turn;

import dev.switchboard.protocol.directory.AdapterKind;
import dev.switchboard.protocol.directory.DirectorySnapshot;
import dev.switchboard.protocol.directory.Model;
import dev.switchboard.protocol.directory.Origin;
import dev.switchboard.protocol.directory.Platform;
import dev.switchboard.protocol.directory.ProviderKey;
import dev.switchboard.protocol.directory.Quirks;
import dev.switchboard.protocol.domain.KeyId;
import dev.switchboard.protocol.domain.KeyStatus;
import dev.switchboard.protocol.domain.Limits;
import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.domain.PlatformId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Directories as tests of turns need them. */
final class TurnWorld {
    private final List<Platform> platforms = new ArrayList<>();
    private final List<Model> models = new ArrayList<>();
    private final List<ProviderKey> keys = new ArrayList<>();

    /** A platform with keys {@code id-1} and so on. */
    TurnWorld platform(String id, String url, int keyCount) {
        PlatformId platform = new PlatformId(id);
        platforms.add(new Platform(
                platform,
                id,
                AdapterKind.OPENAI,
                url,
                Origin.CUSTOM,
                true,
                false,
                null,
                Map.of(),
                Quirks.NONE,
                Limits.NONE,
                null));
        for (int i = 1; i <= keyCount; i++) {
            String key = id + "-" + i;
            keys.add(new ProviderKey(
                    new KeyId(key),
                    platform,
                    key,
                    "cipher",
                    key,
                    "…",
                    true,
                    KeyStatus.HEALTHY,
                    null,
                    Instant.EPOCH,
                    null));
        }
        return this;
    }

    TurnWorld model(String ref, int window) {
        models.add(new Model(
                ModelRef.parse(ref),
                ref,
                1,
                1,
                window,
                Limits.NONE,
                true,
                true,
                true,
                models.size(),
                Origin.CUSTOM,
                null,
                null));
        return this;
    }

    DirectorySnapshot directory() {
        return new DirectorySnapshot(1, platforms, models, keys, Map.of(), null, null);
    }
}
