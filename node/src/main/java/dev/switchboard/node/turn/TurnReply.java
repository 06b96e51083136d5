package dev.switchboard.node.turn;

import akka.NotUsed;
import akka.stream.javadsl.Source;
import akka.util.ByteString;
import dev.switchboard.node.chat.ChatRequest;
import dev.switchboard.node.relay.RelayEvent;
import dev.switchboard.node.routing.SkipReason;
import dev.switchboard.node.routing.TerminalAnswer;
import dev.switchboard.node.upstream.UnsupportedField;
import dev.switchboard.protocol.domain.SessionKey;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** What a turn gives back to the HTTP border; every dialect renders it in its own words. */
public sealed interface TurnReply {
    /** A whole answer: an OpenAI chat completion as JSON. */
    record Answer(Route route, ByteString body) implements TurnReply {}

    /** A committed stream of OpenAI chunks; a break after this point is an event of the stream. */
    record Streaming(Route route, Source<RelayEvent, NotUsed> events) implements TurnReply {}

    /**
     * Headers go out now although no model has answered, with the session that is known already; {@code later} is a
     * stream or a refusal (behaviour.md §4).
     */
    record Early(SessionKey session, CompletionStage<TurnReply> later) implements TurnReply {}

    /**
     * No answer: the fields of the error object.
     *
     * @param retryAfterSeconds set on 429 and 503
     * @param finalAnswer whether our own attempts are used up: {@code x-should-retry: false}
     */
    record Refusal(
            int status,
            String type,
            @Nullable String code,
            @Nullable String param,
            String message,
            @Nullable Long retryAfterSeconds,
            boolean finalAnswer)
            implements TurnReply {
        /** This node is stopping; another one takes the request. */
        static final Refusal STOPPING = new Refusal(
                503, "overloaded_error", "shutting_down", null, "This node is stopping; try again.", 1L, false);

        /** The turn failed for a reason of our own; the log has it. */
        static final Refusal CRASHED = new Refusal(
                500, "internal_error", "internal_error", null, "The request failed within the gateway.", null, false);

        /** The client's connection is gone; nobody reads this. */
        static final Refusal CLIENT_GONE = new Refusal(
                400, "invalid_request_error", "client_closed_request", null, "The client went away.", null, true);

        /** {@code routing.budget} was spent before an attempt had failed. */
        static final Refusal OUT_OF_TIME =
                new Refusal(504, "timeout_error", "budget_spent", null, "No model answered in time.", null, true);

        /** No candidate's adapter can express a field of the request (contract.md §3). */
        static Refusal inexpressible(@Nullable UnsupportedField refused) {
            String field = refused == null ? null : refused.field();
            String reason = refused == null ? "" : " (" + refused.message() + ")";
            return new Refusal(
                    400,
                    "invalid_request_error",
                    "unsupported_parameter",
                    field,
                    "No model that could serve this request takes '" + field + "'" + reason + ".",
                    null,
                    false);
        }

        /** The answer after everything was tried, with the field that asks for what no model has. */
        static Refusal of(TerminalAnswer answer, ChatRequest chat) {
            SkipReason lack = answer.lack();
            String param = lack == null
                    ? null
                    : switch (lack) {
                        case NO_VISION -> chat.firstImage();
                        case NO_TOOLS -> chat.root().path("tools").isEmpty() ? "functions" : "tools";
                        default -> chat.isEmbedding() ? "input" : "messages";
                    };
            return new Refusal(
                    answer.status(),
                    answer.type(),
                    answer.code(),
                    param,
                    answer.message(),
                    answer.retryAfterSeconds(),
                    answer.forbidsRetry());
        }
    }
}
