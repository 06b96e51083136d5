package dev.switchboard.node.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** CPU time and resident memory of processes, from {@code /proc}. */
final class ProcessStat {
    /** Linux counts CPU time in hundredths of a second, whatever the kernel's own tick. */
    private static final long MICROS_PER_TICK = 10_000;

    private static final int UTIME = 11;

    private ProcessStat() {}

    /** CPU time of a process and its children that still run, in microseconds; user and system. */
    static long cpuMicros(long pid) throws IOException {
        long sum = 0;
        for (long each : withChildren(pid)) {
            String[] fields = afterName(each);
            if (fields.length > UTIME + 1) {
                sum += Long.parseLong(fields[UTIME]) + Long.parseLong(fields[UTIME + 1]);
            }
        }
        return sum * MICROS_PER_TICK;
    }

    /** How many files this process may have open, and those that it starts. */
    static long fileHandles() throws IOException {
        for (String line : lines(Path.of("/proc/self/limits"))) {
            if (line.startsWith("Max open files")) {
                return Long.parseLong(line.split("\\s{2,}", -1)[1].replace("unlimited", "" + Long.MAX_VALUE));
            }
        }
        return Long.MAX_VALUE;
    }

    /** Resident memory of a process in bytes, 0 where it is gone. */
    static long residentBytes(long pid) throws IOException {
        for (String line : lines(Path.of("/proc/" + pid + "/status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
            }
        }
        return 0;
    }

    private static List<Long> withChildren(long pid) {
        List<Long> all = new ArrayList<>(List.of(pid));
        ProcessHandle.of(pid)
                .ifPresent(
                        handle -> handle.descendants().map(ProcessHandle::pid).forEach(all::add));
        return all;
    }

    /** The fields of {@code stat} behind the name, which may hold blanks itself. */
    private static String[] afterName(long pid) throws IOException {
        List<String> lines = lines(Path.of("/proc/" + pid + "/stat"));
        if (lines.isEmpty()) {
            return new String[0];
        }
        String line = lines.get(0);
        return line.substring(line.lastIndexOf(')') + 2).split(" ");
    }

    private static List<String> lines(Path file) throws IOException {
        try {
            return Files.readAllLines(file);
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }
}
