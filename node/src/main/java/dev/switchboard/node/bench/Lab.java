package dev.switchboard.node.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What all scenarios share: the options of the run, the tools found, upstreams and proxies. */
final class Lab {
    /** As the command line gave it; times in seconds. */
    record Plan(int rounds, int seconds, int warmSeconds, boolean quick, boolean bundledClient) {}

    final Plan plan;
    final Path folder;
    final Load load;
    final Report report;
    final @Nullable Nginx nginx;

    Lab(Plan plan, Path folder, Report report) {
        this.plan = plan;
        this.folder = folder;
        this.report = report;
        this.load = new Load(folder, plan.bundledClient());
        this.nginx = Nginx.find(folder);
    }

    /** An upstream with the port it listens on. */
    record Upstream(Child child, int port) implements AutoCloseable {
        @Override
        public void close() {
            child.close();
        }
    }

    /** Whole answers: nginx where it is installed, else the bundled upstream. */
    Upstream answers() throws IOException, InterruptedException {
        if (nginx == null) {
            return bundledUpstream();
        }
        int port = Programs.freePort();
        return listening(nginx.answering(port), port);
    }

    /** Whole answers and streams at a pace. */
    Upstream bundledUpstream() throws IOException, InterruptedException {
        int port = Programs.freePort();
        Child child = Child.start(
                "upstream",
                Programs.java(
                        List.of("-Xmx256m", "-XX:+UseSerialGC"),
                        UpstreamServer.class.getName(),
                        List.of("port=" + port)),
                Map.of(),
                folder);
        return listening(child, port);
    }

    /** nginx in front of an upstream; null where it is not installed. */
    @Nullable
    Upstream proxy(int upstream) throws IOException, InterruptedException {
        if (nginx == null) {
            return null;
        }
        int port = Programs.freePort();
        return listening(nginx.proxying(port, upstream), port);
    }

    private static Upstream listening(Child child, int port) throws IOException, InterruptedException {
        Programs.awaitPort(child, port);
        return new Upstream(child, port);
    }

    /** A gateway of one node with a fresh data folder. */
    Gateway gateway(int upstream, int models, int nodes) throws IOException, InterruptedException {
        return gateway(upstream, models, nodes, Files.createTempDirectory(folder, "data-"), Programs.jvmOptions());
    }

    Gateway gateway(int upstream, int models, int nodes, Path data, List<String> options)
            throws IOException, InterruptedException {
        return Gateway.start(new Gateway.Setup(upstream, models, nodes, data, options), folder);
    }

    static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        return sorted.isEmpty() ? 0 : sorted.get(sorted.size() / 2);
    }
}
