package dev.switchboard.node.http;

import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Decides who gets in: API keys open {@code /v1}, the admin key and a sign-in of the dashboard open {@code /api}. */
public final class Doorkeeper {
    private static final String BEARER = "bearer ";

    private final AccessKeys keys;
    private final @Nullable SignInTokens signIns;
    private final SameSite sites;
    private final KeyRefusals refusals;

    /**
     * Lets in by keys and sign-ins.
     *
     * @param signIns null where nobody can sign in
     * @param trustedOrigins other origins that may act for somebody signed in
     * @param refusals tells operators whom API keys' rules kept out
     */
    public Doorkeeper(
            AccessKeys keys, @Nullable SignInTokens signIns, List<String> trustedOrigins, KeyRefusals refusals) {
        this.keys = keys;
        this.signIns = signIns;
        this.sites = new SameSite(trustedOrigins);
        this.refusals = refusals;
    }

    /** An error is the answer to a request. */
    void answered(ApiError error, String requestId) {
        refusals.note(error, requestId);
    }

    /** The caller; throws an {@link ApiError} where it may not use an endpoint of that access. */
    Caller admit(Access access, HttpRequest request) {
        return switch (access) {
            case OPEN -> Caller.ANYONE;
            case API -> keys.api(presentedKey(request));
            case ADMIN -> admin(request);
            case SIGN_IN -> {
                sites.requireSameOrigin(request);
                yield Caller.ANYONE;
            }
        };
    }

    private Caller admin(HttpRequest request) {
        keys.requireKnown();
        String presented = presentedKey(request);
        if (presented != null) {
            if (!keys.isAdmin(presented)) {
                throw AccessKeys.wrongKey();
            }
            return new Caller("admin", null, () -> keys.isAdmin(presented));
        }
        String token = SignInCookie.of(request);
        SignInTokens tokens = signIns;
        if (token == null || tokens == null) {
            throw AccessKeys.noKey();
        }
        if (tokens.read(token) == null) {
            throw ApiError.unauthorized("You are not signed in any more.");
        }
        sites.requireSameOrigin(request);
        sites.requireIntent(request);
        return new Caller("admin", null, () -> tokens.read(token) != null);
    }

    static @Nullable String presentedKey(HttpRequest request) {
        String authorization = header(request, "authorization");
        if (authorization != null && authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
            return authorization.substring(BEARER.length()).trim();
        }
        return header(request, "x-api-key");
    }

    private static @Nullable String header(HttpRequest request, String name) {
        return request.getHeader(name).map(HttpHeader::value).orElse(null);
    }
}
