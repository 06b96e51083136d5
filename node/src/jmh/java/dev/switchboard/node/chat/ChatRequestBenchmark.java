package dev.switchboard.node.chat;

import akka.util.ByteString;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A chat request parsed and checked, and its body written for another model. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class ChatRequestBenchmark {
    /** Bytes of the conversation, about. */
    @Param({"600", "100000"})
    public int size;

    private ByteString body = ByteString.emptyByteString();

    /** A conversation of that size in messages of 500 characters. */
    @Setup
    public void conversation() {
        StringBuilder json =
                new StringBuilder("{\"model\":\"auto\",\"temperature\":0.7,\"stream\":true,\"messages\":[");
        for (int i = 0; json.length() < size; i++) {
            json.append(i == 0 ? "" : ",")
                    .append("{\"role\":\"")
                    .append(i % 2 == 0 ? "user" : "assistant")
                    .append("\",\"content\":\"")
                    .append("Some words. ".repeat(42))
                    .append("\"}");
        }
        body = ByteString.fromString(json.append("]}").toString());
    }

    /** Parsed, checked, and rewritten with the model's own id. */
    @Benchmark
    public ByteString parseAndRewrite() throws InvalidRequest {
        return ChatRequest.parse(body).with(Map.of("model", TextNode.valueOf("a-large")));
    }
}
