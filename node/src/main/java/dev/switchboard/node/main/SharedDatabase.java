package dev.switchboard.node.main;

import dev.switchboard.node.persistence.DatabaseException;
import dev.switchboard.node.persistence.EmbeddedDatabase;
import dev.switchboard.node.persistence.EmbeddedPassword;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.h2.tools.Server;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The embedded database served to the nodes of this machine over loopback, so that it outlives any of them. The file is
 * opened here first: a server that may create databases for anyone who connects is not wanted. It is not closed when
 * this process is told to stop: nodes still write while they drain. One that closed itself because it could not write is
 * opened again once the disk has room: H2 does so only when every connection has been given up, those of the nodes too.
 */
final class SharedDatabase implements AutoCloseable {
    private static final String USER = "sa";
    private static final String NAME = "switchboard";
    private static final String OPTIONS = ";DATABASE_TO_UPPER=FALSE;WRITE_DELAY=0";

    private static final int WRONG_PASSWORD = 28000;
    private static final Duration PAUSE = Duration.ofSeconds(2);
    private static final Logger LOG = LoggerFactory.getLogger(SharedDatabase.class);

    private final Path folder;
    private final String password;
    private final int port;
    private final DiskSpace disk;
    private final ScheduledExecutorService timer;
    private Connection keepOpen;
    private Server server;

    private SharedDatabase(Path folder, String password, Connection keepOpen, int port) throws SQLException {
        this.folder = folder;
        this.password = password;
        this.keepOpen = keepOpen;
        this.port = port;
        this.disk = DiskSpace.of(folder);
        this.server = serve(folder, port);
        this.timer = Executors.newSingleThreadScheduledExecutor(work -> {
            Thread thread = new Thread(work, "shared-database");
            thread.setDaemon(true);
            return thread;
        });
        timer.scheduleWithFixedDelay(this::look, PAUSE.toMillis(), PAUSE.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Opens and serves it; other users of this machine cannot open it, for want of the generated password. */
    static SharedDatabase open(Path dataDir) throws StartFailure {
        Path folder = dataDir.toAbsolutePath().normalize();
        try {
            String password = EmbeddedPassword.read(dataDir);
            Connection connection = connect(embedded(folder), password);
            if (connection == null) {
                // The file was kept and the database was not told before its process ended.
                connection = connect(embedded(folder), "");
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
            return new SharedDatabase(folder, password, connection, Ports.anyFree("127.0.0.1"));
        } catch (SQLException | IOException | DatabaseException e) {
            throw new StartFailure("switchboard.data-dir = " + dataDir + ": the embedded database cannot be opened: "
                    + String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
        }
    }

    private static String embedded(Path folder) {
        return "jdbc:h2:file:" + folder.resolve(NAME) + OPTIONS + ";DB_CLOSE_ON_EXIT=FALSE";
    }

    private static Server serve(Path folder, int port) throws SQLException {
        return Server.createTcpServer("-tcpPort", Integer.toString(port), "-baseDir", folder.toString())
                .start();
    }

    private synchronized void look() {
        if (!disk.isLeft() || answers()) {
            return;
        }
        LOG.warn("The embedded database has closed itself: it is opened again");
        try {
            server.stop();
            EmbeddedDatabase.letGo(keepOpen);
            closeQuietly(keepOpen);
            Connection opened = connect(embedded(folder), password);
            if (opened == null) {
                LOG.error("The embedded database is not opened again: it has another password");
                return;
            }
            keepOpen = opened;
            server = serve(folder, port);
            LOG.info("The embedded database is opened again");
        } catch (SQLException e) {
            LOG.warn("The embedded database is not opened again yet: {}", e.getMessage());
        }
    }

    private boolean answers() {
        try (Statement statement = keepOpen.createStatement()) {
            return server.isRunning(false) && statement.execute("SELECT 1");
        } catch (SQLException e) {
            return false;
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
        return "jdbc:h2:tcp://127.0.0.1:" + port + "/" + folder.resolve(NAME) + OPTIONS;
    }

    @Override
    public synchronized void close() {
        timer.shutdownNow();
        server.stop();
        closeQuietly(keepOpen);
    }

    /** The file is consistent without a clean close: every commit was written at once. */
    private static void closeQuietly(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            LOG.debug("closing the embedded database", e);
        }
    }
}
