package dev.switchboard.node.e2e;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The packaged node as a process of its own, with what it printed. */
final class NodeUnderTest implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(180);
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final int TAIL = 60;

    private final Process process;
    private final Path out;
    private final Path err;

    private NodeUnderTest(Process process, Path out, Path err) {
        this.process = process;
        this.out = out;
        this.err = err;
    }

    /**
     * How a node is run.
     *
     * @param prefix a command that becomes the node's, such as one that enters a namespace
     * @param target the folder that holds the packaged jars
     */
    record Launch(List<String> prefix, Path target) {
        static final Launch HERE = new Launch(List.of(), Path.of("target"));
    }

    /** Runs the command line with the packaged jars. */
    static NodeUnderTest run(Path folder, Map<String, String> environment, String... arguments) throws IOException {
        return run(Launch.HERE, folder, environment, arguments);
    }

    /** Runs the command line in another place or of another build. */
    static NodeUnderTest run(Launch launch, Path folder, Map<String, String> environment, String... arguments)
            throws IOException {
        List<String> command = new ArrayList<>(launch.prefix());
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:TieredStopAtLevel=1",
                "-Djava.util.concurrent.ForkJoinPool.common.parallelism=2",
                "-Dh2.bindAddress=127.0.0.1",
                "-cp",
                classPath(launch.target().toAbsolutePath()),
                "dev.switchboard.node.main.Main"));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(environment);
        return run(folder, builder);
    }

    /** Runs a command of which only its output is taken care of here. */
    static NodeUnderTest run(Path folder, ProcessBuilder command) throws IOException {
        Path out = Files.createTempFile(folder, "out", ".txt");
        Path err = Files.createTempFile(folder, "err", ".txt");
        return new NodeUnderTest(
                command.redirectOutput(out.toFile()).redirectError(err.toFile()).start(), out, err);
    }

    /** Starts a node on a free port and waits until it has said that it is ready. */
    static NodeUnderTest start(Path data, Map<String, String> environment, String... more) throws Exception {
        List<String> arguments = new ArrayList<>(List.of("start", "--port", "0", "--data", data.toString()));
        arguments.addAll(List.of(more));
        Files.createDirectories(data);
        Map<String, String> variables = new HashMap<>(environment);
        variables.putIfAbsent("SWITCHBOARD_CLUSTER_PORT", "0");
        NodeUnderTest node = run(data.getParent(), variables, arguments.toArray(String[]::new));
        node.awaitOutput("Admin key  (\\S+)");
        return node;
    }

    private static String classPath(Path target) throws IOException {
        try (Stream<Path> own = Files.list(target);
                Stream<Path> libraries = Files.list(target.resolve("lib"))) {
            return Stream.concat(own, libraries)
                    .map(Path::toString)
                    .filter(path -> path.endsWith(".jar"))
                    .sorted()
                    .reduce((a, b) -> a + ":" + b)
                    .orElseThrow();
        }
    }

    private String awaitOutput(String pattern) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        Pattern wanted = Pattern.compile(pattern);
        while (System.nanoTime() < deadline) {
            Matcher matcher = wanted.matcher(output());
            if (matcher.find()) {
                return matcher.group(1);
            }
            if (process.waitFor(50, TimeUnit.MILLISECONDS)) {
                requireRunning();
            }
        }
        throw new AssertionError("not printed: " + pattern + " in " + output() + errors());
    }

    /** Fails with the last of what the process printed where it has ended. */
    void requireRunning() throws IOException {
        if (!process.isAlive()) {
            throw new AssertionError("the node ended with " + process.exitValue() + ": " + tail());
        }
    }

    /** The last lines of both outputs. */
    String tail() throws IOException {
        return last(output()) + last(errors());
    }

    private static String last(String text) {
        List<String> lines = text.lines().toList();
        return String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL), lines.size())) + "\n";
    }

    String output() throws IOException {
        return Files.readString(out);
    }

    String errors() throws IOException {
        return Files.readString(err);
    }

    String url() throws Exception {
        return awaitOutput("Dashboard  (\\S+)/");
    }

    String apiKey() throws Exception {
        return awaitOutput("API key    (\\S+)");
    }

    String adminKey() throws Exception {
        return awaitOutput("Admin key  (\\S+)");
    }

    /** Waits for the end by itself and answers the exit code. */
    int awaitEnd(Duration limit) throws InterruptedException, IOException {
        if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("still running after " + limit + ": " + tail());
        }
        return process.exitValue();
    }

    /** The process itself. */
    ProcessHandle handle() {
        return process.toHandle();
    }

    /** SIGTERM; answers the exit code. */
    int terminate() throws InterruptedException, IOException {
        process.destroy();
        return awaitEnd(PATIENCE);
    }

    /** kill -9. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    HttpResponse<String> get(String path, String key) throws Exception {
        return send(HttpRequest.newBuilder(URI.create(url() + path)).header("Authorization", "Bearer " + key));
    }

    HttpResponse<String> post(String path, String key, String body, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url() + path))
                .header("Authorization", "Bearer " + key)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body));
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return send(request);
    }

    HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return HTTP.send(request.timeout(PATIENCE).build(), HttpResponse.BodyHandlers.ofString());
    }

    @Override
    public void close() throws Exception {
        process.destroyForcibly().waitFor();
    }
}
