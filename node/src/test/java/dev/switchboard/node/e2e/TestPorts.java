package dev.switchboard.node.e2e;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Ports for processes that are started again on the same ones: below those that the kernel gives to outgoing connections,
 * so that none is taken while its node is down. Each JVM of the tests begins elsewhere, so that two at a time do not meet.
 */
final class TestPorts {
    private static final int LOWEST = 12_000;
    private static final int HIGHEST = Math.min(32_768, firstOutgoing());
    private static int next = LOWEST + (int) (ProcessHandle.current().pid() * 101 % (HIGHEST - LOWEST));

    private TestPorts() {}

    private static int firstOutgoing() {
        try {
            String range = Files.readString(Path.of("/proc/sys/net/ipv4/ip_local_port_range"));
            int first = Integer.parseInt(range.strip().split("\\s+")[0]);
            return first > LOWEST + 1000 ? first : 32_768;
        } catch (IOException e) {
            return 32_768;
        }
    }

    /** Ports in a row that nothing listens on now and that this JVM did not hand out before. */
    static synchronized List<Integer> inARow(int count) {
        for (int tried = 0; tried < HIGHEST - LOWEST; tried += count) {
            if (next + count > HIGHEST) {
                next = LOWEST;
            }
            List<Integer> row = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                row.add(next++);
            }
            if (row.stream().allMatch(TestPorts::isFree)) {
                return row;
            }
        }
        throw new AssertionError("no " + count + " free ports in a row between " + LOWEST + " and " + HIGHEST);
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port)) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }
}
