package dev.switchboard.node.upstream;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.DispatcherSelector;
import akka.util.ByteString;
import com.fasterxml.jackson.databind.JsonNode;
import dev.switchboard.node.chat.Json;
import dev.switchboard.node.settings.Settings;
import dev.switchboard.protocol.directory.KeyCheckRule;
import dev.switchboard.protocol.directory.Platform;
import dev.switchboard.protocol.domain.Failure;
import dev.switchboard.protocol.domain.FailureKind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** The way to every provider: chats, key checks and model lists, whatever the wire format. Safe for any thread. */
public final class Upstream {
    private static final long MOST_LIST_BYTES = 16L << 20;
    private static final Duration LONGEST_CHECK = Duration.ofSeconds(20);

    private final HttpClient client;
    private final HttpClient imageClient;
    private final Executor longWork;
    private final Supplier<Settings.Upstream> settings;
    private final Supplier<Settings.Stream> stream;

    private record Reply(int status, ByteString body) {}

    private Upstream(
            ActorSystem<?> system, Supplier<Settings.Upstream> settings, Supplier<Settings.Stream> stream, Ways ways) {
        Executor blocking = system.dispatchers().lookup(DispatcherSelector.blocking());
        Outbound outbound = new Outbound(
                ways.resolver(),
                () -> settings.get().allowPrivateAddresses(),
                ways.trusted(),
                settings.get().proxy(),
                blocking);
        this.client = new HttpClient(system, settings.get(), outbound, ways.trust());
        this.imageClient = new HttpClient(
                system,
                settings.get(),
                Outbound.forCallers(ways.resolver(), settings.get().proxy(), blocking),
                ways.trust());
        this.longWork = client.longWork();
        this.settings = settings;
        this.stream = stream;
    }

    /** What finds addresses and whom to trust. */
    record Ways(Outbound.Resolver resolver, Set<Settings.HostPort> trusted, SSLContext trust) {
        /** The machine's resolver and the certificate authorities of the Java platform. */
        static Ways of(Set<Settings.HostPort> trusted) {
            try {
                return new Ways(InetAddress::getAllByName, trusted, SSLContext.getDefault());
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("TLS is part of every Java platform", e);
            }
        }
    }

    /** Makes the one client of a node; its connection pools end with the actor system. */
    public static Upstream create(ActorSystem<?> system, Settings.Upstream settings, Settings.Stream stream) {
        return create(system, settings, stream, Ways.of(Set.of()));
    }

    static Upstream create(ActorSystem<?> system, Settings.Upstream settings, Settings.Stream stream, Ways ways) {
        return new Upstream(system, () -> settings, () -> stream, ways);
    }

    /**
     * The same with times that may change; connect timeout, connections and proxy are those of the start.
     *
     * @param own addresses of this process that are providers too, such as the demo's
     */
    public static Upstream create(ActorSystem<?> system, Supplier<Settings> settings, List<URI> own) {
        Set<Settings.HostPort> trusted = new HashSet<>();
        own.forEach(url -> trusted.add(hostPort(url)));
        for (Settings.BootPlatform platform : settings.get().bootstrap().platforms()) {
            trusted.add(hostPort(URI.create(platform.baseUrl().replace("{account}", "account"))));
        }
        return new Upstream(system, () -> settings.get().upstream(), () -> settings.get().stream(), Ways.of(trusted));
    }

    private static Settings.HostPort hostPort(URI url) {
        Destination destination = Destination.of(url);
        return new Settings.HostPort(destination.bareHost(), destination.port());
    }

    /** Prepares an attempt; nothing is sent before {@link Attempt#start}. */
    public Attempt chat(ChatCall call) {
        Duration ofModel = EntryRules.responseTimeout(call);
        Duration own = ofModel == null ? call.platform().responseTimeout() : ofModel;
        return new HttpAttempt(
                client,
                settings.get().fetchImages() ? new RemoteImages(imageClient) : null,
                call,
                own == null ? settings.get().responseTimeout() : own,
                stream.get().stallTimeout());
    }

    /**
     * Asks the platform about a key, where it can be without spending quota; never fails exceptionally (behaviour.md §9).
     *
     * @param model a model of the platform, for platforms that only a chat can tell; null where it has none
     */
    public CompletionStage<KeyCheck> checkKey(Platform platform, String secret, @Nullable String model) {
        Adapter adapter = Adapter.of(platform.adapter());
        KeyCheckRule rule = platform.quirks().keyCheck();
        try {
            if (rule != null) {
                return KeyChecking.needsModel(rule) && model == null
                        ? CompletableFuture.completedFuture(
                                new KeyCheck.CannotTell("The platform has no model to ask with this key."))
                        : ask(KeyChecking.request(rule, platform, secret, model).with(platform.headers()))
                                .handleAsync(
                                        (reply, failure) -> reply == null
                                                ? unanswered(Exceptions.beforeResponse(failure))
                                                : KeyChecking.judge(rule, reply.status(), reply.body(), secret),
                                        longWork);
            }
            return check(adapter, adapter.keyChecks(platform, secret).iterator(), platform, secret);
        } catch (UnusableKey e) {
            return CompletableFuture.completedFuture(new KeyCheck.Bad(e.text()));
        }
    }

    private CompletionStage<KeyCheck> check(
            Adapter adapter, Iterator<WireRequest> requests, Platform platform, String secret) {
        return ask(requests.next().with(platform.headers()))
                .handleAsync(
                        (reply, failure) -> reply == null
                                ? unanswered(Exceptions.beforeResponse(failure))
                                : adapter.judge(reply.status(), reply.body(), secret),
                        longWork)
                .thenComposeAsync(
                        verdict -> verdict instanceof KeyCheck.Good || !requests.hasNext()
                                ? CompletableFuture.completedFuture(verdict)
                                : check(adapter, requests, platform, secret),
                        longWork);
    }

    private static KeyCheck unanswered(Failure failure) {
        return failure.kind() == FailureKind.AUTH
                ? new KeyCheck.Bad(failure.message())
                : new KeyCheck.CannotTell(failure.message());
    }

    /** The ids of the platform's models; the stage fails with an {@link IOException} that says why, without secrets. */
    public CompletionStage<List<String>> models(Platform platform, String secret) {
        Adapter adapter = Adapter.of(platform.adapter());
        WireRequest request;
        try {
            request = adapter.models(platform, secret);
        } catch (UnusableKey e) {
            return CompletableFuture.failedFuture(new IOException(e.text()));
        }
        return ask(request.with(platform.headers()))
                .handleAsync(
                        (reply, failure) -> {
                            if (reply == null) {
                                throw new CompletionException(new IOException(
                                        Exceptions.beforeResponse(failure).message()));
                            }
                            return listed(adapter, reply, secret);
                        },
                        longWork);
    }

    private static List<String> listed(Adapter adapter, Reply reply, String secret) {
        if (reply.status() < 200 || reply.status() > 299) {
            throw new CompletionException(
                    new IOException(FailureClassifier.response(reply.status(), null, reply.body(), secret)
                            .message()));
        }
        JsonNode answer = Json.parseOrNull(reply.body());
        if (answer == null) {
            throw new CompletionException(new IOException("The provider's list of models is not JSON."));
        }
        return adapter.modelIds(answer);
    }

    private CompletionStage<Reply> ask(WireRequest request) {
        Exchange exchange = new Exchange(client, null);
        try {
            return exchange.send(request, LONGEST_CHECK)
                    .thenComposeAsync(answer -> read(exchange, answer), Runnable::run);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private CompletionStage<Reply> read(Exchange exchange, ResponseHead answer) {
        return exchange.whole(answer, MOST_LIST_BYTES, LONGEST_CHECK)
                .thenApplyAsync(
                        body -> new Reply(
                                answer.status(), ByteOrderMark.off(body).compact()),
                        longWork);
    }
}
