package dev.switchboard.node.sharding;

import akka.actor.typed.ActorRef;
import akka.actor.typed.RecipientRef;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * The entities of one type: one that serves on this node is told directly, every other one through its shard region, which
 * is two actors more. An entity says itself from when to when it may be told directly; thread-safe.
 */
public final class Entities<M> {
    private final Function<String, RecipientRef<M>> region;
    private final Map<String, ActorRef<M>> here = new ConcurrentHashMap<>();

    /** {@code region} leads to an entity wherever it is, and starts it where it is not. */
    public Entities(Function<String, RecipientRef<M>> region) {
        this.region = region;
    }

    /** The entity, wherever it is. Not to be kept: it moves. */
    public RecipientRef<M> of(String id) {
        ActorRef<M> near = here.get(id);
        return near != null ? near : region.apply(id);
    }

    /** The entity serves on this node from now on. */
    public void serves(String id, ActorRef<M> entity) {
        here.put(id, entity);
    }

    /** The entity is about to stop: what is sent from now on goes through the region, which keeps it for the next one. */
    public void leaves(String id, ActorRef<M> entity) {
        here.remove(id, entity);
    }
}
