package dev.switchboard.node.main;

import akka.actor.typed.ActorSystem;
import akka.cluster.ClusterEvent.CurrentClusterState;
import akka.cluster.MemberStatus;
import akka.cluster.typed.Cluster;
import com.sun.management.OperatingSystemMXBean;
import dev.switchboard.node.cluster.DatabaseProbe;
import dev.switchboard.node.cluster.Readiness;
import dev.switchboard.node.cluster.ShardGauges;
import dev.switchboard.node.cooldown.Cooldowns;
import dev.switchboard.node.directory.Secrets;
import dev.switchboard.node.http.BodyBudget;
import dev.switchboard.node.http.KeyRefusals;
import dev.switchboard.node.session.SessionIndex;
import dev.switchboard.node.turn.InFlight;
import dev.switchboard.protocol.directory.DirectorySnapshot;
import dev.switchboard.protocol.domain.KeyStatus;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.lang.management.ManagementFactory;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import java.util.stream.StreamSupport;

/**
 * Gauges of what this node holds and sees now (contract.md §5); each is described in docs/operate.md. Every label takes its
 * values from a list that is fixed here.
 */
final class NodeMetrics {
    private static final List<MemberStatus> STATUSES = List.of(
            MemberStatus.joining(),
            MemberStatus.weaklyUp(),
            MemberStatus.up(),
            MemberStatus.leaving(),
            MemberStatus.exiting(),
            MemberStatus.down());

    private final MeterRegistry registry;

    private NodeMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    /** What the gauges read; each source answers at once, from memory. */
    record Sources(
            ActorSystem<?> system,
            InFlight inFlight,
            BodyBudget bodies,
            KeyRefusals refusals,
            SessionIndex sessions,
            Cooldowns cooldowns,
            Supplier<DirectorySnapshot> directory,
            Secrets secrets,
            ShardGauges shards,
            DatabaseProbe database,
            Readiness readiness,
            Clock clock) {}

    static void register(MeterRegistry registry, Sources from) {
        NodeMetrics metrics = new NodeMetrics(registry);
        metrics.load(from);
        metrics.keys(from.directory());
        metrics.gauge(
                "switchboard.secrets.under.older.keys",
                "Stored secrets that are not under this node's newest encryption key",
                () -> from.secrets().underOlderKeys(from.directory().get()));
        metrics.cluster(from);
        metrics.process();
    }

    private void load(Sources from) {
        gauge("switchboard.streams.open", "Streams that this node is serving", () -> from.inFlight()
                .streams());
        gauge("switchboard.requests.in.flight", "Requests that this node is serving", () -> from.inFlight()
                .count());
        gauge("switchboard.leases", "Leases held by requests of this node", () -> from.inFlight()
                .leases());
        BodyBudget bodies = from.bodies();
        gauge("switchboard.bodies.held.bytes", "Memory that request bodies take on this node", bodies::held);
        gauge("switchboard.bodies.limit.bytes", "The most that request bodies may take together", bodies::all);
        from.refusals().counts().forEach((reason, count) -> FunctionCounter.builder(
                        "switchboard.api.key.refusals", count, LongAdder::sum)
                .description("Requests refused by the rules of their API key")
                .tag("reason", reason)
                .register(registry));
        FunctionCounter.builder("switchboard.bodies.refused", bodies, BodyBudget::refused)
                .description("Requests refused because all bodies together left no room")
                .register(registry);
        gauge("switchboard.sessions", "Sessions that this node owns", () -> from.sessions()
                .count());
        gauge("switchboard.cooldowns", "Models and keys that are cooling, as this node knows", () -> from.cooldowns()
                .entries(from.clock().instant())
                .size());
    }

    private void keys(Supplier<DirectorySnapshot> directory) {
        String name = "switchboard.keys";
        String description = "Provider keys by what is known of them";
        for (KeyStatus status : KeyStatus.values()) {
            gauge(name, description, Tags.of("status", status.wire()), () -> directory.get().keys().values().stream()
                    .filter(key -> key.enabled() && key.status() == status)
                    .count());
        }
        gauge(name, description, Tags.of("status", "disabled"), () -> directory.get().keys().values().stream()
                .filter(key -> !key.enabled())
                .count());
    }

    private void cluster(Sources from) {
        ActorSystem<?> system = from.system();
        for (MemberStatus status : STATUSES) {
            gauge(
                    "switchboard.cluster.members",
                    "Members of the cluster by status, as this node sees them",
                    Tags.of("status", status.toString().toLowerCase(Locale.ROOT)),
                    () -> StreamSupport.stream(state(system).getMembers().spliterator(), false)
                            .filter(member -> member.status().equals(status))
                            .count());
        }
        gauge("switchboard.cluster.unreachable.members", "Members that this node cannot reach", () -> state(system)
                .getUnreachable()
                .size());
        for (String type : from.shards().types()) {
            gauge("switchboard.shards", "Shards that this node hosts", Tags.of("type", type), () -> from.shards()
                    .hosted(type));
        }
        gauge(
                "switchboard.ready",
                "1 while this node may be sent requests",
                () -> from.readiness().reasons().isEmpty() ? 1 : 0);
        gauge(
                "switchboard.database.answering",
                "1 while the database answers this node",
                () -> from.database().answers() ? 1 : 0);
    }

    /** The registry of a node, without meters that are not in base units: filters must stand before the first meter. */
    static PrometheusMeterRegistry registry() {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        // In nanoseconds; process() registers the same in seconds.
        registry.config().meterFilter(MeterFilter.denyNameStartsWith("process.cpu.time"));
        return registry;
    }

    private static CurrentClusterState state(ActorSystem<?> system) {
        return Cluster.get(system).state();
    }

    @SuppressWarnings("resource") // The garbage collection listener lives as long as the process.
    private void process() {
        new JvmMemoryMetrics().bindTo(registry);
        new JvmGcMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        if (ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system) {
            FunctionCounter.builder("process.cpu", system, bean -> bean.getProcessCpuTime() / 1e9)
                    .description("Processor time that this process has used")
                    .baseUnit("seconds")
                    .register(registry);
        }
        new FileDescriptorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
    }

    private void gauge(String name, String description, Supplier<Number> value) {
        gauge(name, description, Tags.empty(), value);
    }

    private void gauge(String name, String description, Iterable<Tag> tags, Supplier<Number> value) {
        Gauge.builder(name, value).description(description).tags(tags).register(registry);
    }
}
