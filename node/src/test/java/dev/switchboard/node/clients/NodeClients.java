package dev.switchboard.node.clients;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The npm project {@code src/test/clients}: installed from its lock file when that changed, run in one process. */
final class NodeClients {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path FOLDER = Path.of("src", "test", "clients").toAbsolutePath();
    private static final long INSTALL_SECONDS = 180;
    private static final long RUN_SECONDS = 90;

    private NodeClients() {}

    /** One test; {@code error} is null where it passed. */
    record Result(String name, @Nullable String error) {}

    /** Installs, where that is needed, and runs every suite with that environment. */
    static List<Result> run(Map<String, String> environment) throws IOException, InterruptedException {
        Path install = FOLDER.resolve(Path.of("..", "..", "..", "..", "dashboard-web", "scripts", "install.mjs"));
        Process installing = start(Map.of(), "node", install.normalize().toString());
        String said = output(installing, INSTALL_SECONDS);
        if (installing.exitValue() != 0) {
            throw new IllegalStateException("npm ci failed:\n" + said);
        }
        Process running = start(environment, "node", "--test-reporter=./lines.mjs", "all.mjs");
        List<Result> results = new ArrayList<>();
        String lines = output(running, RUN_SECONDS);
        for (String line : lines.split("\n")) {
            if (line.startsWith("{")) {
                JsonNode one = JSON.readTree(line);
                String error = one.path("error").asText("failed, or was skipped");
                results.add(new Result(one.path("name").asText(), one.path("ok").asBoolean() ? null : error));
            }
        }
        if (results.isEmpty()) {
            throw new IllegalStateException("no suite ran:\n" + lines);
        }
        return results;
    }

    private static Process start(Map<String, String> environment, String... command) throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(FOLDER.toFile()).redirectErrorStream(true);
        builder.environment().putAll(environment);
        return builder.start();
    }

    private static String output(Process process, long seconds) throws IOException, InterruptedException {
        process.getOutputStream().close();
        Thread watch = new Thread(() -> {
            try {
                if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        watch.setDaemon(true);
        watch.start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return text;
    }
}
