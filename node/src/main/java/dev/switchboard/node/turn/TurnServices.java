package dev.switchboard.node.turn;

import akka.Done;
import dev.switchboard.node.settings.Settings;
import dev.switchboard.node.upstream.Upstream;
import dev.switchboard.protocol.cooldown.CooldownCommand;
import dev.switchboard.protocol.cooldown.CooldownSnapshot;
import dev.switchboard.protocol.directory.DirectorySnapshot;
import dev.switchboard.protocol.directory.ProviderKey;
import dev.switchboard.protocol.domain.PlatformId;
import dev.switchboard.protocol.domain.SessionKey;
import dev.switchboard.protocol.provider.ProviderCommand;
import dev.switchboard.protocol.session.SessionCommand;
import dev.switchboard.protocol.statistics.StatisticsCommand;
import dev.switchboard.protocol.statistics.StatisticsSnapshot;
import java.time.Clock;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What a turn works with: what tells the owners, this node's snapshots, and the way upstream.
 *
 * @param sessionHeard completes when the owner of a session has taken in what it was told
 * @param secret the decrypted secret of a key; null where it cannot be read
 * @param lastResort platforms left out of automatic routing once a real provider key exists
 */
public record TurnServices(
        BiConsumer<SessionKey, SessionCommand> session,
        Function<SessionKey, CompletionStage<Done>> sessionHeard,
        BiConsumer<PlatformId, ProviderCommand> provider,
        Consumer<CooldownCommand.Report> cooldowns,
        Consumer<StatisticsCommand> statistics,
        Supplier<DirectorySnapshot> directory,
        Supplier<CooldownSnapshot> cooling,
        Supplier<StatisticsSnapshot> records,
        Upstream upstream,
        Function<ProviderKey, @Nullable String> secret,
        Supplier<Settings> settings,
        Set<PlatformId> lastResort,
        InFlight inFlight,
        StatedBefore statedBefore,
        Standings standings,
        RecentLeases recentLeases,
        Clock clock,
        Supplier<RandomGenerator> random) {}
