package dev.switchboard.node.persistence;

import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.util.Properties;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** H2's driver for pools, whose connections are known to {@link EmbeddedConnections}. Pools make it by its name. */
public final class EmbeddedDriver implements Driver {
    private static final Driver H2 = org.h2.Driver.load();

    @Override
    public @Nullable Connection connect(String url, @Nullable Properties login) throws SQLException {
        return acceptsURL(url)
                ? EmbeddedConnections.of(url).open(() -> H2.connect(url, login == null ? new Properties() : login))
                : null;
    }

    @Override
    public boolean acceptsURL(String url) throws SQLException {
        return H2.acceptsURL(url);
    }

    @Override
    public DriverPropertyInfo[] getPropertyInfo(String url, Properties login) throws SQLException {
        return H2.getPropertyInfo(url, login);
    }

    @Override
    public int getMajorVersion() {
        return H2.getMajorVersion();
    }

    @Override
    public int getMinorVersion() {
        return H2.getMinorVersion();
    }

    @Override
    public boolean jdbcCompliant() {
        return H2.jdbcCompliant();
    }

    @Override
    public @Nullable Logger getParentLogger() {
        return null;
    }
}
