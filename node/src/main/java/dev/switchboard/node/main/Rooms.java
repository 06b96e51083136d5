package dev.switchboard.node.main;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.Props;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.pubsub.Topic;
import akka.cluster.sharding.typed.javadsl.ClusterSharding;
import akka.cluster.sharding.typed.javadsl.EntityRef;
import akka.cluster.sharding.typed.javadsl.EntityTypeKey;
import akka.cluster.typed.Cluster;
import dev.switchboard.node.cluster.ClusterView;
import dev.switchboard.node.cluster.DatabaseProbe;
import dev.switchboard.node.cluster.LocalView;
import dev.switchboard.node.cluster.NodeAgent;
import dev.switchboard.node.cluster.Peers;
import dev.switchboard.node.cluster.Readiness;
import dev.switchboard.node.cluster.ShardGauges;
import dev.switchboard.node.cooldown.CooldownMemory;
import dev.switchboard.node.cooldown.Cooldowns;
import dev.switchboard.node.directory.DemoPlatform;
import dev.switchboard.node.directory.Directory;
import dev.switchboard.node.directory.DirectorySetup;
import dev.switchboard.node.directory.DirectorySingleton;
import dev.switchboard.node.health.KeyChecks;
import dev.switchboard.node.health.KeyHealth;
import dev.switchboard.node.health.LiveOutcomes;
import dev.switchboard.node.http.DialectDoor;
import dev.switchboard.node.http.Endpoint;
import dev.switchboard.node.http.TlsCertificate;
import dev.switchboard.node.http.admin.AnalyticsEndpoints;
import dev.switchboard.node.http.admin.ClusterEndpoints;
import dev.switchboard.node.http.admin.CooldownEndpoints;
import dev.switchboard.node.http.admin.EventsEndpoint;
import dev.switchboard.node.http.admin.FallbackEndpoints;
import dev.switchboard.node.http.admin.KeyEndpoints;
import dev.switchboard.node.http.admin.KeyUsage;
import dev.switchboard.node.http.admin.LiveEvents;
import dev.switchboard.node.http.admin.ModelEndpoints;
import dev.switchboard.node.http.admin.PlatformEndpoints;
import dev.switchboard.node.http.admin.SessionEndpoints;
import dev.switchboard.node.http.admin.SettingsEndpoints;
import dev.switchboard.node.http.admin.TransferEndpoints;
import dev.switchboard.node.http.admin.UpstreamAddress;
import dev.switchboard.node.http.anthropic.MessagesEndpoint;
import dev.switchboard.node.http.docs.OpenApiEndpoints;
import dev.switchboard.node.http.openai.ChatEndpoint;
import dev.switchboard.node.http.openai.CompletionsEndpoint;
import dev.switchboard.node.http.openai.EmbeddingsEndpoint;
import dev.switchboard.node.http.openai.ModelsEndpoint;
import dev.switchboard.node.http.openai.ResponsesEndpoint;
import dev.switchboard.node.http.ops.OpsEndpoints;
import dev.switchboard.node.memory.ResponseMemory;
import dev.switchboard.node.persistence.JdbcStateStore;
import dev.switchboard.node.provider.ProviderSetup;
import dev.switchboard.node.provider.ProviderSharding;
import dev.switchboard.node.provider.ProviderState;
import dev.switchboard.node.quota.Quotas;
import dev.switchboard.node.session.SessionIndex;
import dev.switchboard.node.session.SessionSharding;
import dev.switchboard.node.session.SessionState;
import dev.switchboard.node.session.StoredSessions;
import dev.switchboard.node.settings.LiveSettings;
import dev.switchboard.node.settings.Settings;
import dev.switchboard.node.settings.SettingsLoader;
import dev.switchboard.node.sharding.Courier;
import dev.switchboard.node.sharding.Entities;
import dev.switchboard.node.sharding.OwnerType;
import dev.switchboard.node.simulator.Simulator;
import dev.switchboard.node.simulator.SimulatorSettings;
import dev.switchboard.node.statistics.Statistics;
import dev.switchboard.node.statistics.StatisticsSettings;
import dev.switchboard.node.telemetry.Telemetry;
import dev.switchboard.node.turn.InFlight;
import dev.switchboard.node.turn.RecentLeases;
import dev.switchboard.node.turn.Standings;
import dev.switchboard.node.turn.StatedBefore;
import dev.switchboard.node.turn.TurnGuardian;
import dev.switchboard.node.turn.TurnServices;
import dev.switchboard.node.turn.Turns;
import dev.switchboard.node.upstream.Upstream;
import dev.switchboard.node.vault.Vault;
import dev.switchboard.protocol.domain.PlatformId;
import dev.switchboard.protocol.provider.ProviderCommand;
import dev.switchboard.protocol.statistics.StatisticsCommand;
import dev.switchboard.protocol.turn.AnnounceLeases;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Opens the rooms of the node in the order in which they need each other, and joins them by their doors. */
final class Rooms {
    private static final long SIMULATOR_SECONDS = 10;

    private final ActorSystem<?> system;
    private final Settings settings;
    private final LiveSettings live;
    private final Directory directory;
    private final ActorRef<TurnGuardian.Command> turnGuardian;
    private final Courier courier;
    private final Readiness readiness;
    private final OpenKeys keys;
    private final AccessRoom access;
    private final LocalView localView;
    private final Telemetry telemetry;
    private final HttpServers servers;

    private Rooms(
            ActorSystem<?> system,
            SettingsLoader.Loaded loaded,
            Vault vault,
            DataSource database,
            Clock clock,
            @Nullable TlsCertificate tls,
            Supplier<RandomGenerator> random,
            Simulator simulator) {
        this.system = system;
        this.settings = loaded.settings();
        this.live = new LiveSettings(loaded);
        this.servers = new HttpServers(system, settings, tls);
        String node = Cluster.get(system).selfMember().address().toString();

        directory = Directory.start(system, DirectorySetup.of(settings, vault), simulator.baseUrl() + "/demo/v1");
        keys = new OpenKeys(directory);
        directory.addListener(snapshot -> takeSettings(snapshot.settings()));
        takeSettings(directory.snapshot().settings());
        Cooldowns cooldowns = Cooldowns.start(
                system,
                () -> live.get().cooldown().max(),
                new JdbcStateStore<>(system, CooldownMemory.class),
                directory.owner(),
                clock);
        PrometheusMeterRegistry metrics = NodeMetrics.registry();
        Statistics statistics = Statistics.start(system, node, database, metrics, clock, kept(live));
        SessionIndex sessionIndex = new SessionIndex(node, clock);
        JdbcStateStore<SessionState> sessionStore = new JdbcStateStore<>(system, SessionState.class);
        courier = new Courier(system);
        SessionSharding sessions =
                SessionSharding.init(system, sessionStore, () -> live.get().session(), sessionIndex, courier, clock);
        StoredSessions storedSessions =
                new StoredSessions(sessionStore, () -> live.get().session(), clock);
        ActorRef<Topic.Command<AnnounceLeases>> announcements = system.systemActorOf(
                Topic.create(AnnounceLeases.class, "lease-announcements"), "lease-announcements", Props.empty());
        Entities<ProviderCommand> providers =
                courier.entities(OwnerType.PROVIDER, ProviderCommand.class, id -> ownerOf(system, new PlatformId(id)));
        ProviderSharding.init(
                system,
                new ProviderSetup(
                        clock,
                        directory::snapshot,
                        cooldowns::snapshot,
                        () -> live.get().session().providerBanCooldown(),
                        new JdbcStateStore<>(system, ProviderState.class),
                        providers,
                        message -> announcements.tell(Topic.publish(message))));

        telemetry = TelemetryRoom.open(system, settings.telemetry(), node);
        InFlight inFlight = new InFlight();
        Upstream upstream = Upstream.create(system, live, List.of(simulator.baseUrl()));
        RequestLines lines = new RequestLines(() -> live.get().log().requests());
        LiveOutcomes outcomes = new LiveOutcomes(directory::snapshot, directory.owner(), system.ignoreRef());
        TurnServices services = new TurnServices(
                sessions::tell,
                sessions::heard,
                (platform, message) -> providers.tell(platform.value(), message),
                cooldowns::report,
                outcome -> record(outcome, statistics, outcomes, lines),
                directory::snapshot,
                cooldowns::snapshot,
                statistics::snapshot,
                upstream,
                keys::secretOf,
                live,
                Set.of(DemoPlatform.ID),
                inFlight,
                new StatedBefore(),
                new Standings(),
                new RecentLeases(),
                clock,
                random);
        access = new AccessRoom(system, settings, vault, directory, keys, services.statistics(), clock, tls != null);
        Turns turns = Turns.start(system, services);
        turnGuardian = turns.guardian();
        ActorRef<AnnounceLeases> listener =
                system.systemActorOf(forwardTo(turnGuardian), "lease-announcement-listener", Props.empty());
        announcements.tell(Topic.subscribe(listener));

        localView = new NodeView(node, servers::url, inFlight, sessionIndex);
        Peers peers = new Peers(system);
        Map<String, EntityTypeKey<?>> shardTypes =
                Map.of("session", SessionSharding.TYPE, "provider", ProviderSharding.KEY, "quota", Quotas.KEY);
        ClusterView view = new ClusterView(
                system, peers, shardTypes, List.of(DirectorySingleton.NAME, Cooldowns.SINGLETON, KeyHealth.SINGLETON));
        DiskSpace disk = DiskSpace.under(settings);
        DatabaseProbe probe = DatabaseProbe.start(system, database, disk::isLeft);
        readiness = new Readiness(
                system,
                Map.of(
                        "the directory has not arrived",
                        () -> directory.snapshot().version() > 0 && (keys.apiKey() != null || keys.isUnreadable()),
                        "the API key in the database cannot be read with this encryption key",
                        () -> !keys.isUnreadable(),
                        "the database does not answer",
                        probe::answers,
                        "the disk of the data folder is full: make room",
                        disk::isLeft));
        NodeMetrics.register(
                metrics,
                new NodeMetrics.Sources(
                        system,
                        inFlight,
                        servers.bodies(),
                        access.refusals(),
                        sessionIndex,
                        cooldowns,
                        directory::snapshot,
                        directory.secrets(),
                        ShardGauges.start(system, shardTypes),
                        probe,
                        readiness,
                        clock));

        List<Endpoint> ops = new OpsEndpoints(readiness, metrics::scrape).endpoints();
        List<Endpoint> endpoints = new ArrayList<>();
        DialectDoor door = new DialectDoor(turns, directory::snapshot, live, access.rules());
        endpoints.addAll(new ChatEndpoint(door).endpoints());
        endpoints.addAll(new MessagesEndpoint(door).endpoints());
        endpoints.addAll(new ResponsesEndpoint(door, ResponseMemory.start(system, database, clock), clock).endpoints());
        endpoints.addAll(new CompletionsEndpoint(door).endpoints());
        endpoints.addAll(new EmbeddingsEndpoint(door).endpoints());
        endpoints.addAll(new ModelsEndpoint(directory::snapshot).endpoints());
        endpoints.addAll(new ClusterEndpoints(view, peers).endpoints());
        endpoints.addAll(new SessionEndpoints(system, peers, sessions::of, storedSessions::search, directory::snapshot)
                .endpoints());
        Releases releases = new Releases(cooldowns, platform -> ownerOf(system, platform), clock);
        endpoints.addAll(
                new CooldownEndpoints(cooldowns::entries, releases::release, directory::snapshot, clock).endpoints());
        endpoints.addAll(adminEndpoints(cooldowns, releases, statistics, upstream, clock));
        endpoints.addAll(Backups.endpoint(system, settings, vault, database, clock));
        LiveEvents events = LiveEvents.start(
                system,
                new LiveEvents.Sources(
                        node,
                        statistics,
                        directory::snapshot,
                        cooldowns::entries,
                        inFlight::count,
                        inFlight::streams,
                        clock));
        sessionIndex.onBan(events::banned);
        endpoints.addAll(new EventsEndpoint(events).endpoints());
        endpoints.addAll(access.endpoints());
        endpoints.addAll(new OpenApiEndpoints(endpoints).endpoints());
        servers.serve(endpoints, ops, access.doorkeeper(), telemetry);
    }

    /** Opens everything but the HTTP servers; ranking draws from {@code random}, on any thread. */
    static Rooms open(
            ActorSystem<?> system,
            SettingsLoader.Loaded loaded,
            Vault vault,
            DataSource database,
            Clock clock,
            @Nullable TlsCertificate tls,
            Supplier<RandomGenerator> random)
            throws ExecutionException, TimeoutException, InterruptedException {
        Simulator simulator = Simulator.start(system, SimulatorSettings.defaults())
                .toCompletableFuture()
                .get(SIMULATOR_SECONDS, TimeUnit.SECONDS);
        return new Rooms(system, loaded, vault, database, clock, tls, random, simulator);
    }

    private List<Endpoint> adminEndpoints(
            Cooldowns cooldowns, Releases releases, Statistics statistics, Upstream upstream, Clock clock) {
        KeyChecks checks = new KeyChecks(
                directory,
                upstream,
                keys::secretOf,
                cooldowns::snapshot,
                releases::keyRecovered,
                system.executionContext(),
                clock);
        KeyHealth.start(system, directory::snapshot, checks, clock);
        UpstreamAddress addresses = new UpstreamAddress(
                () -> live.get().upstream().allowPrivateAddresses(),
                system.dispatchers().lookup(DispatcherSelector.fromConfig(Statistics.BLOCKING_DISPATCHER)));
        KeyUsage usage = new KeyUsage(system, platform -> ownerOf(system, platform));
        List<Endpoint> endpoints = new ArrayList<>();
        endpoints.addAll(new KeyEndpoints(directory, cooldowns::snapshot, checks, usage, clock).endpoints());
        endpoints.addAll(new PlatformEndpoints(directory, live, addresses, upstream, keys::secretOf).endpoints());
        endpoints.addAll(new ModelEndpoints(directory, usage).endpoints());
        endpoints.addAll(new TransferEndpoints(directory, addresses, access.keys(), keys::secretOf, clock).endpoints());
        endpoints.addAll(new FallbackEndpoints(
                        directory, cooldowns::snapshot, statistics::snapshot, Set.of(DemoPlatform.ID), usage, clock)
                .endpoints());
        endpoints.addAll(new AnalyticsEndpoints(statistics.analytics()).endpoints());
        endpoints.addAll(new SettingsEndpoints(live, directory, keys::apiKey).endpoints());
        return endpoints;
    }

    private static EntityRef<ProviderCommand> ownerOf(ActorSystem<?> system, PlatformId platform) {
        return ClusterSharding.get(system).entityRefFor(ProviderSharding.KEY, platform.value());
    }

    /** The level of the log follows its setting; it is left alone while that does not change. */
    private void takeSettings(Map<String, String> values) {
        String before = live.get().log().level();
        live.take(values);
        String level = live.get().log().level();
        if (!level.equals(before)) {
            Logs.level(level);
        }
    }

    private static StatisticsSettings kept(LiveSettings live) {
        return StatisticsSettings.DEFAULT.withLogRetention(
                () -> live.get().retention().requests());
    }

    private static void record(
            StatisticsCommand outcome, Statistics statistics, LiveOutcomes outcomes, RequestLines lines) {
        statistics.actor().tell(outcome);
        lines.accept(outcome);
        if (outcome instanceof StatisticsCommand.AttemptEnded attempt) {
            outcomes.attemptEnded(attempt);
        }
    }

    private static Behavior<AnnounceLeases> forwardTo(ActorRef<TurnGuardian.Command> guardian) {
        return Behaviors.receiveMessage(message -> {
            guardian.tell(new TurnGuardian.Announce(message));
            return Behaviors.same();
        });
    }

    Settings settings() {
        return settings;
    }

    HttpServers servers() {
        return servers;
    }

    /** Lets other nodes ask this one; when it has become a member. */
    void announceNode(Clock clock) {
        system.systemActorOf(NodeAgent.create(localView, Version.current(), clock), "node-agent", Props.empty());
        courier.open();
    }

    /** Leaves this node's address in the data folder for commands that need a running node. */
    void noteAddress() {
        try {
            NodeUrls.note(settings.dataDir(), servers.url());
        } catch (IOException e) {
            system.log().warn("This node's address cannot be noted in the data folder: {}", e.getMessage());
        }
    }

    /** Takes it away again when the process is about to end. */
    void forgetAddress() {
        NodeUrls.forget(settings.dataDir());
    }

    Directory directory() {
        return directory;
    }

    OpenKeys keys() {
        return keys;
    }

    Readiness readiness() {
        return readiness;
    }

    ActorRef<TurnGuardian.Command> turnGuardian() {
        return turnGuardian;
    }
}
