package dev.switchboard.node.main;

import dev.switchboard.node.cooldown.Cooldowns;
import dev.switchboard.node.session.SessionIndex;
import dev.switchboard.node.turn.InFlight;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import java.time.Clock;

/** Gauges of what this node holds now (contract.md §5). */
final class NodeMetrics {
    private NodeMetrics() {}

    @SuppressWarnings("resource") // The garbage collection listener lives as long as the process.
    static void register(
            MeterRegistry registry, InFlight inFlight, SessionIndex sessions, Cooldowns cooldowns, Clock clock) {
        Gauge.builder("switchboard.streams.open", inFlight, InFlight::streams)
                .description("Streams that this node is serving")
                .register(registry);
        Gauge.builder("switchboard.requests.in.flight", inFlight, InFlight::count)
                .description("Requests that this node is serving")
                .register(registry);
        Gauge.builder("switchboard.leases", inFlight, InFlight::leases)
                .description("Leases held by requests of this node")
                .register(registry);
        Gauge.builder("switchboard.sessions", sessions, SessionIndex::count)
                .description("Sessions that this node owns")
                .register(registry);
        Gauge.builder("switchboard.cooldowns", cooldowns, known -> known.entries(clock.instant())
                        .size())
                .description("Models and keys that are cooling, as this node knows")
                .register(registry);
        new JvmMemoryMetrics().bindTo(registry);
        new JvmGcMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
    }
}
