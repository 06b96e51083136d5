package dev.switchboard.node.main;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.switchboard.node.settings.SettingsLoader;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class DiskSpaceTest {
    @Test
    void aFullDiskIsToldOnceAndRoomOnceAgain(@TempDir Path folder) {
        Logger logger = (Logger) LoggerFactory.getLogger(DiskSpace.class);
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        Level before = logger.getLevel();
        logger.setLevel(Level.INFO);
        logger.addAppender(lines);
        try {
            DiskSpace space = DiskSpace.of(folder);
            assertThat(space.judge(DiskSpace.LEAST)).isTrue();
            assertThat(space.judge(DiskSpace.LEAST - 1)).isFalse();
            assertThat(space.judge(0)).isFalse();
            assertThat(space.judge(1L << 30)).isTrue();
            assertThat(space.isLeft()).isTrue();
            assertThat(lines.list)
                    .extracting(ILoggingEvent::getFormattedMessage)
                    .satisfiesExactly(
                            line -> assertThat(line).contains("is full", folder.toString()),
                            line -> assertThat(line).contains("has room again"));
        } finally {
            logger.detachAppender(lines);
            logger.setLevel(before);
        }
    }

    @Test
    void onlyTheEmbeddedDatabaseIsOnThatDisk(@TempDir Path folder) throws Exception {
        Map<String, String> gone = Map.of("data-dir", folder.resolve("gone").toString());
        assertThat(DiskSpace.under(SettingsLoader.load(null, Map.of(), gone).settings())
                        .isLeft())
                .isFalse();
        assertThat(DiskSpace.under(
                                SettingsLoader.load(null, Map.of("DATABASE_URL", "jdbc:postgresql://127.0.0.1/x"), gone)
                                        .settings())
                        .isLeft())
                .isTrue();
        assertThat(DiskSpace.of(folder).isLeft()).isTrue();
    }
}
