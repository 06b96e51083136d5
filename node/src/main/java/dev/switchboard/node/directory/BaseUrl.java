package dev.switchboard.node.directory;

import dev.switchboard.protocol.directory.AdapterKind;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a platform's base URL must look like. */
final class BaseUrl {
    static final String ACCOUNT = "{account}";

    private static final int LONGEST = 2_000;
    private static final Set<String> METADATA = Set.of("metadata.google.internal", "metadata", "100.100.100.200");
    private static final Pattern LINK_LOCAL =
            Pattern.compile("169\\.254\\..*|\\[?fe[89ab][0-9a-f]:.*|.*::ffff:169\\.254\\..*");

    private BaseUrl() {}

    /** The URL without trailing slashes and blanks around it. */
    static String normal(String url) {
        String stripped = url.strip();
        while (stripped.endsWith("/")) {
            stripped = stripped.substring(0, stripped.length() - 1);
        }
        return stripped;
    }

    /** What is wrong with a normal URL for that adapter, or null. */
    static @Nullable String problem(String url, AdapterKind adapter) {
        if (url.length() > LONGEST) {
            return "is longer than " + LONGEST + " characters";
        }
        if (url.endsWith("/")) {
            return "must not end with a slash";
        }
        if (adapter == AdapterKind.CLOUDFLARE != url.contains(ACCOUNT)) {
            return adapter == AdapterKind.CLOUDFLARE ? "must hold " + ACCOUNT : "must not hold " + ACCOUNT;
        }
        URI uri;
        try {
            uri = new URI(url.replace(ACCOUNT, "account"));
        } catch (URISyntaxException e) {
            return "is not a URL";
        }
        if (!"http".equals(uri.getScheme()) && !"https".equals(uri.getScheme())) {
            return "must begin with http:// or https://";
        }
        if (uri.getHost() == null || uri.getPort() > 65_535) {
            return "must name a host";
        }
        if (uri.getRawUserInfo() != null || uri.getRawQuery() != null || uri.getRawFragment() != null) {
            return "must hold neither a user nor a query nor a fragment";
        }
        return reserved(uri.getHost().toLowerCase(Locale.ROOT))
                ? "must not name a link-local or metadata address"
                : null;
    }

    private static boolean reserved(String host) {
        return METADATA.contains(host) || LINK_LOCAL.matcher(host).matches();
    }
}
