package dev.switchboard.node.main;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.util.Collection;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/** Finds out before anything is started whether an address can be bound. */
final class Ports {
    private static final int HIGHEST = 65_535;
    private static final int LASTING_FROM = 20_000;
    private static final int LASTING_TO = 32_768;
    private static final int LASTING_TRIES = 50;

    private Ports() {}

    /** Fails with a line that names the setting at fault and its value. Port 0 is always free. */
    static void requireFree(String hostSetting, String host, String setting, int port) throws StartFailure {
        if (port < 0 || port > HIGHEST) {
            throw new StartFailure(setting + " = " + port + ": must be between 0 and " + HIGHEST);
        }
        InetAddress address = address(hostSetting, host);
        if (isFree(address, port)) {
            return;
        }
        if (!canBind(address, 0)) {
            throw new StartFailure(hostSetting + " = " + host + ": is no address of this machine");
        }
        throw new StartFailure(setting + " = " + port + ": " + host + ":" + port + " is in use or cannot be bound");
    }

    /** The address of a host; fails with a line that names the setting where there is none. */
    static InetAddress address(String hostSetting, String host) throws StartFailure {
        try {
            return InetAddress.getByName(host);
        } catch (UnknownHostException e) {
            throw new StartFailure(hostSetting + " = " + host + ": unknown host");
        }
    }

    static boolean isFree(InetAddress address, int port) {
        return port == 0 || canBind(address, port);
    }

    private static boolean canBind(InetAddress address, int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(address, port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** A port that nothing listens on now. */
    static int anyFree(String host) throws StartFailure {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getByName(host), 0));
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new StartFailure("no free port on " + host + ": " + e.getMessage());
        }
    }

    /**
     * A port that nothing listens on now, below those that systems give to outgoing connections (Linux: from 32768 on): who
     * is started again on it does not find it taken by one of those.
     *
     * @param taken not one of these
     */
    static int lasting(String hostSetting, String host, Collection<Integer> taken, RandomGenerator random)
            throws StartFailure {
        InetAddress address = address(hostSetting, host);
        for (int tries = 0; tries < LASTING_TRIES; tries++) {
            int port = random.nextInt(LASTING_FROM, LASTING_TO);
            if (!taken.contains(port) && isFree(address, port)) {
                return port;
            }
        }
        return anyFree(host);
    }

    /** The first of {@code count} ports in a row such as {@link #lasting} finds one. */
    static int lastingRow(String hostSetting, String host, int count, Collection<Integer> taken, RandomGenerator random)
            throws StartFailure {
        InetAddress address = address(hostSetting, host);
        for (int tries = 0; tries < LASTING_TRIES; tries++) {
            int first = random.nextInt(LASTING_FROM, LASTING_TO - count);
            if (IntStream.range(first, first + count)
                    .allMatch(port -> !taken.contains(port) && isFree(address, port))) {
                return first;
            }
        }
        throw new StartFailure("no " + count + " free ports in a row on " + host);
    }
}
