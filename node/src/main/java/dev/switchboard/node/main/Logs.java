package dev.switchboard.node.main;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.OutputStreamAppender;
import dev.switchboard.node.settings.Settings;
import java.util.Iterator;
import net.logstash.logback.encoder.LogstashEncoder;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/** What the log looks like, and how much of it there is. */
final class Logs {
    private static final String OURS = "dev.switchboard";

    private Logs() {}

    /** Puts format and level in force; lines before it are text at {@code INFO}. */
    static void apply(Settings.Log log) {
        level(log.level());
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
        if (!(LoggerFactory.getILoggerFactory() instanceof LoggerContext context) || !log.json()) {
            return;
        }
        Iterator<Appender<ILoggingEvent>> appenders =
                context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).iteratorForAppenders();
        while (appenders.hasNext()) {
            if (appenders.next() instanceof OutputStreamAppender<ILoggingEvent> appender) {
                LogstashEncoder encoder = new LogstashEncoder();
                encoder.setContext(context);
                encoder.setIncludeContext(false);
                // UTC, as every other time that people see.
                encoder.setTimeZone("UTC");
                encoder.start();
                appender.setEncoder(encoder);
            }
        }
    }

    /** Changes the least severe level of our own lines. */
    static void level(String level) {
        if (LoggerFactory.getLogger(OURS) instanceof Logger logger) {
            logger.setLevel(Level.toLevel(level, Level.INFO));
        }
    }
}
