package dev.switchboard.node.main;

import dev.switchboard.node.persistence.DatabaseException;
import dev.switchboard.node.persistence.EmbeddedPassword;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.h2.tools.Server;
import org.jspecify.annotations.Nullable;

/**
 * The embedded database served to the nodes of this machine over loopback, so that it outlives any of them. The file is
 * opened here first: a server that may create databases for anyone who connects is not wanted. It is not closed when
 * this process is told to stop: nodes still write while they drain.
 */
final class SharedDatabase implements AutoCloseable {
    private static final String USER = "sa";
    private static final String OPTIONS = ";DATABASE_TO_UPPER=FALSE;WRITE_DELAY=0";

    private static final int WRONG_PASSWORD = 28000;

    private final Connection keepOpen;
    private final Server server;
    private final String url;
    private final String password;

    private SharedDatabase(Connection keepOpen, Server server, String url, String password) {
        this.keepOpen = keepOpen;
        this.server = server;
        this.url = url;
        this.password = password;
    }

    /** Opens and serves it; other users of this machine cannot open it, for want of the generated password. */
    static SharedDatabase open(Path dataDir) throws StartFailure {
        Path file = dataDir.toAbsolutePath().normalize().resolve("switchboard");
        String embedded = "jdbc:h2:file:" + file + OPTIONS + ";DB_CLOSE_ON_EXIT=FALSE";
        try {
            String password = EmbeddedPassword.read(dataDir);
            Connection connection = connect(embedded, password);
            if (connection == null) {
                // The file was kept and the database was not told before its process ended.
                connection = connect(embedded, "");
                password = "";
            }
            if (connection == null) {
                throw new StartFailure("switchboard.data-dir = " + dataDir + ": the embedded database has another"
                        + " password than the file " + EmbeddedPassword.FILE);
            }
            if (password.isEmpty()) {
                password = EmbeddedPassword.create(dataDir);
                try (Statement statement = connection.createStatement()) {
                    statement.execute("SET PASSWORD '" + password + "'");
                }
            }
            Server server = Server.createTcpServer(
                            "-tcpPort",
                            Integer.toString(Ports.anyFree("127.0.0.1")),
                            "-baseDir",
                            dataDir.toAbsolutePath().normalize().toString())
                    .start();
            String url = "jdbc:h2:tcp://127.0.0.1:" + server.getPort() + "/" + file + OPTIONS;
            return new SharedDatabase(connection, server, url, password);
        } catch (SQLException | IOException | DatabaseException e) {
            throw new StartFailure("switchboard.data-dir = " + dataDir + ": the embedded database cannot be opened: "
                    + String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
        }
    }

    /** Null where the password is wrong. */
    private static @Nullable Connection connect(String url, String password) throws SQLException {
        try {
            return DriverManager.getConnection(url, USER, password);
        } catch (SQLException e) {
            if (e.getErrorCode() == WRONG_PASSWORD) {
                return null;
            }
            throw e;
        }
    }

    /** How the nodes log in. */
    String user() {
        return USER;
    }

    /** Generated, the same at every start. */
    String password() {
        return password;
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
