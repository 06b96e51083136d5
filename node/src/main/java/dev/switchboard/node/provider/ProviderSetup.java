package dev.switchboard.node.provider;

import dev.switchboard.node.persistence.StateStore;
import dev.switchboard.node.sharding.Entities;
import dev.switchboard.protocol.cooldown.CooldownSnapshot;
import dev.switchboard.protocol.directory.DirectorySnapshot;
import dev.switchboard.protocol.provider.ProviderCommand;
import dev.switchboard.protocol.turn.AnnounceLeases;
import java.time.Clock;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * What the owners of platforms on one node work with.
 *
 * @param clock for windows and deadlines, UTC
 * @param directory this node's replica of the directory
 * @param cooldowns this node's replica of the cooldowns
 * @param reservation {@code session.provider-ban-cooldown}
 * @param store where counts survive
 * @param entities the way to the owners, where each says when it may be told directly
 * @param announce asks all running turns of the cluster to announce their leases
 */
public record ProviderSetup(
        Clock clock,
        Supplier<DirectorySnapshot> directory,
        Supplier<CooldownSnapshot> cooldowns,
        Supplier<Duration> reservation,
        StateStore<ProviderState> store,
        Entities<ProviderCommand> entities,
        Consumer<AnnounceLeases> announce) {}
