package dev.switchboard.node.settings;

import java.util.regex.Pattern;

/** Reads {@code switchboard.database}. */
final class DatabaseReader {
    /** PostgreSQL's driver would only say that no driver suits. */
    private static final Pattern FAR_PORT = Pattern.compile("jdbc:postgresql://[^/?]*:(?!"
            + "0*([1-9]\\d{0,3}|[1-5]\\d{4}|6[0-4]\\d{3}|65[0-4]\\d{2}|655[0-2]\\d|6553[0-5])([,/?]|$))\\d+([,/?].*)?");

    private DatabaseReader() {}

    static Settings.Database read(Reader in) {
        String url = in.optionalText("database.url");
        if (url != null && !url.startsWith("jdbc:postgresql:") && !url.startsWith("jdbc:h2:")) {
            in.problem("database.url", "must start with jdbc:postgresql: or jdbc:h2:");
        }
        if (url != null && FAR_PORT.matcher(url).matches()) {
            in.problem("database.url", "must name a port between 1 and 65535");
        }
        return new Settings.Database(url, in.optionalText("database.user"), in.optionalText("database.password"));
    }
}
