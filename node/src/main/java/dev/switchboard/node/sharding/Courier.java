package dev.switchboard.node.sharding;

import akka.Done;
import akka.actor.Address;
import akka.actor.CoordinatedShutdown;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.RecipientRef;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.receptionist.Receptionist;
import akka.actor.typed.receptionist.ServiceKey;
import dev.switchboard.node.socket.EventLoops;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries what nodes say to each other's owners for every request, many letters in one parcel, because a message of its own
 * costs remoting as much as the rest of a request. One on every node; thread-safe. It never decides where an owner is: it
 * remembers from where one of the same shard answered last, and what arrives at the wrong node goes on through sharding.
 * See docs/adr/0008.
 */
public final class Courier {
    /** Another form of letters needs another key: nodes that run side by side then speak through sharding alone. */
    static final ServiceKey<Parcel> KEY = ServiceKey.create(Parcel.class, "courier-2");

    private static final Logger LOG = LoggerFactory.getLogger(Courier.class);

    private final ActorSystem<?> system;
    private final EventLoops loops;
    private final Letters letters;
    private final int shards;
    private final Entities<?>[] owners = new Entities<?>[OwnerType.count()];
    private final AtomicReferenceArray<@Nullable Peer> lastAnswered;
    private volatile Map<Address, Peer> byAddress = Map.of();
    private volatile Map<String, Peer> byName = Map.of();
    private volatile boolean leaving;

    /** The node's; it carries nothing before {@link #open}. */
    public Courier(ActorSystem<?> system) {
        this.system = system;
        this.loops = EventLoops.of(system);
        this.letters = new Letters(system);
        this.shards = system.settings().config().getInt("akka.cluster.sharding.number-of-shards");
        this.lastAnswered = new AtomicReferenceArray<>(OwnerType.count() * shards);
    }

    /** The owners of one type, to which {@code region} leads wherever they are. Before {@link #open}. */
    public <M> Entities<M> entities(OwnerType type, Class<M> protocol, Function<String, RecipientRef<M>> region) {
        Entities<M> entities = new Entities<>(region, type, protocol, this);
        owners[type.ordinal()] = entities;
        return entities;
    }

    /** Other nodes may send parcels from now on, until this one leaves the cluster. */
    public void open() {
        ActorRef<Parcel> actor = system.systemActorOf(behavior().narrow(), "courier", EventLoops.props(system));
        CoordinatedShutdown.get(system).addTask(CoordinatedShutdown.PhaseBeforeClusterShutdown(), "courier", () -> {
            leaving = true;
            system.receptionist().tell(Receptionist.deregister(KEY, actor));
            return CompletableFuture.completedFuture(Done.getInstance());
        });
    }

    private Behavior<Object> behavior() {
        return Behaviors.setup(context -> {
            ActorRef<Parcel> parcels = context.getSelf().narrow();
            context.getSystem().receptionist().tell(Receptionist.register(KEY, parcels));
            // Under a name of its own: the receptionist fails where one actor is registered and subscribes.
            ActorRef<Receptionist.Listing> listings =
                    context.messageAdapter(Receptionist.Listing.class, listing -> listing);
            context.getSystem().receptionist().tell(Receptionist.subscribe(KEY, listings));
            return Behaviors.receive(Object.class)
                    .onMessage(Parcel.class, parcel -> {
                        onParcel(parcel);
                        return Behaviors.same();
                    })
                    .onMessage(Receptionist.Listing.class, listing -> {
                        onListing(context, listing);
                        return Behaviors.same();
                    })
                    .build();
        });
    }

    private void onListing(ActorContext<Object> context, Receptionist.Listing listing) {
        String self = letters.name(context.getSelf());
        Map<Address, Peer> addresses = new HashMap<>();
        Map<String, Peer> names = new HashMap<>();
        for (ActorRef<Parcel> courier : listing.getServiceInstances(KEY)) {
            String name = letters.name(courier);
            if (courier.path().address().hasLocalScope()) {
                continue;
            }
            Peer known = byName.get(name);
            Peer peer = known != null ? known : new Peer(self, courier, loops, this::undeliverable);
            addresses.put(courier.path().address(), peer);
            names.put(name, peer);
        }
        Map<String, Peer> before = byName;
        byAddress = Map.copyOf(addresses);
        byName = Map.copyOf(names);
        before.forEach((name, peer) -> {
            if (!names.containsKey(name)) {
                peer.leaves();
            }
        });
    }

    /** Whether the message is on its way to the node from where the owner's shard answered last. */
    boolean tell(OwnerType type, String owner, Object message) {
        Peer peer = lastAnswered.get(slot(type, owner));
        return peer != null && !peer.isGone() && send(peer, new Letter.Told(type, owner, message));
    }

    /** Whether the answer is on its way; not where whoever asked is on this node, or on one without a courier. */
    boolean answer(OwnerType type, String owner, ActorRef<?> to, Object answer) {
        Peer peer = byAddress.get(to.path().address());
        return peer != null && send(peer, new Letter.Answered(type, owner, answer, to.unsafeUpcast()));
    }

    private boolean send(Peer peer, Letter letter) {
        try {
            byte[] bytes = letters.write(letter);
            if (bytes.length > Peer.MOST_BYTES) {
                return false;
            }
            peer.send(bytes);
            return true;
        } catch (IOException e) {
            LOG.warn("a message for {} {} goes alone", letter.type(), letter.owner(), e);
            return false;
        }
    }

    private int slot(OwnerType type, String owner) {
        return type.ordinal() * shards + Math.abs(owner.hashCode() % shards);
    }

    private void onParcel(Parcel parcel) {
        Peer from = byName.get(parcel.from());
        Map<EventLoops.Loop, List<Letter.Answered>> elsewhere = new HashMap<>();
        try {
            letters.read(parcel.letters(), letter -> deliver(from, letter, elsewhere));
        } catch (IOException | RuntimeException e) {
            LOG.error("a parcel from {} cannot be read to its end; who asked asks again", parcel.from(), e);
        }
        elsewhere.forEach((loop, answers) -> loops.execute(loop, () -> answers.forEach(Courier::deliver)));
    }

    /** Whoever asked goes on where it asked: its connections are there. */
    private void deliver(@Nullable Peer from, Letter letter, Map<EventLoops.Loop, List<Letter.Answered>> elsewhere) {
        int slot = slot(letter.type(), letter.owner());
        if (letter instanceof Letter.Answered answered) {
            if (from != null && lastAnswered.get(slot) != from) {
                lastAnswered.set(slot, from);
            }
            EventLoops.Loop home = letters.home(answered.to());
            if (home == null || home == EventLoops.here()) {
                deliver(answered);
            } else {
                elsewhere.computeIfAbsent(home, loop -> new ArrayList<>()).add(answered);
            }
        } else if (letter instanceof Letter.Told) {
            // Sharding keeps what it cannot deliver yet, but not beyond the end of its node.
            Letter back = new Letter.Returned(letter.type(), letter.owner(), letter.message());
            if (!owners(letter).tellHere(letter.owner(), letter.message())
                    && !(leaving && from != null && send(from, back))) {
                owners(letter).tellAnywhere(letter.owner(), letter.message());
            }
        } else {
            lastAnswered.set(slot, null);
            owners(letter).tellAnywhere(letter.owner(), letter.message());
        }
    }

    private static void deliver(Letter.Answered answered) {
        answered.to().tell(answered.message());
    }

    private Entities<?> owners(Letter letter) {
        return owners[letter.type().ordinal()];
    }

    /** The other node is gone: what was meant for its owners goes to the next ones. */
    private void undeliverable(byte[] bytes) {
        try {
            letters.read(bytes, letter -> {
                if (letter instanceof Letter.Answered answered) {
                    deliver(answered);
                } else if (letter instanceof Letter.Told) {
                    owners(letter).tellAnywhere(letter.owner(), letter.message());
                }
            });
        } catch (IOException e) {
            LOG.error("a letter to a node that is gone cannot be read", e);
        }
    }
}
