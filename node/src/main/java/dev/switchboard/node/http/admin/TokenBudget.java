package dev.switchboard.node.http.admin;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads a monthly budget as providers word it, such as {@code ~18-45M} or {@code ~3M (1k credits)}, to sort by it. */
final class TokenBudget {
    private static final Pattern AMOUNT = Pattern.compile(
            "(\\d+(?:\\.\\d+)?)(?:\\s*[-–]\\s*\\d+(?:\\.\\d+)?)?\\s*([kmb])?", Pattern.CASE_INSENSITIVE);

    private TokenBudget() {}

    /** Tokens a month, the lower end of a range; 0 where the text names no amount. */
    static double tokens(@Nullable String text) {
        if (text == null) {
            return 0;
        }
        Matcher matcher = AMOUNT.matcher(text);
        if (!matcher.find()) {
            return 0;
        }
        String unit = matcher.group(2) == null ? "" : matcher.group(2).toLowerCase(Locale.ROOT);
        double factor =
                switch (unit) {
                    case "k" -> 1e3;
                    case "m" -> 1e6;
                    case "b" -> 1e9;
                    default -> 1;
                };
        return Double.parseDouble(matcher.group(1)) * factor;
    }
}
