package dev.switchboard.node.upstream;

import akka.actor.typed.ActorSystem;
import akka.http.javadsl.ConnectionContext;
import akka.http.javadsl.Http;
import akka.http.javadsl.HttpsConnectionContext;
import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.headers.RawHeader;
import akka.http.javadsl.model.headers.UserAgent;
import akka.http.javadsl.settings.ClientConnectionSettings;
import akka.http.javadsl.settings.ConnectionPoolSettings;
import akka.http.javadsl.settings.ParserSettings;
import dev.switchboard.node.settings.Settings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import scala.concurrent.duration.FiniteDuration;

/**
 * The Akka HTTP client with limits of our own: leases bound the load, not the pool; no chat is retried, no redirect is
 * followed, certificates are always verified, and time limits are those of the attempt.
 */
final class HttpClient {
    private static final int MOST_CHECK_CONNECTIONS = 16;
    private static final int MOST_OPEN_CHECKS = 256;
    private static final FiniteDuration NO_BACKOFF = FiniteDuration.create(0, TimeUnit.MILLISECONDS);
    private static final FiniteDuration ENTITY_SUBSCRIPTION = FiniteDuration.create(10, TimeUnit.SECONDS);
    private static final FiniteDuration KEEP_ALIVE = FiniteDuration.create(30, TimeUnit.SECONDS);
    private static final FiniteDuration CHECK_IDLE = FiniteDuration.create(30, TimeUnit.SECONDS);

    private final ActorSystem<?> system;
    private final Http http;
    private final ConnectionPoolSettings chats;
    private final ConnectionPoolSettings checks;
    private final HttpsConnectionContext tls;

    HttpClient(ActorSystem<?> system, Settings.Upstream settings, Outbound outbound, SSLContext trust) {
        this.system = system;
        this.http = Http.get(system);
        // Not the client context of Akka's configuration: that one can be told not to verify.
        this.tls = ConnectionContext.httpsClient(trust);
        ParserSettings parser = ParserSettings.forClient(system)
                .withMaxContentLength(Long.MAX_VALUE)
                .withMaxChunkSize(HttpAttempt.MOST_EVENT_BYTES)
                .withMaxHeaderCount(256)
                .withMaxHeaderValueLength(64 * 1024)
                .withMaxResponseReasonLength(1024)
                .withModeledHeaderParsing(false)
                .withIllegalHeaderWarnings(false);
        ClientConnectionSettings connection = ClientConnectionSettings.create(
                        system.settings().config())
                .withConnectingTimeout(finite(settings.connectTimeout()))
                .withIdleTimeout(scala.concurrent.duration.Duration.Inf())
                .withUserAgentHeader(Optional.of(UserAgent.create(
                        akka.http.javadsl.model.headers.ProductVersion.create("switchboard", "0.1.0"))))
                .withParserSettings(parser)
                .withTransport(outbound);
        this.chats = ConnectionPoolSettings.create(system.settings().config())
                .withMaxConnections(settings.maxConnections())
                .withMaxOpenRequests(openRequests(settings.maxConnections()))
                .withMaxRetries(0)
                .withPipeliningLimit(1)
                .withBaseConnectionBackoff(NO_BACKOFF)
                .withMaxConnectionBackoff(NO_BACKOFF)
                .withKeepAliveTimeout(KEEP_ALIVE)
                .withResponseEntitySubscriptionTimeout(ENTITY_SUBSCRIPTION)
                .withConnectionSettings(connection);
        this.checks = chats.withMaxConnections(MOST_CHECK_CONNECTIONS)
                .withMaxOpenRequests(MOST_OPEN_CHECKS)
                .withMaxRetries(1)
                .withConnectionSettings(connection.withIdleTimeout(CHECK_IDLE));
    }

    /** Connections and as many requests that wait for one; the pool wants a power of two. */
    private static int openRequests(int connections) {
        return Math.max(256, Integer.highestOneBit(connections) * 4);
    }

    private static FiniteDuration finite(Duration duration) {
        return FiniteDuration.create(duration.toMillis(), TimeUnit.MILLISECONDS);
    }

    ActorSystem<?> system() {
        return system;
    }

    /** Sends a chat; only its exchange ends it. */
    CompletionStage<HttpResponse> chat(HttpRequest request) {
        return send(request, chats);
    }

    /** Sends a short question, which ends by itself when the connection is silent for 30 s. */
    CompletionStage<HttpResponse> check(HttpRequest request) {
        return send(request, checks);
    }

    private CompletionStage<HttpResponse> send(HttpRequest request, ConnectionPoolSettings pool) {
        return http.singleRequest(request, tls, pool, system.classicSystem().log());
    }

    /** The headers of a request; throws {@link UnusableKey} for a value that HTTP cannot carry. */
    static List<HttpHeader> headers(Map<String, String> values) {
        List<HttpHeader> headers = new ArrayList<>();
        headers.add(RawHeader.create("Accept-Encoding", "identity"));
        values.forEach((name, value) -> {
            if (value.isBlank() || value.chars().anyMatch(c -> c < ' ' || c > '~')) {
                throw new UnusableKey("The value of header " + name + " holds characters that cannot be sent.");
            }
            headers.add(
                    name.equalsIgnoreCase("User-Agent")
                            ? HttpHeader.parse(name, value)
                            : RawHeader.create(name, value));
        });
        return headers;
    }
}
