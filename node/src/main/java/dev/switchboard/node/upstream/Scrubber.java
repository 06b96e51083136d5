package dev.switchboard.node.upstream;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Takes keys out of upstream's words and keeps them short, before anyone reads them. */
final class Scrubber {
    private static final String MASK = "***";
    private static final int LONGEST = 500;
    private static final int SHORTEST_SECRET = 4;
    private static final Pattern KEY_LIKE = Pattern.compile("(?i)\\bbearer\\s+[^\\s\"',;]+"
            + "|\\b(?:sk|pk|rk|gsk|hf|nvapi|csk|xai|ghp|gho|ghu|ghs|github_pat|glpat|xox[abp]|r8|tgp|fw|pplx)"
            + "[-_][A-Za-z0-9._*\\-]{6,}"
            + "|\\bAIza[A-Za-z0-9_\\-*]{8,}"
            + "|\\beyJ[A-Za-z0-9_\\-]{10,}(?:\\.[A-Za-z0-9_\\-]+)*"
            + "|(?<=(?:api[_ -]?key|access[_ -]?token|secret)[\"' ]{0,3}[:=][\"' ]{0,3})[^\\s\"',;]{6,}"
            + "|\\b(?=[A-Za-z0-9_\\-]*[0-9])(?=[A-Za-z0-9_\\-]*[A-Za-z])[A-Za-z0-9_\\-]{40,}\\b");

    private Scrubber() {}

    static String scrub(String text, @Nullable String secret) {
        String clean = text;
        if (secret != null) {
            clean = hide(clean, secret);
            for (String part : secret.split(":", -1)) {
                clean = hide(clean, part);
            }
        }
        clean = clean.length() > 4 * LONGEST ? clean.substring(0, 4 * LONGEST) : clean;
        clean = KEY_LIKE.matcher(clean).replaceAll(MASK);
        StringBuilder plain = new StringBuilder();
        clean.codePoints()
                .map(point -> Character.isISOControl(point) ? ' ' : point)
                .limit(LONGEST)
                .forEach(plain::appendCodePoint);
        return plain.toString().strip();
    }

    private static String hide(String text, String secret) {
        return secret.length() < SHORTEST_SECRET ? text : text.replace(secret, MASK);
    }
}
