package dev.switchboard.node.clients;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.switchboard.node.NpmProject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The suites of the npm project {@code src/test/clients}, run in one process. */
final class NodeClients {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long RUN_SECONDS = 90;

    private NodeClients() {}

    /** One test; {@code error} is null where it passed. */
    record Result(String name, @Nullable String error) {}

    /** Installs, where that is needed, and runs every suite with that environment. */
    static List<Result> run(Map<String, String> environment) throws IOException, InterruptedException {
        Process running =
                NpmProject.installed("clients").start(environment, "node", "--test-reporter=./lines.mjs", "all.mjs");
        List<Result> results = new ArrayList<>();
        String lines = NpmProject.output(running, RUN_SECONDS);
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
}
