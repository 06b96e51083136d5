package dev.switchboard.node.http;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Which query parameter the server could not read: Akka draws the request's target with a mark below the bad character. */
final class BadQuery {
    private static final Pattern MARKED = Pattern.compile("([^\\n]*)\\n( *)\\^");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.-]{1,64}");

    private BadQuery() {}

    /** The parameter's name; null where the fault is elsewhere, or in the name. */
    static @Nullable String name(String detail) {
        Matcher marked = MARKED.matcher(detail);
        if (!marked.find()) {
            return null;
        }
        String target = marked.group(1);
        String read =
                target.substring(0, Math.min(target.length(), marked.group(2).length()));
        int query = read.indexOf('?');
        String pair = read.substring(Math.max(query, read.lastIndexOf('&')) + 1);
        int equals = pair.indexOf('=');
        if (query < 0 || equals < 0) {
            return null;
        }
        String name = pair.substring(0, equals);
        return NAME.matcher(name).matches() ? name : null;
    }
}
