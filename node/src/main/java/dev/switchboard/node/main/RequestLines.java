package dev.switchboard.node.main;

import dev.switchboard.protocol.domain.FailureKind;
import dev.switchboard.protocol.statistics.StatisticsCommand;
import dev.switchboard.protocol.statistics.StatisticsCommand.AttemptEnded;
import dev.switchboard.protocol.statistics.StatisticsCommand.RequestEnded;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * A line of the log for each request and each failed attempt, while {@code switchboard.log.requests} says so. Every line carries
 * the {@code X-Request-Id}; none carries prompts, answers or keys.
 */
final class RequestLines {
    private static final Logger LOG = LoggerFactory.getLogger("dev.switchboard.requests");

    private final BooleanSupplier wanted;

    /** {@code wanted} is asked for each outcome. */
    RequestLines(BooleanSupplier wanted) {
        this.wanted = wanted;
    }

    void accept(StatisticsCommand outcome) {
        if (!wanted.getAsBoolean()) {
            return;
        }
        if (outcome instanceof RequestEnded request) {
            ended(request);
        } else if (outcome instanceof AttemptEnded attempt && attempt.failure() != null) {
            failed(attempt, attempt.failure());
        }
    }

    private static void ended(RequestEnded request) {
        LoggingEventBuilder line = LOG.atInfo()
                .addKeyValue("requestId", request.requestId())
                .addKeyValue("session", request.session().value())
                .addKeyValue("status", request.status())
                .addKeyValue("attempts", request.attempts())
                .addKeyValue("stream", request.stream())
                .addKeyValue("totalMs", request.totalMs())
                .addKeyValue("ttftMs", request.ttftMs())
                .addKeyValue("overheadMicros", request.overheadMicros())
                .addKeyValue("inputTokens", request.inputTokens())
                .addKeyValue("outputTokens", request.outputTokens());
        if (request.model() != null) {
            line = line.addKeyValue("model", request.model().toString());
        }
        if (request.failure() != null) {
            line = line.addKeyValue("failure", request.failure().wire());
        }
        line.log("request ended");
    }

    private static void failed(AttemptEnded attempt, FailureKind failure) {
        LOG.atInfo()
                .addKeyValue("requestId", attempt.requestId())
                .addKeyValue("model", attempt.model().toString())
                .addKeyValue("key", attempt.key().value())
                .addKeyValue("failure", failure.wire())
                .addKeyValue("totalMs", attempt.totalMs())
                .log("attempt failed");
    }
}
