package dev.switchboard.node.upstream;

import java.net.URI;

/**
 * Where a URL leads: what connections are kept for.
 *
 * @param host as the URL says it, a literal IPv6 address in brackets
 */
record Destination(boolean tls, String host, int port) {
    private static final int HTTP = 80;
    private static final int HTTPS = 443;
    private static final int MOST_PORT = 65_535;

    /** The destination of a URL; throws {@link IllegalArgumentException} for one that leads nowhere. */
    static Destination of(URI url) {
        boolean tls = "https".equalsIgnoreCase(url.getScheme());
        if (!tls && !"http".equalsIgnoreCase(url.getScheme())) {
            throw new IllegalArgumentException("no http or https URL");
        }
        // A host with an underscore, as container networks have them, is no host to URI.
        String authority = String.valueOf(url.getRawAuthority());
        String place = authority.substring(authority.lastIndexOf('@') + 1);
        int colon = place.lastIndexOf(':');
        boolean ported = colon > place.lastIndexOf(']');
        String host = ported ? place.substring(0, colon) : place;
        String port = ported ? place.substring(colon + 1) : "";
        if (url.getRawAuthority() == null || host.isEmpty()) {
            throw new IllegalArgumentException("no host");
        }
        int number = port.isEmpty() ? standard(tls) : Integer.parseInt(port);
        if (number < 1 || number > MOST_PORT) {
            throw new IllegalArgumentException("no port");
        }
        return new Destination(tls, host, number);
    }

    private static int standard(boolean tls) {
        return tls ? HTTPS : HTTP;
    }

    /** The value of the Host header. */
    String authority() {
        return port == standard(tls) ? host : host + ":" + port;
    }

    /** The host without brackets. */
    String bareHost() {
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }
}
