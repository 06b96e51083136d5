package dev.switchboard.node.main;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One node as a process of its own, started again when it ends by itself. */
final class NodeProcess {
    private static final Duration PAUSE = Duration.ofSeconds(1);
    /** The first line of the banner. */
    private static final Pattern READY = Pattern.compile("Switchboard \\S+ is ready");

    private final String label;
    private final List<String> arguments;
    private final Map<String, String> environment;
    private final Set<String> said;
    private volatile boolean stopping;
    private volatile boolean wasReady;
    private volatile @Nullable Process process;

    /** @param said why nodes did not start: what is there is not said again, for what they cannot use is the same */
    NodeProcess(String label, List<String> arguments, Map<String, String> environment, Set<String> said) {
        this.label = label;
        this.arguments = List.copyOf(arguments);
        this.environment = Map.copyOf(environment);
        this.said = said;
    }

    /**
     * Runs until stopped, or until the node says that it cannot start; answers the last exit code. A node that was ready
     * once is started again whatever it says: its settings can work, so what it cannot reach now may come back.
     */
    int supervise(PrintStream out, PrintStream err) throws IOException, InterruptedException {
        int code = 0;
        while (!stopping) {
            Process started = start();
            if (started == null) {
                return code;
            }
            out.println("[" + label + "] is process " + started.pid());
            Thread outPump = pump(started.getInputStream(), out);
            Thread errPump = pump(started.getErrorStream(), err);
            code = started.waitFor();
            outPump.join();
            errPump.join();
            if (stopping || code == Main.UNUSABLE && !wasReady) {
                return code;
            }
            err.println("[" + label + "] ended with code " + code + "; starting it again");
            if (waitOrStop()) {
                return code;
            }
        }
        return code;
    }

    /** Null where the node was told to stop before it was started. */
    private synchronized @Nullable Process start() throws IOException {
        if (stopping) {
            return null;
        }
        ProcessBuilder builder = new ProcessBuilder(command());
        builder.environment().putAll(environment);
        Process started = builder.start();
        process = started;
        return started;
    }

    private synchronized boolean waitOrStop() throws InterruptedException {
        long deadline = System.nanoTime() + PAUSE.toNanos();
        for (long left = PAUSE.toMillis(); !stopping && left > 0; left = (deadline - System.nanoTime()) / 1_000_000) {
            wait(left);
        }
        return stopping;
    }

    /** Asks the node to drain. By its handle: {@code Process.destroy} would also close the pipes it still writes to. */
    synchronized void stop() {
        stopping = true;
        notifyAll();
        Process running = process;
        if (running != null) {
            running.toHandle().destroy();
        }
    }

    /** Waits for the end; kills what outlives the limit. */
    void awaitEnd(Duration limit) throws InterruptedException {
        Process running = process;
        if (running != null && !running.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
            running.destroyForcibly();
        }
    }

    private List<String> command() {
        List<String> command = new ArrayList<>();
        command.add(ProcessHandle.current().info().command().orElse("java"));
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(Main.class.getName());
        command.addAll(arguments);
        return command;
    }

    private Thread pump(InputStream from, PrintStream to) {
        Thread thread = new Thread(
                () -> {
                    try (BufferedReader reader =
                            new BufferedReader(new InputStreamReader(from, StandardCharsets.UTF_8))) {
                        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                            wasReady |= READY.matcher(line).matches();
                            if (wasReady || !line.startsWith(Main.SAYS)) {
                                to.println("[" + label + "] " + line);
                            } else if (said.add(line)) {
                                to.println(line);
                            }
                        }
                    } catch (IOException e) {
                        to.println("[" + label + "] output ended: " + e.getMessage());
                    }
                },
                "output-" + label);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }
}
