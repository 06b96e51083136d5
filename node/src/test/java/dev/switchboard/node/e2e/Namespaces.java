package dev.switchboard.node.e2e;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Machines of their own on this one: network namespaces of Linux, each with an address on a bridge. Links can be cut as
 * between real machines: packets vanish, and no connection is closed. Needs root.
 */
final class Namespaces implements AutoCloseable {
    private static final int PREFIX = 24;

    private final long id = ProcessHandle.current().pid() % 100_000;
    private final String network = "10.77." + id % 250 + ".";
    private final String bridge = "sbbr" + id;
    private final int count;

    private Namespaces(int count) {
        this.count = count;
    }

    /** Why this machine allows none; empty where it does. */
    static Optional<String> refused() {
        String probe = "sbprobe" + ProcessHandle.current().pid();
        try {
            run("ip", "netns", "add", probe);
            run("ip", "netns", "del", probe);
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    /** Makes {@code count} of them. */
    static Namespaces of(int count) throws IOException {
        Namespaces made = new Namespaces(count);
        try {
            made.make();
            return made;
        } catch (IOException e) {
            made.close();
            throw e;
        }
    }

    private void make() throws IOException {
        run("ip", "link", "add", bridge, "type", "bridge");
        run("ip", "addr", "add", gateway() + "/" + PREFIX, "dev", bridge);
        run("ip", "link", "set", bridge, "up");
        for (int i = 0; i < count; i++) {
            run("ip", "netns", "add", name(i));
            run("ip", "link", "add", link(i), "type", "veth", "peer", "name", "eth0", "netns", name(i));
            run("ip", "link", "set", link(i), "master", bridge, "up");
            inside(i, "ip", "link", "set", "lo", "up");
            inside(i, "ip", "addr", "add", host(i) + "/" + PREFIX, "dev", "eth0");
            inside(i, "ip", "link", "set", "eth0", "up");
        }
    }

    private String name(int index) {
        return "sb" + id + "n" + index;
    }

    private String link(int index) {
        return "sbv" + id + "n" + index;
    }

    /** This machine, as they reach it. */
    String gateway() {
        return network + "1";
    }

    /** The address of one. */
    String host(int index) {
        return network + (11 + index);
    }

    /** What a command on it begins with; it becomes that command. */
    List<String> prefix(int index) {
        return List.of("ip", "netns", "exec", name(index));
    }

    /** It and the others do not hear each other any more; this machine still hears all of them. */
    void cutFromOthers(int index) throws IOException {
        for (int i = 0; i < count; i++) {
            if (i != index) {
                inside(i, "ip", "route", "add", "blackhole", host(index) + "/32");
                inside(index, "ip", "route", "add", "blackhole", host(i) + "/32");
            }
        }
    }

    /** Undoes {@link #cutFromOthers}. */
    void mend(int index) throws IOException {
        for (int i = 0; i < count; i++) {
            if (i != index) {
                inside(i, "ip", "route", "del", "blackhole", host(index) + "/32");
                inside(index, "ip", "route", "del", "blackhole", host(i) + "/32");
            }
        }
    }

    /** Nobody hears it any more. */
    void unplug(int index) throws IOException {
        run("ip", "link", "set", link(index), "down");
    }

    /** Undoes {@link #unplug}. */
    void plugIn(int index) throws IOException {
        run("ip", "link", "set", link(index), "up");
    }

    private void inside(int index, String... command) throws IOException {
        List<String> whole = new ArrayList<>(prefix(index));
        whole.addAll(List.of(command));
        run(whole.toArray(String[]::new));
    }

    private static void run(String... command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(20, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IOException(String.join(" ", command) + ": " + said.strip());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        } finally {
            process.destroyForcibly();
        }
    }

    @Override
    public void close() throws IOException {
        IOException failed = null;
        for (int i = 0; i < count; i++) {
            failed = tried(failed, "ip", "netns", "del", name(i));
        }
        failed = tried(failed, "ip", "link", "del", bridge);
        if (failed != null) {
            throw failed;
        }
    }

    private static @Nullable IOException tried(@Nullable IOException before, String... command) {
        try {
            run(command);
            return before;
        } catch (IOException e) {
            if (before != null) {
                e.addSuppressed(before);
            }
            return e;
        }
    }
}
