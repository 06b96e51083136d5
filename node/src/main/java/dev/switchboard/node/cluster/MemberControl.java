package dev.switchboard.node.cluster;

import akka.actor.Address;
import akka.actor.typed.ActorSystem;
import akka.cluster.Member;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.Down;
import akka.cluster.typed.Leave;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What an operator may do to a member; both are only begun here, the view of the cluster shows how they go on. */
public final class MemberControl {
    private static final Logger LOG = LoggerFactory.getLogger(MemberControl.class);

    private final ActorSystem<?> system;

    MemberControl(ActorSystem<?> system) {
        this.system = system;
    }

    /** The full address of a member that is named by it or by its {@code host:port}. */
    public Optional<String> find(String name) {
        return member(name).map(member -> member.address().toString());
    }

    /** The member hands its shards and singletons over, leaves and ends its process; whether there is such a member. */
    public boolean leave(String address) {
        return member(address)
                .map(member -> {
                    LOG.warn("An operator asked {} to leave", member.address());
                    Cluster.get(system).manager().tell(Leave.create(member.address()));
                    return true;
                })
                .orElse(false);
    }

    /**
     * The member counts as lost at once: others take over its shards and singletons, and if it still runs it ends
     * itself. Whether there is such a member.
     */
    public boolean down(String address) {
        return member(address)
                .map(member -> {
                    LOG.warn("An operator marked {} as down", member.address());
                    Cluster.get(system).manager().tell(new Down(member.address()));
                    return true;
                })
                .orElse(false);
    }

    private Optional<Member> member(String name) {
        return StreamSupport.stream(Cluster.get(system).state().getMembers().spliterator(), false)
                .filter(member -> isNamed(member.address(), name))
                .findFirst();
    }

    private static boolean isNamed(Address address, String name) {
        return address.toString().equals(name)
                || address.hostPort().equals(name)
                || hostAndPort(address).equals(name);
    }

    private static String hostAndPort(Address address) {
        return address.getHost().orElse("") + ":" + address.getPort().orElse(0);
    }
}
