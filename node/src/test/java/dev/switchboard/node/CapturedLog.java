package dev.switchboard.node;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import org.slf4j.event.KeyValuePair;

/** Every line of this JVM's log while it is open. */
public final class CapturedLog implements AutoCloseable {
    private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    private final List<ILoggingEvent> lines = new CopyOnWriteArrayList<>();
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent line) {
            line.prepareForDeferredProcessing();
            lines.add(line);
        }
    };

    /** Begins. */
    public CapturedLog() {
        appender.setContext(root.getLoggerContext());
        appender.start();
        root.addAppender(appender);
    }

    /** What has been logged so far. */
    public List<ILoggingEvent> lines() {
        return lines;
    }

    /** The request that a line belongs to, as readers of the log find it. */
    public static @Nullable String requestId(ILoggingEvent line) {
        List<KeyValuePair> pairs = line.getKeyValuePairs();
        for (KeyValuePair pair : pairs == null ? List.<KeyValuePair>of() : pairs) {
            if (pair.key.equals("requestId")) {
                return String.valueOf(pair.value);
            }
        }
        return line.getMDCPropertyMap().get("requestId");
    }

    @Override
    public void close() {
        root.detachAppender(appender);
        appender.stop();
    }
}
