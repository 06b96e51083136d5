package dev.switchboard.node.http;

import akka.actor.typed.ActorSystem;
import akka.http.javadsl.model.HttpEntity;
import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpRequest;
import akka.stream.javadsl.Flow;
import akka.stream.javadsl.Keep;
import akka.stream.javadsl.Sink;
import akka.util.ByteString;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The body of a request that is answered without reading it. An answer that overtakes its request ends the connection, and a
 * client that is still sending then may see a broken connection instead of the answer. So what is under way is passed over
 * first, kept nowhere, for as long as it keeps coming, up to a size and a time.
 */
final class UnreadBody {
    /** How long an answer waits for more of its request. */
    static final Duration QUIET = Duration.ofSeconds(2);

    /** How long an answer waits for the rest of its request, however slowly that comes. */
    static final Duration LONGEST = Duration.ofSeconds(30);

    /** What declares more is not waited for. */
    static final long MOST = 256L << 20;

    private static final CompletionStage<Void> NOTHING = CompletableFuture.completedStage(null);

    private UnreadBody() {}

    /** Completes, never with a failure, when the answer may go out. To be called once, where nothing else reads the body. */
    static CompletionStage<Void> passOver(HttpRequest request, ActorSystem<?> system) {
        if (request.entity() instanceof HttpEntity.Strict || waitsToBeAsked(request)) {
            return NOTHING;
        }
        if (request.entity().getContentLengthOption().orElse(0) > MOST) {
            request.discardEntityBytes(system);
            return NOTHING;
        }
        // What is timed stands aside: the body is read on after the answer has gone out.
        CompletableFuture<Void> passed = new CompletableFuture<>();
        request.entity()
                .withoutSizeLimit()
                .getDataBytes()
                .wireTapMat(
                        Flow.of(ByteString.class)
                                .idleTimeout(QUIET)
                                .completionTimeout(LONGEST)
                                .toMat(Sink.ignore(), Keep.right()),
                        Keep.right())
                .to(Sink.ignore())
                .run(system)
                .whenCompleteAsync((ok, ended) -> passed.complete(null), Runnable::run);
        return passed;
    }

    /** A client that sends its body only when it is told to go on is told the answer instead. */
    private static boolean waitsToBeAsked(HttpRequest request) {
        @Nullable
        String expected = request.getHeader("Expect").map(HttpHeader::value).orElse(null);
        return expected != null && expected.toLowerCase(Locale.ROOT).contains("100-continue");
    }
}
