package dev.switchboard.node.sharding;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorRefResolver;
import akka.actor.typed.ActorSystem;
import akka.serialization.Serialization;
import akka.serialization.SerializationExtension;
import akka.serialization.Serializer;
import akka.serialization.Serializers;
import dev.switchboard.node.socket.EventLoops;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Letters as bytes: the messages of every request by {@link RequestMessages}, every other one by Akka's serializers.
 * Thread-safe.
 */
final class Letters {
    private static final int TOLD = 1;
    private static final int RETURNED = 2;
    private static final int ANSWERED = 3;
    private static final int TYPICAL_BYTES = 256;
    private static final int MOST_REFS = 8192;

    private final ActorRefResolver resolver;
    private final Serialization serialization;
    private final RequestMessages messages;
    private final Map<String, ActorRef<Object>> refs = new ConcurrentHashMap<>();
    private final Map<ActorRef<?>, EventLoops.Loop> homes = new ConcurrentHashMap<>();

    Letters(ActorSystem<?> system) {
        resolver = ActorRefResolver.get(system);
        serialization = SerializationExtension.get(system.classicSystem());
        messages = new RequestMessages(this);
    }

    /** Throws {@link IOException} for a message that has no form of bytes. */
    byte[] write(Letter letter) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(TYPICAL_BYTES);
        DataOutputStream out = new DataOutputStream(bytes);
        if (letter instanceof Letter.Answered answered) {
            out.writeByte(ANSWERED);
            writeRef(out, answered.to());
        } else {
            out.writeByte(letter instanceof Letter.Told ? TOLD : RETURNED);
        }
        out.writeByte(letter.type().ordinal());
        out.writeUTF(letter.owner());
        if (!messages.write(out, letter.message())) {
            writeOther(out, letter.message());
        }
        return bytes.toByteArray();
    }

    /** Gives one letter after the other; throws {@link IOException} at the first that is none. */
    void read(byte[] letters, Consumer<Letter> receiver) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(letters));
        while (in.available() > 0) {
            receiver.accept(read(in));
        }
    }

    private Letter read(DataInputStream in) throws IOException {
        int kind = in.readByte();
        if (kind == ANSWERED) {
            ActorRef<Object> to = readRef(in);
            OwnerType type = OwnerType.at(in.readByte());
            return new Letter.Answered(type, in.readUTF(), message(in), to);
        }
        OwnerType type = OwnerType.at(in.readByte());
        String owner = in.readUTF();
        Object message = message(in);
        return switch (kind) {
            case TOLD -> new Letter.Told(type, owner, message);
            case RETURNED -> new Letter.Returned(type, owner, message);
            default -> throw new IOException("no kind of letter: " + kind);
        };
    }

    private Object message(DataInputStream in) throws IOException {
        int tag = in.readByte();
        return tag == RequestMessages.OTHER ? readOther(in) : messages.read(in, tag);
    }

    private void writeOther(DataOutputStream out, Object message) throws IOException {
        try {
            Serializer serializer = serialization.findSerializerFor(message);
            byte[] bytes = serialization.serialize(message).get();
            out.writeByte(RequestMessages.OTHER);
            out.writeInt(serializer.identifier());
            out.writeUTF(Serializers.manifestFor(serializer, message));
            RequestMessages.writeBytes(out, bytes);
        } catch (RuntimeException e) {
            throw new IOException("cannot be serialized: " + message.getClass(), e);
        }
    }

    private Object readOther(DataInputStream in) throws IOException {
        int serializer = in.readInt();
        String manifest = in.readUTF();
        byte[] bytes = RequestMessages.readBytes(in);
        try {
            return serialization.deserialize(bytes, serializer, manifest).get();
        } catch (RuntimeException e) {
            throw new IOException("cannot be read: " + manifest, e);
        }
    }

    /** The event loop on which an actor of this node was last named in a letter, so where it waits for the answer. */
    EventLoops.@Nullable Loop home(ActorRef<?> ref) {
        return homes.get(ref);
    }

    String name(ActorRef<?> ref) {
        return resolver.toSerializationFormat(ref);
    }

    void writeRef(DataOutputStream out, ActorRef<?> ref) throws IOException {
        EventLoops.Loop here = EventLoops.here();
        if (here != null && ref.path().address().hasLocalScope() && homes.get(ref) != here) {
            if (homes.size() >= MOST_REFS) {
                homes.clear();
            }
            homes.put(ref, here);
        }
        out.writeUTF(name(ref));
    }

    /** Turns' actors serve many turns, so few of them are met again and again. */
    ActorRef<Object> readRef(DataInputStream in) throws IOException {
        String name = in.readUTF();
        ActorRef<Object> known = refs.get(name);
        if (known != null) {
            return known;
        }
        if (refs.size() >= MOST_REFS) {
            refs.clear();
        }
        ActorRef<Object> ref = resolver.resolveActorRef(name);
        refs.put(name, ref);
        return ref;
    }
}
