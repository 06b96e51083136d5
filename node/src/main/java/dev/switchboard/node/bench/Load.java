package dev.switchboard.node.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The load on a target, by a process of its own: wrk where it is installed, else the bundled client. */
final class Load {
    private static final List<String> CLIENT_JVM = List.of("-Xmx512m", "-XX:+UseSerialGC");
    private static final int SLACK_SECONDS = 120;

    private final Path folder;
    private final @Nullable String wrk;

    Load(Path folder, boolean bundledOnly) {
        this.folder = folder;
        this.wrk = bundledOnly ? null : Programs.find("wrk");
    }

    /** What one run showed; times in milliseconds. */
    record Result(double rate, double p50, double p99, long requests, long errors, double clientCpu) {}

    String client() {
        return wrk == null ? "the bundled client" : "wrk, one thread";
    }

    /** As fast as answers come. */
    Result closed(int port, int connections, int sessions, int seconds) throws IOException, InterruptedException {
        return wrk == null
                ? bundled(List.of(port), connections, sessions, seconds, 0, 0)
                : wrk(wrk, port, connections, sessions, seconds);
    }

    /** At a fixed rate, by the bundled client; the first seconds do not count. */
    Result paced(int port, int connections, int rate, int seconds, int skip) throws IOException, InterruptedException {
        return bundled(List.of(port), connections, 64, seconds, rate, skip);
    }

    /** Spread over several nodes, by the bundled client. */
    Result spread(List<Integer> ports, int connections, int seconds, int skip)
            throws IOException, InterruptedException {
        return bundled(ports, connections, connections, seconds, 0, skip);
    }

    private Result bundled(List<Integer> ports, int connections, int sessions, int seconds, int rate, int skip)
            throws IOException, InterruptedException {
        return of(client(
                LoadClient.class,
                seconds,
                "ports=" + ports.stream().map(String::valueOf).collect(Collectors.joining(",")),
                "connections=" + connections,
                "sessions=" + sessions,
                "seconds=" + seconds,
                "rate=" + rate,
                "skip=" + skip));
    }

    /** Requests answered in each second of load, from the first; the client was warmed on another port. */
    List<Integer> timeline(int port, int connections, int seconds, int warmPort)
            throws IOException, InterruptedException {
        JsonNode result = client(
                LoadClient.class,
                seconds + 5,
                "ports=" + port,
                "connections=" + connections,
                "seconds=" + seconds,
                "warm-port=" + warmPort);
        List<Integer> perSecond = new ArrayList<>();
        result.path("perSecond").forEach(each -> perSecond.add(each.asInt()));
        return perSecond;
    }

    private static Result of(JsonNode json) {
        return new Result(
                json.path("rate").asDouble(),
                json.path("p50Ms").asDouble(),
                json.path("p99Ms").asDouble(),
                json.path("requests").asLong(),
                json.path("errors").asLong(),
                json.path("clientCpuShare").asDouble());
    }

    private JsonNode client(Class<?> main, int seconds, String... arguments) throws IOException, InterruptedException {
        Child child =
                Child.start("load", Programs.java(CLIENT_JVM, main.getName(), List.of(arguments)), Map.of(), folder);
        return lastLine(child.await(seconds + SLACK_SECONDS));
    }

    /** The last line of a client's output, which is JSON. */
    static JsonNode lastLine(String output) throws IOException {
        String[] lines = output.strip().split("\n");
        return new ObjectMapper().readTree(lines[lines.length - 1]);
    }

    /** Many streams: the process, so that the caller can measure while they are open. */
    Child streams(int port, int count, int intervalMs, int events, int seconds, int ramp) throws IOException {
        return Child.start(
                "streams",
                Programs.java(
                        CLIENT_JVM,
                        StreamClient.class.getName(),
                        List.of(
                                "port=" + port,
                                "streams=" + count,
                                "interval=" + intervalMs,
                                "events=" + events,
                                "seconds=" + seconds,
                                "ramp=" + ramp)),
                Map.of(),
                folder);
    }

    private Result wrk(String program, int port, int connections, int sessions, int seconds)
            throws IOException, InterruptedException {
        Path script = Files.createTempFile(folder, "wrk-", ".lua");
        Files.writeString(
                script,
                """
                local requests, next = {}, 0
                init = function(args)
                  local body = [==[%s]==]
                  for i = 1, %d do
                    requests[i] = wrk.format("POST", "%s", { ["Content-Type"] = "application/json",
                      ["Authorization"] = "Bearer %s", ["X-Session-Id"] = "bench-" .. i }, body)
                  end
                end
                request = function() next = next %% #requests + 1; return requests[next] end
                done = function(summary, latency)
                  local e = summary.errors
                  io.write(string.format('\\n{"rate":%%f,"p50Ms":%%f,"p99Ms":%%f,"requests":%%d,"errors":%%d}\\n',
                    summary.requests / summary.duration * 1e6, latency:percentile(50) / 1000,
                    latency:percentile(99) / 1000, summary.requests,
                    e.connect + e.read + e.write + e.status + e.timeout))
                end
                """
                        .formatted(Traffic.body(), sessions, Traffic.PATH, Traffic.API_KEY));
        Child child = Child.start(
                "wrk",
                List.of(
                        program,
                        "-t1",
                        "-c" + connections,
                        "-d" + seconds + "s",
                        "-s",
                        script.toString(),
                        "http://127.0.0.1:" + port),
                Map.of(),
                folder);
        return of(lastLine(child.await(seconds + SLACK_SECONDS)));
    }
}
