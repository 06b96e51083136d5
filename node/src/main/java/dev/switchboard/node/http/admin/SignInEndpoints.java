package dev.switchboard.node.http.admin;

import akka.http.javadsl.model.HttpResponse;
import akka.util.ByteString;
import dev.switchboard.node.directory.Directory;
import dev.switchboard.node.http.Access;
import dev.switchboard.node.http.AccessKeys;
import dev.switchboard.node.http.ApiError;
import dev.switchboard.node.http.AttemptLimit;
import dev.switchboard.node.http.Endpoint;
import dev.switchboard.node.http.Exchange;
import dev.switchboard.node.http.Json;
import dev.switchboard.node.http.SignInCookie;
import dev.switchboard.node.http.SignInTokens;
import dev.switchboard.node.http.SignInTokens.SignIn;
import dev.switchboard.protocol.directory.DirectoryChange;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** {@code /api/session}: signing in to the dashboard with the admin key, and out. */
public final class SignInEndpoints {
    private static final int IPV6_NETWORK = 8;
    /** Far above a key; anybody may send this one. */
    private static final int MOST_BODY = 4096;

    private final AccessKeys keys;
    private final SignInTokens tokens;
    private final DirectoryDoor directory;
    private final AttemptLimit attempts;
    private final boolean tls;
    private final Clock clock;

    /** {@code tls} where this node itself speaks TLS. */
    public SignInEndpoints(
            AccessKeys keys,
            SignInTokens tokens,
            Directory directory,
            AttemptLimit attempts,
            boolean tls,
            Clock clock) {
        this.keys = keys;
        this.tokens = tokens;
        this.directory = new DirectoryDoor(directory);
        this.attempts = attempts;
        this.tls = tls;
        this.clock = clock;
    }

    /** What a browser may know of its sign-in; {@code expiresAt} is null where it has none. */
    private record State(boolean signedIn, @Nullable Instant expiresAt) {}

    /** The endpoints of this class. */
    public List<Endpoint> endpoints() {
        return List.of(
                Endpoint.get("/api/session", Access.SIGN_IN, this::state),
                Endpoint.post("/api/session", Access.SIGN_IN, this::signIn),
                new Endpoint("DELETE", "/api/session", Access.SIGN_IN, this::signOut));
    }

    private CompletionStage<HttpResponse> state(Exchange exchange) {
        keys.requireKnown();
        SignIn signIn = tokens.read(SignInCookie.of(exchange.request()));
        return CompletableFuture.completedStage(
                Json.response(200, new State(signIn != null, signIn == null ? null : signIn.expiresAt())));
    }

    private CompletionStage<HttpResponse> signIn(Exchange exchange) {
        String address = address(exchange);
        return exchange.body(MOST_BODY).thenApplyAsync(bytes -> signIn(exchange, address, bytes), Runnable::run);
    }

    private HttpResponse signIn(Exchange exchange, String address, ByteString bytes) {
        String key = Body.of(bytes, List.of("adminKey")).required("adminKey");
        keys.requireKnown();
        long wait = attempts.begin(address);
        if (wait > 0) {
            throw new ApiError(
                    429,
                    "rate_limit_error",
                    "too_many_attempts",
                    null,
                    "Too many attempts to sign in from this address.",
                    Map.of("Retry-After", Long.toString(wait)));
        }
        if (!keys.isAdmin(key)) {
            throw ApiError.unauthorized("This is not the admin key.");
        }
        attempts.succeeded(address);
        SignIn signIn = tokens.begin();
        String token = tokens.write(signIn);
        if (token == null) {
            throw ApiError.overloaded("The admin key is not known here yet.", 1);
        }
        Duration lasts = Duration.between(clock.instant(), signIn.expiresAt());
        return Json.response(200, new State(true, signIn.expiresAt()))
                .addHeader(SignInCookie.set(token, lasts, isSecure(exchange)));
    }

    private CompletionStage<HttpResponse> signOut(Exchange exchange) {
        boolean everywhere = exchange.queryFlag("everywhere");
        SignIn signIn = tokens.read(SignInCookie.of(exchange.request()));
        HttpResponse done = HttpResponse.create().withStatus(204).addHeader(SignInCookie.clear(isSecure(exchange)));
        if (signIn == null) {
            return CompletableFuture.completedStage(done);
        }
        DirectoryChange change = everywhere
                ? new DirectoryChange.RevokeSignIns(clock.instant())
                : new DirectoryChange.RevokeSignIn(signIn.id(), signIn.expiresAt());
        return directory.change(change).thenApplyAsync(accepted -> done, Runnable::run);
    }

    /** Whether the browser's connection is encrypted, here or at a proxy; a wrong word harms only who sends it. */
    private boolean isSecure(Exchange exchange) {
        return tls || "https".equalsIgnoreCase(exchange.header("X-Forwarded-Proto"));
    }

    /** The client's address; of IPv6 its network, which one subscriber has whole. */
    private static String address(Exchange exchange) {
        InetAddress address = exchange.client().address();
        if (address == null) {
            return "unknown";
        }
        byte[] bytes = address.getAddress();
        return HexFormat.of().formatHex(address instanceof Inet6Address ? Arrays.copyOf(bytes, IPV6_NETWORK) : bytes);
    }
}
