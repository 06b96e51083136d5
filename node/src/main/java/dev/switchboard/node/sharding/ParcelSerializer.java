package dev.switchboard.node.sharding;

import akka.serialization.ByteBufferSerializer;
import akka.serialization.SerializerWithStringManifest;
import java.io.NotSerializableException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Parcels on the wire, straight into and out of remoting's buffers. */
public final class ParcelSerializer extends SerializerWithStringManifest implements ByteBufferSerializer {
    private static final int ID = 771_001;
    private static final String MANIFEST = "P";

    @Override
    public int identifier() {
        return ID;
    }

    @Override
    public String manifest(Object message) {
        return MANIFEST;
    }

    /** As the other, into bytes of its own. */
    @Override
    public byte[] toBinary(Object message) {
        Parcel parcel = (Parcel) message;
        byte[] from = parcel.from().getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(2 + from.length + parcel.letters().length);
        write(parcel, from, bytes);
        return bytes.array();
    }

    /** The sender's length and reference, then the letters up to the end. */
    @Override
    public void toBinary(Object message, ByteBuffer bytes) {
        Parcel parcel = (Parcel) message;
        write(parcel, parcel.from().getBytes(StandardCharsets.UTF_8), bytes);
    }

    private static void write(Parcel parcel, byte[] from, ByteBuffer bytes) {
        bytes.putShort((short) from.length);
        bytes.put(from);
        bytes.put(parcel.letters());
    }

    @Override
    public Object fromBinary(byte[] bytes, String manifest) throws NotSerializableException {
        return fromBinary(ByteBuffer.wrap(bytes), manifest);
    }

    /** Throws {@link NotSerializableException} for the manifest of another version. */
    @Override
    public Object fromBinary(ByteBuffer bytes, String manifest) throws NotSerializableException {
        if (!manifest.equals(MANIFEST)) {
            throw new NotSerializableException("no parcel of this version: " + manifest);
        }
        byte[] from = new byte[bytes.getShort()];
        bytes.get(from);
        byte[] letters = new byte[bytes.remaining()];
        bytes.get(letters);
        return new Parcel(new String(from, StandardCharsets.UTF_8), letters);
    }
}
