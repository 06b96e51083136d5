package dev.switchboard.node.cluster;

import akka.actor.typed.ActorSystem;
import akka.cluster.MemberStatus;
import akka.cluster.typed.Cluster;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/** Whether this node may be given requests: a member, its rooms started, the database answering, not draining. */
public final class Readiness {
    private final ActorSystem<?> system;
    private final Map<String, BooleanSupplier> checks;
    private final AtomicBoolean draining = new AtomicBoolean();

    /** {@code checks} by the reason that is shown when one fails. */
    public Readiness(ActorSystem<?> system, Map<String, BooleanSupplier> checks) {
        this.system = system;
        this.checks = new LinkedHashMap<>(checks);
    }

    /** From now on the node is not ready: it is stopping. */
    public void drain() {
        draining.set(true);
    }

    /** Whether the node is stopping. */
    public boolean draining() {
        return draining.get();
    }

    /** Why the node is not ready; empty when it is. */
    public List<String> reasons() {
        List<String> reasons = new ArrayList<>();
        if (draining.get()) {
            reasons.add("draining");
        }
        if (!Cluster.get(system).selfMember().status().equals(MemberStatus.up())) {
            reasons.add("not a cluster member");
        }
        checks.forEach((reason, check) -> {
            if (!check.getAsBoolean()) {
                reasons.add(reason);
            }
        });
        return reasons;
    }
}
