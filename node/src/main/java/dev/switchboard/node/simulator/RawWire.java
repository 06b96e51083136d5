package dev.switchboard.node.simulator;

import akka.NotUsed;
import akka.stream.javadsl.Source;
import akka.util.ByteString;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Writes a response byte by byte, for faults below HTTP: breaks and headers without end. */
final class RawWire {
    private static final ByteString PADDING = Steps.ascii("X-Padding: " + "p".repeat(1000) + "\r\n");

    private RawWire() {}

    static boolean needed(Ordered ordered) {
        return ordered.fault().has(FaultWord.ENDLESS_HEADERS)
                || ordered.fault().has(FaultWord.CUT)
                || Steps.breaks(ordered.reply().body());
    }

    /** All bytes of the response; fails for a reset, ends for a close. */
    static Source<ByteString, NotUsed> bytes(Ordered ordered) {
        Fault fault = ordered.fault();
        Reply reply = ordered.reply();
        if (fault.is(FaultWord.CUT, "headers")) {
            return closing(Steps.source(Steps.broken(new ArrayList<>(), !fault.is(FaultWord.CUT_BY, "close"))));
        }
        if (fault.has(FaultWord.ENDLESS_HEADERS)) {
            return Source.single(head(reply, "")).concat(Source.repeat(PADDING));
        }
        if (reply.whole()) {
            String length = "Content-Length: " + ordered.fullLength() + "\r\n\r\n";
            return closing(Source.single(head(reply, length)).concat(ordered.body()));
        }
        Source<ByteString, NotUsed> body = Steps.chunked(ordered.body()).concat(Source.single(Steps.lastChunk()));
        return closing(
                Source.single(head(reply, "Transfer-Encoding: chunked\r\n\r\n")).concat(body));
    }

    private static Source<ByteString, NotUsed> closing(Source<ByteString, NotUsed> bytes) {
        return bytes.recoverWithRetries(1, Steps.CloseException.class, () -> Source.<ByteString>empty());
    }

    private static ByteString head(Reply reply, String last) {
        StringBuilder head = new StringBuilder(256)
                .append("HTTP/1.1 ")
                .append(reply.status())
                .append(" Simulated\r\nContent-Type: ")
                .append(reply.contentType())
                .append("\r\nConnection: close\r\n");
        List<Map.Entry<String, String>> headers = reply.headers();
        headers.forEach(
                h -> head.append(h.getKey()).append(": ").append(h.getValue()).append("\r\n"));
        return Steps.ascii(head.append(last).toString());
    }
}
