package dev.switchboard.node.upstream;

import akka.util.ByteString;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.compression.DecompressionException;
import io.netty.handler.codec.compression.ZlibCodecFactory;
import io.netty.handler.codec.compression.ZlibWrapper;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Decompresses a body in small steps: a step's bytes can unpack to a thousand times their number, so the next step waits
 * until somebody asks for it.
 */
final class Unpacker {
    private static final int STEP = 1024;
    private static final int LARGEST_PIECE = 2 << 20;

    private final EmbeddedChannel decoder;
    private final Queue<ByteString> packed = new ArrayDeque<>();

    private Unpacker(ZlibWrapper format) {
        this.decoder = new EmbeddedChannel(ZlibCodecFactory.newZlibDecoder(format, LARGEST_PIECE));
    }

    /** For a content encoding that is known; null where the body is not compressed. */
    static @Nullable Unpacker of(String encoding) {
        return switch (encoding) {
            case "gzip", "x-gzip" -> new Unpacker(ZlibWrapper.GZIP);
            case "deflate" -> new Unpacker(ZlibWrapper.ZLIB_OR_NONE);
            default -> null;
        };
    }

    /** Takes compressed bytes. */
    void add(ByteString bytes) {
        for (int at = 0; at < bytes.length(); at += STEP) {
            packed.add(bytes.slice(at, at + STEP));
        }
    }

    /** The next bytes, null where there are none yet; throws {@link DecompressionException} where they are damaged. */
    @Nullable
    ByteString next() {
        while (true) {
            ByteBuf piece = decoder.readInbound();
            if (piece != null) {
                try {
                    return ByteString.fromArrayUnsafe(ByteBufUtil.getBytes(piece));
                } finally {
                    piece.release();
                }
            }
            ByteString more = packed.poll();
            if (more == null) {
                return null;
            }
            decoder.writeInbound(Unpooled.wrappedBuffer(more.toArrayUnsafe()));
        }
    }

    /** Frees what the decoder holds. */
    void close() {
        try {
            decoder.finishAndReleaseAll();
        } catch (DecompressionException e) {
            // Who asked for the next bytes knows it already; a body that was given up may end anywhere.
        }
    }
}
