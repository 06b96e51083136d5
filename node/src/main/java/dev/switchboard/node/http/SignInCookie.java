package dev.switchboard.node.http;

import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.headers.RawHeader;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The cookie of a dashboard sign-in: never readable for scripts, never sent along by other sites. */
public final class SignInCookie {
    private static final String NAME = "switchboard-sign-in";
    private static final String SECURE_NAME = "__Host-" + NAME;
    private static final String RULES = "; Path=/; HttpOnly; SameSite=Strict";

    private SignInCookie() {}

    /** The token that a request carries, if it carries one. */
    public static @Nullable String of(HttpRequest request) {
        String cookies = request.getHeader("Cookie").map(HttpHeader::value).orElse(null);
        if (cookies == null) {
            return null;
        }
        String plain = null;
        for (String cookie : cookies.split(";", -1)) {
            String trimmed = cookie.trim();
            if (trimmed.startsWith(SECURE_NAME + "=")) {
                return trimmed.substring(SECURE_NAME.length() + 1);
            }
            if (plain == null && trimmed.startsWith(NAME + "=")) {
                plain = trimmed.substring(NAME.length() + 1);
            }
        }
        return plain;
    }

    /** The header that gives a browser the token for that long; {@code secure} where it came over TLS. */
    public static HttpHeader set(String token, Duration lasts, boolean secure) {
        return header(token, lasts.toSeconds(), secure);
    }

    /** The header that takes the token away. */
    public static HttpHeader clear(boolean secure) {
        return header("", 0, secure);
    }

    private static HttpHeader header(String token, long maxAge, boolean secure) {
        String name = secure ? SECURE_NAME : NAME;
        return RawHeader.create(
                "Set-Cookie", name + "=" + token + "; Max-Age=" + maxAge + RULES + (secure ? "; Secure" : ""));
    }
}
