package dev.switchboard.node.upstream;

import akka.stream.javadsl.Source;
import akka.util.ByteString;
import dev.switchboard.node.chat.Json;
import dev.switchboard.node.relay.AnswerOpening;
import dev.switchboard.node.relay.AnswerStage;
import dev.switchboard.node.relay.RelayEvent;
import dev.switchboard.node.relay.StreamEnd;
import dev.switchboard.protocol.domain.Failure;
import dev.switchboard.protocol.domain.FailureKind;
import dev.switchboard.protocol.domain.Limits;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One attempt over HTTP: request, headers, then a whole answer or a stream that has to commit. */
final class HttpAttempt implements Attempt {
    /** The largest whole answer. */
    static final long MOST_ANSWER_BYTES = 64L << 20;

    /** The largest streamed event. */
    static final int MOST_EVENT_BYTES = 8 << 20;

    private static final int SMALL_ANSWER_BYTES = 64 << 10;
    private static final long MOST_ERROR_BYTES = 256L << 10;
    private static final Duration ERROR_BODY_IDLE = Duration.ofSeconds(5);
    /** How long a stream that has committed waits for its client. */
    static final Duration UNCLAIMED = Duration.ofSeconds(30);

    private static final Set<String> ENCODINGS = Set.of("", "gzip", "x-gzip", "deflate");
    private static final Logger LOG = LoggerFactory.getLogger(HttpAttempt.class);

    private final @Nullable RemoteImages images;
    private final ChatCall call;
    private final Adapter adapter;
    private final Duration responseTimeout;
    private final Duration stall;
    private final Exchange exchange;
    private final Executor longWork;
    private final CompletableFuture<AttemptStart> result = new CompletableFuture<>();
    private final long startedNanos = System.nanoTime();
    private volatile Limits stated = Limits.NONE;

    /** {@code images} fetches what the request names by URL; null for none. */
    HttpAttempt(
            HttpClient client, @Nullable RemoteImages images, ChatCall call, Duration responseTimeout, Duration stall) {
        this.images = images;
        this.call = call;
        this.adapter = Adapter.of(call.platform().adapter());
        this.responseTimeout = responseTimeout;
        this.stall = stall;
        this.exchange = new Exchange(client, call.home());
        this.longWork = client.longWork();
    }

    @Override
    public CompletionStage<AttemptStart> start() {
        if (result.isDone()) {
            return result;
        }
        Map<String, String> remote = adapter.inlinesImages() ? RemoteImages.in(call.request()) : Map.of();
        if (images == null || remote.isEmpty()) {
            send(call);
        } else {
            images.fetch(remote).handleAsync(this::onImages, longWork);
        }
        return result;
    }

    private Void onImages(@Nullable Map<String, String> fetched, @Nullable Throwable failure) {
        if (result.isDone()) {
            return null;
        }
        if (fetched != null) {
            send(call.with(fetched));
        } else if (failure != null && find(failure) instanceof Inexpressible fault) {
            result.complete(new AttemptStart.Refused(fault.field()));
        } else {
            fail(Exceptions.beforeResponse(failure == null ? new CompletionException("no images", null) : failure));
        }
        return null;
    }

    private static Throwable find(Throwable failure) {
        Throwable at = failure;
        while (at instanceof CompletionException && at.getCause() != null) {
            at = at.getCause();
        }
        return at;
    }

    private void send(ChatCall whole) {
        try {
            WireRequest wire =
                    adapter.chat(whole).with(call.trace()).with(call.platform().headers());
            exchange.send(wire, responseTimeout).handleAsync(this::onResponse, Runnable::run);
        } catch (Inexpressible e) {
            result.complete(new AttemptStart.Refused(e.field()));
        } catch (RuntimeException e) {
            fail(Exceptions.beforeResponse(e));
        }
    }

    @Override
    public void cancel() {
        Abandoned why = Abandoned.cancelled();
        result.complete(new AttemptStart.Failed(why.failure()));
        if (images != null) {
            images.abort();
        }
        exchange.abort(why);
    }

    @Override
    public Limits statedLimits() {
        return stated;
    }

    private Void onResponse(@Nullable ResponseHead answer, @Nullable Throwable failure) {
        if (answer == null) {
            fail(Exceptions.beforeResponse(failure == null ? new CompletionException("no response", null) : failure));
            return null;
        }
        guard(() -> route(answer));
        return null;
    }

    /** Runs a step of which nothing may escape: whatever happens, the start completes. */
    private void guard(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException e) {
            LOG.atWarn()
                    .addKeyValue("requestId", call.requestId())
                    .addKeyValue("model", call.model().ref().toString())
                    .setCause(e)
                    .log("a response could not be handled");
            fail(Failure.of(FailureKind.MALFORMED, "The provider's response could not be handled."));
            exchange.discard();
        }
    }

    private void route(ResponseHead answer) {
        long ttfb = sinceStart();
        if (answer.hasAny(StatedLimits.HEADER)) {
            stated = StatedLimits.ofHeaders(name -> Optional.ofNullable(answer.header(name)));
        }
        int status = answer.status();
        String type = answer.mediaType();
        if (status < 200 || status > 299) {
            readError(answer, status);
        } else if (!ENCODINGS.contains(answer.encoding())) {
            exchange.discard();
            fail(Failure.of(FailureKind.MALFORMED, "The provider's answer is compressed in an unknown way."));
        } else if (type.equals("text/html")) {
            exchange.discard();
            fail(Failure.of(FailureKind.MALFORMED, "The provider answered with a web page."));
        } else if (call.request().stream() && !type.endsWith("json")) {
            Adapter.Translator translator = JsonStream.around(OneToolCall.around(adapter.translator(call), call), call);
            EventReader events = new EventReader(Unpacker.of(answer.encoding()), translator);
            AnswerOpening opening = new AnswerOpening(answerSpec());
            exchange.read(new StreamOpening(exchange, events, opening, stall, result, () -> readWhole(answer, ttfb)));
        } else {
            readWhole(answer, ttfb);
        }
    }

    private void readWhole(ResponseHead answer, long ttfb) {
        exchange.whole(answer, MOST_ANSWER_BYTES, stall)
                .handleAsync((body, failure) -> onWhole(body, failure, ttfb), Runnable::run);
    }

    private void readError(ResponseHead answer, int status) {
        Duration wait = RetryAfter.of(name -> Optional.ofNullable(answer.header(name)), Instant.now());
        exchange.whole(answer, MOST_ERROR_BYTES, ERROR_BODY_IDLE)
                .handleAsync(
                        (body, failure) -> {
                            ByteString said = body == null ? ByteString.emptyByteString() : ByteOrderMark.off(body);
                            guard(() -> onError(status, wait, said));
                            return null;
                        },
                        longWork);
    }

    private void onError(int status, @Nullable Duration wait, ByteString body) {
        stated = StatedLimits.then(stated, StatedLimits.ofRefusal(Json.parseOrNull(body)));
        JsonAnswer inside = OpenAiAnswer.salvage(call, body);
        if (inside == null) {
            fail(FailureClassifier.response(status, wait, body, call));
        } else {
            onAnswer(inside, sinceStart());
        }
    }

    /** A small answer is read where it came in: handing it to another thread costs more than reading it. */
    private Void onWhole(@Nullable ByteString came, @Nullable Throwable failure, long ttfb) {
        if (came == null) {
            fail(Exceptions.inBody(failure == null ? new CompletionException("no body", null) : failure));
            return null;
        }
        ByteString body = ByteOrderMark.off(came);
        if (body.length() <= SMALL_ANSWER_BYTES) {
            guard(() -> onAnswer(adapter.answer(call, body), ttfb));
        } else {
            longWork.execute(() -> guard(() -> onAnswer(adapter.answer(call, body), ttfb)));
        }
        return null;
    }

    private void onAnswer(JsonAnswer came, long ttfb) {
        JsonAnswer answer = came instanceof JsonAnswer.Complete whole
                ? JsonFormat.judge(call.request(), OneToolCall.of(call.request(), whole))
                : came;
        if (answer instanceof JsonAnswer.Unusable unusable) {
            fail(unusable.failure());
        } else if (answer instanceof JsonAnswer.Complete complete) {
            if (call.request().stream()) {
                relay(OpenAiAnswer.asStream(complete));
            } else {
                result.complete(new AttemptStart.Answered(complete.body(), complete.usage(), ttfb, sinceStart()));
            }
        }
    }

    /** A whole answer as a stream. */
    private void relay(List<RelayEvent> events) {
        AnswerOpening opening = new AnswerOpening(answerSpec());
        int next = 0;
        while (next < events.size() && !opening.decided()) {
            opening.accept(events.get(next++));
        }
        if (!opening.decided()) {
            opening.closed();
        }
        Failure failure = opening.failure();
        if (failure != null) {
            fail(failure);
            return;
        }
        CompletableFuture<StreamEnd> end = new CompletableFuture<>();
        ScheduledFuture<?> unclaimed =
                exchange.loop().schedule(() -> opening.unclaimed(end), UNCLAIMED.toMillis(), TimeUnit.MILLISECONDS);
        end.whenCompleteAsync((how, why) -> unclaimed.cancel(false), Runnable::run);
        result.complete(new AttemptStart.Committed(
                Source.from(events.subList(next, events.size())).via(new AnswerStage(opening, end)), end));
    }

    private AnswerStage.Spec answerSpec() {
        return new AnswerStage.Spec(
                call.request().includeUsage(),
                call.request().promptTokens(),
                startedNanos,
                System::nanoTime,
                Exceptions::inBody);
    }

    private void fail(Failure failure) {
        result.complete(new AttemptStart.Failed(failure));
    }

    private long sinceStart() {
        return Duration.ofNanos(System.nanoTime() - startedNanos).toMillis();
    }
}
