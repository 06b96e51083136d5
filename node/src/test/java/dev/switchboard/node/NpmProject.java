package dev.switchboard.node;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** An npm project of {@code src/test}: installed from its lock file when that changed, its scripts run in its folder. */
public final class NpmProject {
    private static final long INSTALL_SECONDS = 180;

    private final Path folder;

    private NpmProject(Path folder) {
        this.folder = folder;
    }

    /** The project in that folder of {@code src/test}, installed. */
    public static NpmProject installed(String name) throws IOException, InterruptedException {
        NpmProject project = new NpmProject(Path.of("src", "test", name).toAbsolutePath());
        Path install =
                project.folder.resolve(Path.of("..", "..", "..", "..", "dashboard-web", "scripts", "install.mjs"));
        Process installing = project.start(Map.of(), "node", install.normalize().toString());
        String said = output(installing, INSTALL_SECONDS);
        if (installing.exitValue() != 0) {
            throw new IllegalStateException("npm ci failed:\n" + said);
        }
        return project;
    }

    /** Starts a command in the project's folder. */
    public Process start(Map<String, String> environment, String... command) throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
        builder.environment().putAll(environment);
        return builder.start();
    }

    /** What a process says until it ends, which it has to within that time. */
    public static String output(Process process, long seconds) throws IOException, InterruptedException {
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
