package dev.switchboard.node.simulator;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One word of the fault vocabulary: the values it takes and the value it has when written alone. */
enum FaultWord {
    STATUS("[2-9]\\d\\d", null, "answer with this HTTP status and an error body"),
    BODY(
            "openai|string|numeric|text|html|empty|cloudflare|google|cohere|problem|failed-generation|not-json|no-choices",
            null,
            "shape of the body; alone it comes with status 200"),
    CODE(".+", null, "error code inside the body"),
    TYPE(".+", null, "error type inside the body"),
    MESSAGE(".+", null, "error message inside the body"),
    RETRY_AFTER("\\d{1,6}", null, "Retry-After header, seconds"),
    RETRY_AFTER_DATE("\\d{1,6}", null, "Retry-After header as an HTTP date that many seconds from now"),
    RETRY_AFTER_MS("\\d{1,9}", null, "retry-after-ms header, milliseconds"),
    RATE_LIMIT_HEADERS("true", "true", "x-ratelimit-* headers of an exhausted quota"),
    WRAPPED("\\d{1,6}", "0", "HTTP 200 whose body is the error, or an SSE error frame after n content frames"),
    REDIRECT(".+", "/elsewhere", "302 to this address"),
    STALL(
            "headers|first|\\d{1,6}",
            "headers",
            "go silent before the headers, before the first event, or after n frames"),
    STALL_NOISE(
            "comments|empty|role", null, "what is still sent during a stall: SSE comments, empty events, role frames"),
    STALL_EVERY(Patterns.DURATION, null, "pause between two pieces of stall noise, 100ms unless told"),
    SLOW_FIRST(Patterns.DURATION, null, "wait before the response headers"),
    SLOW_EVENT(Patterns.DURATION, null, "wait between the headers and the first byte of the body"),
    PACE(Patterns.DURATION, null, "wait before every further content frame"),
    CUT("headers|\\d{1,6}", "headers", "break the connection before the response, or after n content frames"),
    CUT_AT("\\d{1,9}", null, "break the connection after n bytes of the body"),
    CUT_BY("reset|close", null, "how to break: TCP reset (unless told) or plain close"),
    NO_FINISH("true", "true", "leave out the frame with the finish reason"),
    NO_DONE("true", "true", "leave out [DONE]"),
    DONE_TWICE("true", "true", "send [DONE] twice"),
    NO_USAGE("true", "true", "never send usage"),
    ANSWER("empty|reasoning|role", null, "no text, only reasoning, or a role frame and then silence"),
    TEXT(".+", null, "answer with this text"),
    WORDS("[1-9]\\d{0,5}", null, "answer with this many words of lorem ipsum"),
    FINISH(".+", null, "finish reason to report"),
    BROKEN_ARGUMENTS("true", "true", "tool call arguments that are not JSON"),
    BAD_EVENT("\\d{1,6}", "0", "one event that is not JSON, after n content frames"),
    INVALID_UTF8("true", "true", "bytes that are no UTF-8 inside the text"),
    GIANT("[1-9]\\d{0,4}", "100", "one text of n MiB, streamed, on one SSE line"),
    GZIP("true", "true", "gzip-encoded body, asked for or not"),
    ENDLESS_HEADERS("true", "true", "header lines without end"),
    LINE_END("lf|crlf|cr", null, "line ends of events"),
    NO_SPACE("true", "true", "no space after data:"),
    MULTI_LINE("true", "true", "events whose data spans two lines"),
    COMMENTS("true", "true", "SSE comments between events"),
    NO_LAST_NEWLINE("true", "true", "last event without a line end"),
    SPLIT("[1-9]\\d{0,5}", "1", "body in pieces of n bytes");

    private final Pattern values;
    private final @Nullable String alone;
    private final String meaning;

    FaultWord(String values, @Nullable String alone, String meaning) {
        this.values = Pattern.compile(values, Pattern.DOTALL);
        this.alone = alone;
        this.meaning = meaning;
    }

    /** The word as it is written, for example {@code retry-after}. */
    String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** What the word makes a response do, one line. */
    String meaning() {
        return meaning;
    }

    static Optional<FaultWord> of(String word) {
        for (FaultWord each : values()) {
            if (each.word().equals(word)) {
                return Optional.of(each);
            }
        }
        return Optional.empty();
    }

    /** The value to keep for what was written; refuses what the word does not take. */
    String accept(@Nullable String written) {
        String value = written == null ? alone : written;
        if (value == null) {
            throw new IllegalArgumentException("fault word '" + word() + "' needs a value");
        }
        if (!values.matcher(value).matches()) {
            throw new IllegalArgumentException("fault word '" + word() + "' does not take '" + value + "'");
        }
        return value;
    }

    /** Shared value shapes. */
    private static final class Patterns {
        static final String DURATION = "\\d{1,7}(ms|s|m)";
    }
}
