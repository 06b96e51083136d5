package dev.switchboard.node.main;

import akka.cluster.sharding.typed.javadsl.EntityRef;
import dev.switchboard.node.cooldown.Cooldowns;
import dev.switchboard.protocol.cooldown.CooldownCommand;
import dev.switchboard.protocol.cooldown.CooldownSnapshot;
import dev.switchboard.protocol.domain.KeyId;
import dev.switchboard.protocol.domain.PlatformId;
import dev.switchboard.protocol.provider.ProviderCommand;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * Ends cooldowns early, where they are shared and at the platform's owner: it honours failures before the shared
 * cooldowns show them, so it must hear of their end too.
 */
final class Releases {
    private final Cooldowns cooldowns;
    private final Function<PlatformId, EntityRef<ProviderCommand>> owner;
    private final Clock clock;

    Releases(Cooldowns cooldowns, Function<PlatformId, EntityRef<ProviderCommand>> owner, Clock clock) {
        this.cooldowns = cooldowns;
        this.owner = owner;
        this.clock = clock;
    }

    /** Ends one cooldown by its id; answers whether there was one. */
    CompletionStage<Boolean> release(String id) {
        Optional<CooldownSnapshot.Entry> entry = cooldowns.entries(clock.instant()).stream()
                .filter(row -> row.id().equals(id))
                .findFirst();
        return cooldowns
                .release(id)
                .thenApplyAsync(CooldownCommand.ReleaseReply::found, Runnable::run)
                .thenApplyAsync(
                        found -> {
                            entry.ifPresent(row -> owner.apply(row.platform())
                                    .tell(new ProviderCommand.CooldownEnded(row.model(), row.key(), row.until())));
                            return found;
                        },
                        Runnable::run);
    }

    /** A key was checked and is good again. */
    void keyRecovered(PlatformId platform, KeyId key) {
        Instant until = cooldowns.snapshot().keyCoolsUntil(key, clock.instant());
        cooldowns.keyRecovered(platform, key);
        if (until != null) {
            owner.apply(platform).tell(new ProviderCommand.CooldownEnded(null, key, until));
        }
    }
}
