package dev.switchboard.node.http;

import akka.actor.typed.ActorSystem;
import akka.http.javadsl.model.HttpEntity;
import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpRequest;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The body of a request that is answered without reading it. An answer that overtakes its request ends the connection, and a
 * client that is still sending then may see a broken connection instead of the answer. So what is under way is passed over
 * first, kept nowhere, for a short time.
 */
final class UnreadBody {
    /** How long an answer waits for the rest of its request. */
    static final long PATIENCE_MS = 2_000;

    /** What declares more is not waited for. */
    static final long MOST = 256L << 20;

    private static final CompletionStage<Void> NOTHING = CompletableFuture.completedStage(null);

    private UnreadBody() {}

    /** Completes, never with a failure, when the answer may go out. To be called once, where nothing else reads the body. */
    static CompletionStage<Void> passOver(HttpRequest request, ActorSystem<?> system) {
        if (request.entity() instanceof HttpEntity.Strict || waitsToBeAsked(request)) {
            return NOTHING;
        }
        CompletionStage<?> done = request.discardEntityBytes(system).completionStage();
        if (request.entity().getContentLengthOption().orElse(0) > MOST) {
            return NOTHING;
        }
        CompletableFuture<Void> passed = new CompletableFuture<>();
        done.whenCompleteAsync((ok, broken) -> passed.complete(null), Runnable::run);
        return passed.completeOnTimeout(null, PATIENCE_MS, TimeUnit.MILLISECONDS);
    }

    /** A client that sends its body only when it is told to go on is told the answer instead. */
    private static boolean waitsToBeAsked(HttpRequest request) {
        @Nullable
        String expected = request.getHeader("Expect").map(HttpHeader::value).orElse(null);
        return expected != null && expected.toLowerCase(Locale.ROOT).contains("100-continue");
    }
}
