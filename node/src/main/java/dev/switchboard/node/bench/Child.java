package dev.switchboard.node.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A process of the benchmark: its output in a file, ended with it. */
final class Child implements AutoCloseable {
    private static final long STOP_SECONDS = 40;

    private final String name;
    private final Process process;
    private final Path output;

    private Child(String name, Process process, Path output) {
        this.name = name;
        this.process = process;
        this.output = output;
    }

    static Child start(String name, List<String> command, Map<String, String> environment, Path folder)
            throws IOException {
        Path output = Files.createTempFile(folder, name + "-", ".log");
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(environment);
        builder.redirectErrorStream(true).redirectOutput(output.toFile());
        Process process = builder.start();
        Child child = new Child(name, process, output);
        Runtime.getRuntime().addShutdownHook(new Thread(child::kill, "end-" + name));
        return child;
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    String output() throws IOException {
        return Files.readString(output, StandardCharsets.UTF_8);
    }

    /** Waits for the process to end by itself; fails with its output where it does not, or not well. */
    String await(long seconds) throws IOException, InterruptedException {
        if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
            kill();
            throw new IOException(name + " did not end within " + seconds + " s: " + output());
        }
        if (process.exitValue() != 0) {
            throw new IOException(name + " ended with code " + process.exitValue() + ": " + output());
        }
        return output();
    }

    /** Ends the process by SIGTERM, and by force when it does not obey. */
    @Override
    public void close() {
        process.toHandle().destroy();
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                kill();
            }
        } catch (InterruptedException e) {
            kill();
            Thread.currentThread().interrupt();
        }
    }

    private void kill() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
