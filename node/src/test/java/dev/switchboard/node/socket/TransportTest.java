package dev.switchboard.node.socket;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.OS;

class TransportTest {
    /** Epoll's library and the classes that call it are of two versions: here is where they would fail to fit. */
    @Test
    void linuxIsAskedDirectlyUnlessAPropertyForbidsIt() {
        boolean forbidden = Boolean.getBoolean("io.netty.transport.noNative");
        assertThat(Transport.best()).isEqualTo(OS.LINUX.isCurrentOs() && !forbidden ? Transport.EPOLL : Transport.NIO);
    }
}
