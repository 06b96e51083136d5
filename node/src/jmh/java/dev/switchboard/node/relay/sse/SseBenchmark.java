package dev.switchboard.node.relay.sse;

import akka.util.ByteString;
import dev.switchboard.node.relay.ChunkFacts;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/** One event of a chat stream found in its bytes, and read for what the relay must know of it. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class SseBenchmark {
    private static final int EVENTS = 16;
    private static final String EVENT =
            "data: {\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1,"
                    + "\"model\":\"a-large\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\" word\"},\"finish_reason\":null}]}\n\n";

    private final ByteString chunk = ByteString.fromString(EVENT.repeat(EVENTS));
    private final SseDecoder decoder = new SseDecoder(1 << 20);

    /** The bytes split into events. */
    @Benchmark
    @OperationsPerInvocation(EVENTS)
    public void split(Blackhole hole) {
        decoder.feed(chunk, hole::consume);
    }

    /** Split, and each event read. */
    @Benchmark
    @OperationsPerInvocation(EVENTS)
    public void splitAndRead(Blackhole hole) {
        decoder.feed(chunk, event -> hole.consume(ChunkFacts.read(event.data())));
    }
}
