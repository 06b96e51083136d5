package dev.switchboard.node.main;

import dev.switchboard.node.settings.Settings;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the disk under the embedded database has room. That the database answers does not tell: it can be read, and opened
 * again, on a disk on which nothing can be written. Safe for any thread.
 */
final class DiskSpace {
    /** Bytes; below it the next write may fail. */
    static final long LEAST = 1 << 20;

    private static final Logger LOG = LoggerFactory.getLogger(DiskSpace.class);

    private final @Nullable Path folder;
    private volatile boolean left = true;

    private DiskSpace(@Nullable Path folder) {
        this.folder = folder;
    }

    /** Of the data folder; a database of its own has its own disk. */
    static DiskSpace under(Settings settings) {
        return new DiskSpace(settings.database().url() == null ? settings.dataDir() : null);
    }

    /** Of a folder. */
    static DiskSpace of(Path folder) {
        return new DiskSpace(folder);
    }

    /** Looks now. */
    boolean isLeft() {
        return folder == null || judge(folder.toFile().getUsableSpace());
    }

    /** Tells of each change once; {@code bytes} are free. */
    boolean judge(long bytes) {
        boolean now = bytes >= LEAST;
        if (now != left) {
            left = now;
            if (now) {
                LOG.warn("The disk of the data folder {} has room again; what waited is written", folder);
            } else {
                LOG.error(
                        "The disk of the data folder {} is full ({} bytes free): requests are served from memory,"
                                + " nothing is kept until there is room",
                        folder,
                        bytes);
            }
        }
        return now;
    }
}
