package dev.switchboard.node.upstream;

import com.fasterxml.jackson.databind.JsonNode;
import dev.switchboard.protocol.domain.Limits;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The limits that a provider states itself (behaviour.md §3): in {@code x-ratelimit-*} headers of any answer, and in the body
 * of a refusal. Read by what they say, never by who says it; what could mean two things is left alone.
 */
final class StatedLimits {
    /** What the names of all headers begin with that are read here. */
    static final String HEADER = "x-ratelimit-";

    private static final double MINUTE = 60;
    private static final double HOUR = 3_600;
    private static final double DAY = 86_400;
    private static final double NEAR = 0.2;
    private static final long HIGHEST = 1_000_000_000_000L;

    /** Such as {@code on tokens per minute (TPM): Limit 6000, Used 5000, Requested 1500}. */
    private static final Pattern NAMED = Pattern.compile(
            "\\b(requests|tokens) per (min|minute|day)\\b[^:]{0,24}:\\s*limit:?\\s*([0-9][0-9,]{0,14})",
            Pattern.CASE_INSENSITIVE);

    /** Such as {@code 2m59.56s}, {@code 120ms} or {@code 17}. */
    private static final Pattern SPAN =
            Pattern.compile("(?:(\\d+)d)?(?:(\\d+)h)?(?:(\\d+)m(?!s))?(?:(\\d+(?:\\.\\d+)?)(ms|s)?)?");

    private StatedLimits() {}

    private enum Unit {
        REQUESTS,
        TOKENS
    }

    private enum Period {
        MINUTE,
        DAY
    }

    /**
     * What the headers of an answer say. {@code -minute} and {@code -day} name the window; without, {@code reset} tells it: a
     * day's takes longer than an hour to renew, or renews at a day's pace.
     */
    static Limits ofHeaders(Function<String, Optional<String>> header) {
        Limits stated = Limits.NONE;
        for (Unit unit : Unit.values()) {
            String name = unit.name().toLowerCase(Locale.ROOT);
            stated = with(stated, unit, Period.MINUTE, count(header, "limit-" + name + "-minute"));
            stated = with(stated, unit, Period.DAY, count(header, "limit-" + name + "-day"));
            Long limit = count(header, "limit-" + name);
            Period period = limit == null
                    ? null
                    : period(
                            limit,
                            count(header, "remaining-" + name),
                            header.apply(HEADER + "reset-" + name)
                                    .map(StatedLimits::seconds)
                                    .orElse(null));
            if (period != null) {
                stated = with(stated, unit, period, limit);
            }
        }
        return stated;
    }

    /** What the body of a refusal says: a named limit in OpenAI's and Groq's words, or Google's violated quotas. */
    static Limits ofRefusal(@Nullable JsonNode body) {
        JsonNode root = body != null && body.isArray() ? body.path(0) : body;
        if (root == null) {
            return Limits.NONE;
        }
        JsonNode error = root.path("error");
        String message = error.isTextual()
                ? error.textValue()
                : error.path("message").asText(root.path("message").asText(""));
        Limits stated = Limits.NONE;
        Matcher named = NAMED.matcher(message.length() > 2_000 ? message.substring(0, 2_000) : message);
        while (named.find()) {
            Unit unit = named.group(1).equalsIgnoreCase("tokens") ? Unit.TOKENS : Unit.REQUESTS;
            Period period = named.group(2).equalsIgnoreCase("day") ? Period.DAY : Period.MINUTE;
            stated = with(stated, unit, period, number(named.group(3).replace(",", "")));
        }
        for (JsonNode detail : error.path("details")) {
            for (JsonNode violation : detail.path("violations")) {
                stated = withQuota(stated, violation);
            }
        }
        return stated;
    }

    /** One after the other: the later wins where both say something. */
    static Limits then(Limits first, Limits later) {
        return new Limits(
                later.rpm() == null ? first.rpm() : later.rpm(),
                later.rpd() == null ? first.rpd() : later.rpd(),
                later.tpm() == null ? first.tpm() : later.tpm(),
                later.tpd() == null ? first.tpd() : later.tpd());
    }

    /** Quotas are named such as {@code GenerateContentInputTokensPerModelPerMinute-FreeTier}. */
    private static Limits withQuota(Limits stated, JsonNode violation) {
        String id = violation.path("quotaId").asText("").toLowerCase(Locale.ROOT);
        Long value = number(violation.path("quotaValue").asText(""));
        Period period = id.contains("perminute") ? Period.MINUTE : id.contains("perday") ? Period.DAY : null;
        if (period == null) {
            return stated;
        }
        return with(stated, id.contains("tokens") ? Unit.TOKENS : Unit.REQUESTS, period, value);
    }

    private static @Nullable Period period(long limit, @Nullable Long remaining, @Nullable Double reset) {
        if (reset == null || reset < 0 || reset > DAY * (1 + NEAR)) {
            return null;
        }
        if (reset > HOUR) {
            return Period.DAY;
        }
        double pace = remaining == null || remaining >= limit ? 0 : reset * limit / (limit - remaining);
        boolean daily = Math.abs(pace - DAY) <= NEAR * DAY;
        if (reset > MINUTE) {
            return daily ? Period.DAY : null;
        }
        return daily ? null : Period.MINUTE;
    }

    private static Limits with(Limits stated, Unit unit, Period period, @Nullable Long value) {
        if (value == null || value < 1 || value > HIGHEST) {
            return stated;
        }
        boolean requests = unit == Unit.REQUESTS;
        boolean minute = period == Period.MINUTE;
        return new Limits(
                requests && minute ? value : stated.rpm(),
                requests && !minute ? value : stated.rpd(),
                !requests && minute ? value : stated.tpm(),
                !requests && !minute ? value : stated.tpd());
    }

    private static @Nullable Long count(Function<String, Optional<String>> header, String name) {
        return header.apply(HEADER + name).map(StatedLimits::number).orElse(null);
    }

    private static @Nullable Long number(String text) {
        try {
            return Long.valueOf(text.trim());
        } catch (NumberFormatException e) {
            return null;
        }
    }

    private static @Nullable Double seconds(String text) {
        Matcher span = SPAN.matcher(text.trim());
        if (text.isBlank() || !span.matches()) {
            return null;
        }
        double seconds = part(span.group(1)) * DAY + part(span.group(2)) * HOUR + part(span.group(3)) * MINUTE;
        double last = part(span.group(4));
        return seconds + ("ms".equals(span.group(5)) ? last / 1_000 : last);
    }

    private static double part(@Nullable String digits) {
        return digits == null ? 0 : Double.parseDouble(digits);
    }
}
