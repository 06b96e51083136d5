package dev.switchboard.node.sharding;

import akka.actor.typed.ActorRef;
import akka.actor.typed.RecipientRef;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The entities of one type: one that serves on this node is told directly, one elsewhere by the {@link Courier} where it may
 * be known, every other one through its shard region, which is two actors more. An entity says itself from when to when it may
 * be told directly; thread-safe.
 */
public final class Entities<M> {
    private final Function<String, RecipientRef<M>> region;
    private final @Nullable OwnerType type;
    private final @Nullable Class<M> protocol;
    private final @Nullable Courier courier;
    private final Map<String, ActorRef<M>> here = new ConcurrentHashMap<>();

    /** {@code region} leads to an entity wherever it is, and starts it where it is not; no courier. */
    public Entities(Function<String, RecipientRef<M>> region) {
        this.region = region;
        this.type = null;
        this.protocol = null;
        this.courier = null;
    }

    Entities(Function<String, RecipientRef<M>> region, OwnerType type, Class<M> protocol, Courier courier) {
        this.region = region;
        this.type = type;
        this.protocol = protocol;
        this.courier = courier;
    }

    /** The entity, wherever it is. Not to be kept: it moves. */
    public RecipientRef<M> of(String id) {
        ActorRef<M> near = here.get(id);
        return near != null ? near : region.apply(id);
    }

    /** Tells the entity, wherever it is. */
    public void tell(String id, M message) {
        ActorRef<M> near = here.get(id);
        if (near != null) {
            near.tell(message);
        } else if (courier == null || type == null || !courier.tell(type, id, message)) {
            region.apply(id).tell(message);
        }
    }

    /** Whether the entity serves on this node: what it is told is with it at once. */
    public boolean isHere(String id) {
        return here.containsKey(id);
    }

    /** The entity, which serves on this node, answers whoever asked. */
    public <A> void answer(String id, ActorRef<A> asker, A answer) {
        if (courier == null || type == null || !courier.answer(type, id, asker, answer)) {
            asker.tell(answer);
        }
    }

    /** The entity serves on this node from now on. */
    public void serves(String id, ActorRef<M> entity) {
        here.put(id, entity);
    }

    /** The entity is about to stop: what is sent from now on goes through the region, which keeps it for the next one. */
    public void leaves(String id, ActorRef<M> entity) {
        here.remove(id, entity);
    }

    /** Whether the entity serves on this node; then it has been told. */
    boolean tellHere(String id, Object message) {
        ActorRef<M> near = here.get(id);
        if (near != null) {
            near.tell(cast(message));
        }
        return near != null;
    }

    /** Through the region. */
    void tellAnywhere(String id, Object message) {
        region.apply(id).tell(cast(message));
    }

    private M cast(Object message) {
        if (protocol == null) {
            throw new IllegalStateException("no courier has brought this");
        }
        return protocol.cast(message);
    }
}
