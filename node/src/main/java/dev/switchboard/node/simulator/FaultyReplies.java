package dev.switchboard.node.simulator;

import akka.util.ByteString;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** Makes the reply a fault orders. */
final class FaultyReplies {
    private final Answers answers;
    private final Clock clock;

    FaultyReplies(Answers answers, Clock clock) {
        this.answers = answers;
        this.clock = clock;
    }

    /**
     * The reply to a request with a fault.
     *
     * @param chat the request, or null where it is no chat
     * @param healthy the reply where the fault leaves the body alone and there is no chat
     */
    Ordered order(WireFormat format, Wire wire, @Nullable Chat chat, Reply healthy, Fault fault, Duration pace) {
        Reply reply = base(format, wire, chat, healthy, fault, pace).withHeaders(headers(fault));
        if (fault.has(FaultWord.GZIP)) {
            reply = gzip(reply);
        }
        int length = reply.whole() ? reply.bytes().size() : 0;
        if (reply.whole()) {
            reply = interruptWhole(reply, fault);
        }
        if (fault.has(FaultWord.CUT_AT)) {
            int at = fault.number(FaultWord.CUT_AT, 0);
            reply = reply.withBody(Steps.cutAt(reply.body(), at, reset(fault)), reply.whole());
        }
        if (reply.whole() && fault.has(FaultWord.SPLIT)) {
            reply = reply.withBody(reply.body(), Steps.breaks(reply.body()));
        }
        return new Ordered(reply, fault, length);
    }

    private Reply base(WireFormat format, Wire wire, @Nullable Chat chat, Reply healthy, Fault fault, Duration pace) {
        if (fault.has(FaultWord.REDIRECT)) {
            String target = fault.text(FaultWord.REDIRECT).orElse("/elsewhere");
            return Reply.of(302, Reply.HTML, "moved").withHeaders(List.of(Map.entry("Location", target)));
        }
        boolean wrapped = fault.has(FaultWord.WRAPPED);
        boolean streamed = chat != null && chat.stream();
        if (fault.has(FaultWord.STATUS) || fault.has(FaultWord.BODY) || wrapped) {
            if (!(wrapped && streamed)) {
                return error(format, fault, wrapped);
            }
        }
        if (chat == null) {
            return healthy;
        }
        Answer answer = answers.answer(chat, fault);
        if (fault.has(FaultWord.NO_USAGE)) {
            answer = new Answer(answer.text(), answer.reasoning(), answer.toolCalls(), answer.finish(), -1, 0);
        }
        if (streamed) {
            String error = ErrorBody.render(kind(format, fault), problem(fault));
            List<Frame> frames = wire.frames(chat, answer);
            return Reply.stream(200, Reply.SSE, SseScript.of(frames, fault, wire.lineEnd(), error, pace));
        }
        List<Step> body = BodyBytes.steps(wire.whole(chat, answer), fault);
        return new Reply(200, Reply.JSON, List.of(), body, !fault.has(FaultWord.GIANT));
    }

    private static Reply error(WireFormat format, Fault fault, boolean wrapped) {
        ErrorBody.Problem problem = problem(fault);
        ErrorBody.Kind kind = kind(format, fault);
        int status = wrapped ? 200 : fault.number(FaultWord.STATUS, 200);
        return Reply.of(status, kind.contentType(), ErrorBody.render(kind, problem));
    }

    private static ErrorBody.Kind kind(WireFormat format, Fault fault) {
        return fault.text(FaultWord.BODY).map(ErrorBody.Kind::of).orElse(format.errors());
    }

    private static ErrorBody.Problem problem(Fault fault) {
        int status = fault.number(FaultWord.STATUS, 500);
        ErrorBody.Problem usual = ErrorBody.Problem.of(status, "Simulated error " + status + ".");
        return new ErrorBody.Problem(
                status,
                fault.text(FaultWord.TYPE).orElse(usual.type()),
                fault.text(FaultWord.CODE).orElse(usual.code()),
                fault.text(FaultWord.MESSAGE).orElse(usual.message()));
    }

    private List<Map.Entry<String, String>> headers(Fault fault) {
        List<Map.Entry<String, String>> headers = new ArrayList<>();
        fault.text(FaultWord.RETRY_AFTER).ifPresent(seconds -> headers.add(Map.entry("Retry-After", seconds)));
        if (fault.has(FaultWord.RETRY_AFTER_DATE)) {
            ZonedDateTime at = clock.instant()
                    .plusSeconds(fault.number(FaultWord.RETRY_AFTER_DATE, 1))
                    .atZone(ZoneOffset.UTC);
            headers.add(Map.entry("Retry-After", DateTimeFormatter.RFC_1123_DATE_TIME.format(at)));
        }
        fault.text(FaultWord.RETRY_AFTER_MS).ifPresent(millis -> headers.add(Map.entry("retry-after-ms", millis)));
        if (fault.has(FaultWord.RATE_LIMIT_HEADERS)) {
            headers.add(Map.entry("x-ratelimit-limit-requests", "30"));
            headers.add(Map.entry("x-ratelimit-remaining-requests", "0"));
            headers.add(Map.entry(
                    "x-ratelimit-reset-requests",
                    fault.text(FaultWord.RETRY_AFTER).orElse("60") + "s"));
            headers.add(Map.entry("x-ratelimit-limit-tokens", "60000"));
            headers.add(Map.entry("x-ratelimit-remaining-tokens", "0"));
            headers.add(Map.entry(
                    "x-ratelimit-reset-tokens",
                    fault.text(FaultWord.RETRY_AFTER).orElse("60") + "s"));
        }
        return headers;
    }

    private static Reply gzip(Reply reply) {
        List<Map.Entry<String, String>> header = List.of(Map.entry("Content-Encoding", "gzip"));
        if (!reply.whole()) {
            return reply.withHeaders(header);
        }
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(reply.bytes().toArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        List<Step> body = List.of(new Step.Emit(ByteString.fromArrayUnsafe(packed.toByteArray())));
        return reply.withBody(body, true).withHeaders(header);
    }

    /** A cut or a stall inside a body that is not a stream comes after half of it, or before it when ordered after 0. */
    private static Reply interruptWhole(Reply reply, Fault fault) {
        int cut = fault.number(FaultWord.CUT, -1);
        int stall = fault.number(FaultWord.STALL, -1);
        List<Step> body = new ArrayList<>();
        fault.duration(FaultWord.SLOW_EVENT).ifPresent(wait -> body.add(new Step.Pause(wait)));
        ByteString bytes = reply.bytes();
        if (cut >= 0) {
            body.add(new Step.Emit(cut == 0 ? ByteString.emptyByteString() : bytes.take(bytes.size() / 2)));
            return reply.withBody(Steps.broken(body, reset(fault)), true);
        }
        if (stall >= 0) {
            body.add(new Step.Emit(stall == 0 ? ByteString.emptyByteString() : bytes.take(bytes.size() / 2)));
            body.add(new Step.Hold(ByteString.emptyByteString(), Duration.ofSeconds(1)));
            return reply.withBody(body, false);
        }
        body.add(new Step.Emit(bytes));
        return reply.withBody(body, body.size() == 1);
    }

    private static boolean reset(Fault fault) {
        return !fault.is(FaultWord.CUT_BY, "close");
    }
}
