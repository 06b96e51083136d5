package dev.switchboard.node.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The archive that {@code ./mvnw package} makes runs wherever it is unpacked, with a JDK and no tools to build. */
class ArchiveIT {
    /** All that the launcher may call besides the JDK. */
    private static final List<String> TOOLS = List.of("bash", "dirname", "find", "mktemp", "rm", "sed");

    @TempDir
    Path folder;

    @Test
    void unpackedElsewhereItStartsWithNothingButAJdk() throws Exception {
        Path home = unpack();
        assertThat(home.resolve("README.md")).exists();
        assertThat(home.resolve("docs/operate.md")).exists();
        assertThat(home.resolve("config/examples/switchboard.service")).exists();
        Path work = Files.createDirectories(folder.resolve("work"));
        Path config = Files.writeString(
                folder.resolve("c.conf"), "switchboard.log { format = json, requests = true, level = DEBUG }");
        ProcessBuilder command =
                launcher(home, "start", "--port", "0", "--data", "data", "--config", config.toString());
        command.directory(work.toFile());

        try (NodeUnderTest node = NodeUnderTest.run(folder, command)) {
            var answer = node.post(
                    "/v1/chat/completions",
                    node.apiKey(),
                    "{\"model\":\"demo/echo\",\"messages\":[{\"role\":\"user\",\"content\":\"unpacked\"}]}",
                    "X-Request-Id",
                    "request-of-the-archive");
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            assertThat(answer.body()).contains("unpacked");
            assertThat(node.get("/", "").body()).contains("<div id=\"root\"");
            assertThat(work.resolve("data")).isDirectory();
            assertThat(node.terminate()).isZero();
            logsAreJsonWithTheRequestsId(node.errors());
        }

        Files.delete(home.resolve("lib/switchboard-node.jar"));
        try (Stream<Path> jars = Files.list(home.resolve("lib"))) {
            for (Path jar : jars.toList()) {
                Files.delete(jar);
            }
        }
        try (NodeUnderTest broken = NodeUnderTest.run(folder, launcher(home, "start"))) {
            assertThat(broken.awaitEnd(NodeUnderTest.PATIENCE)).isEqualTo(2);
            assertThat(broken.errors().strip()).startsWith("switchboard: no jars in");
        }
    }

    @Test
    void theRecordedStartIsNotTheOwnersNode() throws Exception {
        Path home = unpack();
        ProcessBuilder command = launcher(home, "--help");
        command.environment().put("SWITCHBOARD_CLUSTER_SEEDS", "192.0.2.1:25520");
        command.environment().put("SWITCHBOARD_HOST", "192.0.2.1");

        try (NodeUnderTest help = NodeUnderTest.run(folder, command)) {
            assertThat(help.awaitEnd(NodeUnderTest.PATIENCE)).isZero();
        }
        assertThat(home.resolve("classes-" + Runtime.version().feature() + ".jsa"))
                .isNotEmptyFile();
    }

    private static void logsAreJsonWithTheRequestsId(String lines) throws IOException {
        int ofTheRequest = 0;
        for (String line : lines.lines().toList()) {
            JsonNode parsed = new ObjectMapper().readTree(line);
            assertThat(parsed.path("message").isTextual()).as(line).isTrue();
            if (parsed.path("logger_name").asText().equals("dev.switchboard.requests")) {
                assertThat(parsed.path("requestId").asText()).isEqualTo("request-of-the-archive");
                ofTheRequest++;
            }
        }
        assertThat(ofTheRequest).isPositive();
        assertThat(lines).doesNotContain("unpacked");
    }

    private ProcessBuilder launcher(Path home, String... arguments) throws IOException {
        Path bin = folder.resolve("bin");
        if (!Files.exists(bin)) {
            Files.createDirectory(bin);
            for (String tool : TOOLS) {
                Path way = Files.writeString(
                        bin.resolve(tool), "#!%s%nexec %s \"$@\"%n".formatted(found("bash"), found(tool)));
                assertThat(way.toFile().setExecutable(true)).isTrue();
            }
        }
        ProcessBuilder command = new ProcessBuilder(
                Stream.concat(Stream.of(home.resolve("switchboard").toString()), Stream.of(arguments))
                        .toList());
        command.environment().clear();
        command.environment().put("PATH", bin.toString());
        command.environment().put("JAVA_HOME", System.getProperty("java.home"));
        command.environment().put("SWITCHBOARD_HEAP", "512m");
        return command;
    }

    private static Path found(String tool) {
        return Stream.of("/usr/bin", "/bin", "/usr/local/bin")
                .map(place -> Path.of(place, tool))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow();
    }

    private Path unpack() throws Exception {
        try (Stream<Path> files = Files.list(Path.of("target"))) {
            Path archive = files.filter(file -> file.getFileName().toString().matches("switchboard-[^/]+\\.tar\\.gz"))
                    .findFirst()
                    .orElseThrow();
            Process tar = new ProcessBuilder(
                            "tar", "xzf", archive.toAbsolutePath().toString(), "-C", folder.toString())
                    .redirectErrorStream(true)
                    .start();
            assertThat(tar.waitFor()).isZero();
            return folder.resolve(archive.getFileName().toString().replace(".tar.gz", ""));
        }
    }
}
