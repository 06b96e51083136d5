package dev.switchboard.node.main;

import akka.Done;
import akka.actor.Address;
import akka.actor.CoordinatedShutdown;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.cluster.MemberStatus;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.Join;
import akka.cluster.typed.JoinSeedNodes;
import akka.management.cluster.bootstrap.ClusterBootstrap;
import akka.management.javadsl.AkkaManagement;
import dev.switchboard.node.persistence.MemberRegister;
import dev.switchboard.node.settings.Settings;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes this node a member: of itself alone, of its seeds' cluster, or of what discovery finds; and, where the database
 * is shared, says there every second that it is one.
 */
final class Membership extends AbstractBehavior<Membership.Beat> {
    private static final Logger LOG = LoggerFactory.getLogger(Membership.class);
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final int BEATS_UNTIL_TOLD = 15;
    private static final String BLOCKING = "switchboard.blocking-dispatcher";

    /** The next look. */
    enum Beat {
        NOW
    }

    private final Settings.Cluster settings;
    private final MemberRegister register;
    private final MemberRegister.Entry own;
    private List<String> asked;
    private boolean up;
    private int waited;

    private Membership(
            ActorContext<Beat> context,
            Settings.Cluster settings,
            MemberRegister register,
            MemberRegister.Entry own,
            List<String> asked) {
        super(context);
        this.settings = settings;
        this.register = register;
        this.own = own;
        this.asked = asked;
    }

    /** Begins to join; {@code register} is null where the database belongs to this node alone. */
    static void begin(
            ActorSystem<?> system,
            Settings.Cluster settings,
            @Nullable MemberRegister register,
            MemberRegister.Entry own,
            List<MemberRegister.Entry> live) {
        List<String> asked = Admission.seeds(
                settings.seedNodes().stream()
                        .map(seed -> seed.host() + ":" + seed.port())
                        .toList(),
                own,
                live);
        if (settings.discovery() != null) {
            AkkaManagement.get(system).start();
            ClusterBootstrap.get(system).start();
        } else if (asked.isEmpty() || settings.seedNodes().isEmpty()) {
            Cluster cluster = Cluster.get(system);
            cluster.manager().tell(Join.create(cluster.selfMember().address()));
        } else {
            join(system, asked);
        }
        if (register == null) {
            return;
        }
        Behavior<Beat> beating = Behaviors.setup(context -> Behaviors.withTimers(timers -> {
            timers.startTimerWithFixedDelay(Beat.NOW, PAUSE);
            return new Membership(context, settings, register, own, asked);
        }));
        system.systemActorOf(beating, "membership", DispatcherSelector.fromConfig(BLOCKING));
        Executor blocking = system.dispatchers().lookup(DispatcherSelector.fromConfig(BLOCKING));
        CoordinatedShutdown.get(system)
                .addTask(
                        CoordinatedShutdown.PhaseClusterShutdown(),
                        "unregister",
                        () -> CompletableFuture.supplyAsync(() -> unregister(register, own), blocking));
    }

    private static Done unregister(MemberRegister register, MemberRegister.Entry own) {
        try {
            register.gone(own.address());
        } catch (SQLException e) {
            LOG.info("The member's row stays for some seconds: {}", e.getMessage());
        }
        return Done.getInstance();
    }

    private static void join(ActorSystem<?> system, List<String> seeds) {
        List<Address> addresses = seeds.stream()
                .map(seed -> {
                    int colon = seed.lastIndexOf(':');
                    return new Address(
                            "akka",
                            system.name(),
                            seed.substring(0, colon),
                            Integer.parseInt(seed.substring(colon + 1)));
                })
                .toList();
        Cluster.get(system).manager().tell(new JoinSeedNodes(addresses));
    }

    @Override
    public Receive<Beat> createReceive() {
        return newReceiveBuilder().onMessageEquals(Beat.NOW, this::onBeat).build();
    }

    private Behavior<Beat> onBeat() {
        MemberStatus status = Cluster.get(getContext().getSystem()).selfMember().status();
        try {
            if (status.equals(MemberStatus.up()) || status.equals(MemberStatus.leaving())) {
                return onMember();
            }
            if (!up) {
                onWaiting();
            }
        } catch (SQLException e) {
            // The probe of the database tells; members stay members without it.
            LOG.debug("the register of members does not answer", e);
        }
        return this;
    }

    /** Several nodes that start at once see none of the others registered, so the check is made once more. */
    private Behavior<Beat> onMember() throws SQLException {
        if (!up) {
            Optional<String> refusal = Admission.refusal(settings, own, register.live());
            if (refusal.isPresent()) {
                LOG.error("This node stops: {}", refusal.get());
                getContext().getSystem().terminate();
                return Behaviors.stopped();
            }
            up = true;
        }
        register.seen(own);
        return this;
    }

    private void onWaiting() throws SQLException {
        waited++;
        if (waited == BEATS_UNTIL_TOLD) {
            LOG.warn(
                    "Still no member of cluster {}: nobody answers as one at {}. Check that the nodes are reachable, have"
                            + " the same cluster name and the same TLS settings.",
                    settings.name(),
                    settings.discovery() == null ? asked : settings.discovery());
        }
        if (settings.discovery() != null || settings.seedNodes().isEmpty()) {
            return;
        }
        List<String> order = Admission.seeds(
                settings.seedNodes().stream()
                        .map(seed -> seed.host() + ":" + seed.port())
                        .toList(),
                own,
                register.live());
        if (!order.equals(asked)) {
            asked = order;
            join(getContext().getSystem(), order);
        }
    }
}
