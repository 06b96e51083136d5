package dev.switchboard.node.simulator;

import akka.NotUsed;
import akka.stream.javadsl.Compression;
import akka.stream.javadsl.Source;
import akka.util.ByteString;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Turns steps into bytes: plain, cut at a byte, compressed, in small pieces, or in HTTP chunks. */
final class Steps {
    private static final ByteString LAST_CHUNK = ascii("0\r\n\r\n");
    private static final ByteString LINE_END = ascii("\r\n");
    private static final Duration BEFORE_BREAK = Duration.ofMillis(20);

    private Steps() {}

    static ByteString ascii(String text) {
        return ByteString.fromArrayUnsafe(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** What goes out, without HTTP framing; a break fails or ends the source. */
    static Source<ByteString, NotUsed> source(List<Step> steps) {
        if (steps.stream().allMatch(Step.Emit.class::isInstance)) {
            return Source.from(steps).map(step -> ((Step.Emit) step).bytes());
        }
        return Source.from(steps).flatMapConcat(Steps::play);
    }

    /** The same, gzip-encoded. */
    static Source<ByteString, NotUsed> gzip(Source<ByteString, NotUsed> bytes) {
        return bytes.filter(ByteString::nonEmpty).via(Compression.gzip());
    }

    /** The same bytes in pieces of at most {@code size}. */
    static Source<ByteString, NotUsed> split(Source<ByteString, NotUsed> bytes, int size) {
        return bytes.mapConcat(all -> pieces(all, size));
    }

    /** Each piece as an HTTP chunk. */
    static Source<ByteString, NotUsed> chunked(Source<ByteString, NotUsed> bytes) {
        return bytes.filter(ByteString::nonEmpty).map(piece -> ascii(Integer.toHexString(piece.size()) + "\r\n")
                .concat(piece)
                .concat(LINE_END));
    }

    /** The end of a body in HTTP chunks. */
    static ByteString lastChunk() {
        return LAST_CHUNK;
    }

    /** Whether the connection is to break. */
    static boolean breaks(List<Step> steps) {
        return steps.stream().anyMatch(Step.Break.class::isInstance);
    }

    /** The steps up to a byte of the body, then a break. */
    static List<Step> cutAt(List<Step> steps, int offset, boolean reset) {
        List<Step> kept = new ArrayList<>();
        int left = offset;
        for (Step step : steps) {
            if (step instanceof Step.Emit emit) {
                if (emit.bytes().size() >= left) {
                    kept.add(new Step.Emit(emit.bytes().take(left)));
                    return broken(kept, reset);
                }
                left -= emit.bytes().size();
            }
            kept.add(step);
        }
        return broken(kept, reset);
    }

    /** Adds a break, late enough that the client has read what came before. */
    static List<Step> broken(List<Step> steps, boolean reset) {
        steps.add(new Step.Pause(BEFORE_BREAK));
        steps.add(new Step.Break(reset));
        return steps;
    }

    private static Source<ByteString, NotUsed> play(Step step) {
        if (step instanceof Step.Emit emit) {
            return Source.single(emit.bytes());
        }
        if (step instanceof Step.Repeat repeat) {
            return Source.repeat(repeat.block()).take(repeat.times());
        }
        if (step instanceof Step.Pause pause) {
            return Source.single(ByteString.emptyByteString()).initialDelay(pause.time());
        }
        if (step instanceof Step.Hold hold) {
            return hold.noise().isEmpty()
                    ? Source.<ByteString>maybe().mapMaterializedValue(promise -> NotUsed.getInstance())
                    : Source.tick(hold.every(), hold.every(), hold.noise())
                            .mapMaterializedValue(timer -> NotUsed.getInstance());
        }
        return Source.failed(((Step.Break) step).reset() ? new ResetException() : new CloseException());
    }

    private static List<ByteString> pieces(ByteString all, int size) {
        List<ByteString> pieces = new ArrayList<>();
        for (int at = 0; at < all.size(); at += size) {
            pieces.add(all.slice(at, Math.min(at + size, all.size())));
        }
        return pieces;
    }

    /** Ends a source where the connection is to be reset. */
    static final class ResetException extends RuntimeException {
        ResetException() {
            super("connection to reset", null, false, false);
        }
    }

    /** Ends a source where the connection is to be closed. */
    static final class CloseException extends RuntimeException {
        CloseException() {
            super("connection to close", null, false, false);
        }
    }
}
