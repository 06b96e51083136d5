package dev.switchboard.node.main;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.h2.tools.Server;

/**
 * The embedded database served to the nodes of this machine over loopback, so that it outlives any of them. The file is
 * opened here first: a server that may create databases for anyone who connects is not wanted. It is not closed when
 * this process is told to stop: nodes still write while they drain.
 */
final class SharedDatabase implements AutoCloseable {
    private static final String OPTIONS = ";DATABASE_TO_UPPER=FALSE;WRITE_DELAY=0";

    private final Connection keepOpen;
    private final Server server;
    private final String url;

    private SharedDatabase(Connection keepOpen, Server server, String url) {
        this.keepOpen = keepOpen;
        this.server = server;
        this.url = url;
    }

    static SharedDatabase open(Path dataDir) throws StartFailure {
        Path file = dataDir.toAbsolutePath().normalize().resolve("switchboard");
        try {
            Connection connection =
                    DriverManager.getConnection("jdbc:h2:file:" + file + OPTIONS + ";DB_CLOSE_ON_EXIT=FALSE", "sa", "");
            Server server = Server.createTcpServer(
                            "-tcpPort",
                            Integer.toString(Ports.anyFree("127.0.0.1")),
                            "-baseDir",
                            dataDir.toAbsolutePath().normalize().toString())
                    .start();
            return new SharedDatabase(
                    connection, server, "jdbc:h2:tcp://127.0.0.1:" + server.getPort() + "/" + file + OPTIONS);
        } catch (SQLException e) {
            throw new StartFailure("switchboard.data-dir = " + dataDir + ": the embedded database cannot be opened: "
                    + String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
        }
    }

    /** What the nodes connect to. */
    String url() {
        return url;
    }

    @Override
    public void close() {
        server.stop();
        try {
            keepOpen.close();
        } catch (SQLException e) {
            // The file is consistent without a clean close: every commit was written at once.
            return;
        }
    }
}
