package dev.switchboard.node.main;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** The data folder, held by one process while the embedded database in it is in use. */
final class DataFolder implements AutoCloseable {
    private final FileChannel channel;

    private DataFolder(FileChannel channel) {
        this.channel = channel;
    }

    /** Another process has the folder's embedded database open. */
    static final class InUse extends StartFailure {
        private static final long serialVersionUID = 1L;

        InUse(String message) {
            super(message);
        }
    }

    /** Makes the folder where it is missing; fails where that cannot be done. */
    static void make(Path folder) throws StartFailure {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new StartFailure("switchboard.data-dir = " + folder + ": cannot be made: " + e.getMessage());
        }
        if (!Files.isWritable(folder)) {
            throw new StartFailure("switchboard.data-dir = " + folder + ": cannot be written");
        }
    }

    /** Holds the folder until closed; refuses one that another process holds. */
    static DataFolder hold(Path folder) throws StartFailure {
        make(folder);
        try {
            FileChannel channel = FileChannel.open(
                    folder.resolve("switchboard.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            @Nullable FileLock lock;
            try {
                lock = channel.tryLock();
            } catch (OverlappingFileLockException e) {
                lock = null;
            }
            if (lock == null) {
                channel.close();
                throw new InUse(
                        "switchboard.data-dir = " + folder
                                + ": its embedded database is in use by another process; set DATABASE_URL to run several nodes");
            }
            return new DataFolder(channel);
        } catch (IOException e) {
            throw new StartFailure("switchboard.data-dir = " + folder + ": cannot be locked: " + e.getMessage());
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // The process is about to end, and the system frees the lock with it.
            return;
        }
    }
}
