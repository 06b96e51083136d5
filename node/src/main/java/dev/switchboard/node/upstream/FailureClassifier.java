package dev.switchboard.node.upstream;

import akka.util.ByteString;
import com.fasterxml.jackson.databind.JsonNode;
import dev.switchboard.node.chat.Json;
import dev.switchboard.protocol.domain.Failure;
import dev.switchboard.protocol.domain.FailureKind;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The one place where upstream's statuses, codes and words become a {@link FailureKind} (behaviour.md §4). */
final class FailureClassifier {
    private static final Map<String, FailureKind> CODES = Map.ofEntries(
            Map.entry("rate_limit_exceeded", FailureKind.RATE_LIMITED),
            Map.entry("rate_limit_error", FailureKind.RATE_LIMITED),
            Map.entry("rate_limit_reached", FailureKind.RATE_LIMITED),
            Map.entry("rate_limited", FailureKind.RATE_LIMITED),
            Map.entry("rate_limit", FailureKind.RATE_LIMITED),
            Map.entry("ratelimitreached", FailureKind.RATE_LIMITED),
            Map.entry("too_many_requests", FailureKind.RATE_LIMITED),
            Map.entry("resource_exhausted", FailureKind.RATE_LIMITED),
            Map.entry("insufficient_quota", FailureKind.RATE_LIMITED),
            Map.entry("quota_exceeded", FailureKind.RATE_LIMITED),
            Map.entry("tokens_per_minute_exceeded", FailureKind.RATE_LIMITED),
            Map.entry("context_length_exceeded", FailureKind.TOO_LARGE),
            Map.entry("request_too_large", FailureKind.TOO_LARGE),
            Map.entry("invalid_api_key", FailureKind.AUTH),
            Map.entry("api_key_invalid", FailureKind.AUTH),
            Map.entry("invalid_authentication", FailureKind.AUTH),
            Map.entry("authentication_error", FailureKind.AUTH),
            Map.entry("unauthenticated", FailureKind.AUTH),
            Map.entry("unauthorized", FailureKind.AUTH),
            Map.entry("permission_denied", FailureKind.AUTH),
            Map.entry("permission_error", FailureKind.AUTH),
            Map.entry("model_not_found", FailureKind.MODEL_UNAVAILABLE),
            Map.entry("model_decommissioned", FailureKind.MODEL_UNAVAILABLE),
            Map.entry("not_found_error", FailureKind.MODEL_UNAVAILABLE),
            Map.entry("not_found", FailureKind.MODEL_UNAVAILABLE),
            Map.entry("invalid_request_error", FailureKind.CLIENT_FAULT),
            Map.entry("invalid_argument", FailureKind.CLIENT_FAULT),
            Map.entry("failed_precondition", FailureKind.CLIENT_FAULT));

    private static final Set<Integer> MAY_BE_RATE_LIMITS = Set.of(403, 503);
    private static final Set<Integer> CLIENT_STATUSES = Set.of(400, 409, 422);

    private FailureClassifier() {}

    /** An answer with an error status; the body may be anything. */
    static Failure response(int status, @Nullable Duration retryAfter, ByteString body, @Nullable String secret) {
        ErrorBody error = ErrorBody.of(Json.parseOrNull(body));
        if (error == null) {
            return new Failure(ofStatus(status), status, null, "The provider answered " + status + ".", retryAfter);
        }
        return failure(status, error, retryAfter, secret);
    }

    /** The same by what the platform's entry says of a code or status, where it says something. */
    static Failure response(int status, @Nullable Duration retryAfter, ByteString body, ChatCall call) {
        Failure failure = response(status, retryAfter, body, call.secret());
        Map<String, FailureKind> own = call.platform().quirks().errors();
        if (own.isEmpty()) {
            return failure;
        }
        ErrorBody error = ErrorBody.of(Json.parseOrNull(body));
        FailureKind kind = error == null
                ? null
                : error.codes().stream()
                        .map(own::get)
                        .filter(Objects::nonNull)
                        .findFirst()
                        .orElse(null);
        kind = kind == null ? own.get(Integer.toString(status)) : kind;
        return kind == null
                ? failure
                : new Failure(kind, status, failure.code(), failure.message(), failure.retryAfter());
    }

    /** The failure that a body or event with a success status carries, null where it carries none. */
    static @Nullable Failure wrapped(@Nullable JsonNode root, @Nullable String secret) {
        ErrorBody error = ErrorBody.wrapped(root);
        return error == null ? null : failure(error.status(), error, null, secret);
    }

    /** The failure of an event that is known to be an error, whatever its shape. */
    static @Nullable Failure event(@Nullable JsonNode root, @Nullable String secret) {
        ErrorBody error = ErrorBody.of(root);
        return error == null ? null : failure(error.status(), error, null, secret);
    }

    private static Failure failure(
            int status, ErrorBody error, @Nullable Duration retryAfter, @Nullable String secret) {
        Duration wait = retryAfter != null ? retryAfter : error.retryAfter();
        String said = Scrubber.scrub(error.message(), secret);
        String message = !said.isEmpty()
                ? said
                : status > 0 ? "The provider answered " + status + "." : "The provider reported an error.";
        String code = error.code();
        return new Failure(
                kind(status, error), status, code == null ? null : Scrubber.scrub(code, secret), message, wait);
    }

    private static FailureKind kind(int status, ErrorBody error) {
        FailureKind coded = null;
        for (String code : error.codes()) {
            FailureKind known = CODES.get(code.toLowerCase(Locale.ROOT));
            // A general word such as invalid_request_error gives way to a telling one beside it.
            if (known != null && (coded == null || coded == FailureKind.CLIENT_FAULT)) {
                coded = known;
            }
        }
        if (status == 0) {
            return coded != null ? coded : fromWords(error.message());
        }
        if (coded == FailureKind.RATE_LIMITED && MAY_BE_RATE_LIMITS.contains(status)) {
            return coded;
        }
        if (coded != null && CLIENT_STATUSES.contains(status)) {
            return coded;
        }
        return ofStatus(status);
    }

    private static FailureKind fromWords(String message) {
        String words = message.toLowerCase(Locale.ROOT);
        boolean limit = words.contains("rate limit") || words.contains("too many requests") || words.contains("quota");
        return limit ? FailureKind.RATE_LIMITED : FailureKind.SERVER_ERROR;
    }

    /** The kind of a bare status. */
    static FailureKind ofStatus(int status) {
        return switch (status) {
            case 429 -> FailureKind.RATE_LIMITED;
            case 401, 403 -> FailureKind.AUTH;
            case 400, 409, 422 -> FailureKind.CLIENT_FAULT;
            case 413 -> FailureKind.TOO_LARGE;
            case 402, 404, 410 -> FailureKind.MODEL_UNAVAILABLE;
            case 408 -> FailureKind.TIMEOUT;
            default -> FailureKind.SERVER_ERROR;
        };
    }
}
