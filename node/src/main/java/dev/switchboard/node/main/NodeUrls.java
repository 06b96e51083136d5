package dev.switchboard.node.main;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Where the nodes of a data folder are reached, for commands that need a running node: a file for each, without secrets. */
final class NodeUrls {
    private static final String PREFIX = "node-";
    private static final String SUFFIX = ".url";

    private NodeUrls() {}

    /** Notes this node's address, and takes away what processes left behind that were killed. */
    static void note(Path dataDir, String httpUrl) throws IOException {
        Files.writeString(own(dataDir), httpUrl + "\n");
        of(dataDir);
    }

    /** Takes this node's address away; to be called before the process ends, which may be by a halt. */
    static void forget(Path dataDir) {
        try {
            Files.deleteIfExists(own(dataDir));
        } catch (IOException e) {
            // The next node that starts takes it away.
            return;
        }
    }

    private static Path own(Path dataDir) {
        return dataDir.resolve(PREFIX + ProcessHandle.current().pid() + SUFFIX);
    }

    /** The addresses noted by processes that still run. */
    static List<String> of(Path dataDir) throws IOException {
        List<String> urls = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(dataDir, PREFIX + "*" + SUFFIX)) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                String pid = name.substring(PREFIX.length(), name.length() - SUFFIX.length());
                if (pid.matches("\\d{1,18}")
                        && ProcessHandle.of(Long.parseLong(pid)).isPresent()) {
                    urls.add(Files.readString(file).strip());
                } else {
                    // Left behind by a process that was killed.
                    Files.deleteIfExists(file);
                }
            }
        }
        return urls;
    }
}
