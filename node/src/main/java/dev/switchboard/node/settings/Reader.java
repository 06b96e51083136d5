package dev.switchboard.node.settings;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValue;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** Reads values one by one and collects every problem instead of stopping at the first. */
final class Reader {
    private static final int MOST_DAYS = 30;

    private final Config config;
    private final String prefix;
    private final List<String> problems;

    Reader(Config config, String prefix, List<String> problems) {
        this.config = config;
        this.prefix = prefix;
        this.problems = problems;
    }

    void problem(String path, String what) {
        boolean row = prefix.endsWith("].");
        String value = isSecret(path, row) || !config.hasPath(path)
                ? ""
                : " = " + withoutPassword(config.getValue(path).render(ConfigRenderOptions.concise()));
        String where = config.hasPath(path) ? where(config.getValue(path)) : row ? where(config.root()) : "";
        problems.add(prefix + path + value + ": " + what + where);
    }

    /** A setting that is never shown, the key in a row of {@code bootstrap.keys}, and what may hold such rows. */
    private static boolean isSecret(String path, boolean row) {
        return row
                ? path.equals("key")
                : path.startsWith("bootstrap")
                        || Setting.find(path).map(Setting::secret).orElse(false);
    }

    /** An address with a mark in the place of its password. */
    static String withoutPassword(String url) {
        return url.replaceAll("(?i)(password=)[^&;]*?(?=[&;]|\"?$)", "$1…")
                .replaceAll("//([^/@:]+):[^/@]*@", "//$1:…@");
    }

    /** File and line of a value, such as {@code  (my.conf:12)}, or its environment variable or option; else nothing. */
    static String where(ConfigValue value) {
        String file = value.origin().filename();
        int line = value.origin().lineNumber();
        if (file != null && line >= 1) {
            return " (" + Path.of(file).getFileName() + ":" + line + ")";
        }
        String origin = value.origin().description();
        return Setting.ALL.stream().anyMatch(setting -> origin.equals(setting.env()) || origin.equals(setting.option()))
                ? " (" + origin + ")"
                : "";
    }

    private <T> @Nullable T read(String path, BiFunction<Config, String, T> getter, String expected) {
        if (!config.hasPath(path)) {
            return null;
        }
        try {
            return getter.apply(config, path);
        } catch (ConfigException e) {
            problem(path, "expected " + expected);
            return null;
        }
    }

    boolean has(String path) {
        return config.hasPath(path);
    }

    String text(String path, String fallback) {
        String value = optionalText(path);
        return value == null ? fallback : value;
    }

    /** A text that must be there. */
    String required(String path) {
        String value = optionalText(path);
        if (value == null) {
            if (!config.hasPath(path)) {
                problem(path, "is missing");
            }
            return "";
        }
        return value;
    }

    @Nullable
    String optionalText(String path) {
        String value = read(path, Config::getString, "a text");
        if (value != null && value.isBlank()) {
            problem(path, "must not be blank");
            return null;
        }
        return value;
    }

    boolean flag(String path, boolean fallback) {
        Boolean value = read(path, Config::getBoolean, "true or false");
        return value == null ? fallback : value;
    }

    int number(String path, int fallback, int min, int max) {
        Integer value = optionalNumber(path, min, max);
        return value == null ? fallback : value;
    }

    @Nullable
    Integer optionalNumber(String path, int min, int max) {
        Long value = optionalLong(path, min, max);
        return value == null ? null : value.intValue();
    }

    @Nullable
    Long optionalLong(String path, long min, long max) {
        BigDecimal value = read(path, Reader::decimal, "a whole number");
        if (value == null) {
            return null;
        }
        // Config.getLong would cut a fraction off and take the nearest long for what is beyond all of them.
        if (value.compareTo(BigDecimal.valueOf(min)) < 0 || value.compareTo(BigDecimal.valueOf(max)) > 0) {
            problem(path, "must be between " + min + " and " + max);
            return null;
        }
        if (value.stripTrailingZeros().scale() > 0) {
            problem(path, "expected a whole number");
            return null;
        }
        return value.longValueExact();
    }

    private static BigDecimal decimal(Config config, String path) {
        try {
            return new BigDecimal(config.getString(path).strip());
        } catch (NumberFormatException e) {
            throw new ConfigException.WrongType(config.getValue(path).origin(), path, "a number", "a text");
        }
    }

    Duration time(String path, Duration fallback) {
        Duration value = optionalTime(path);
        return value == null ? fallback : value;
    }

    @Nullable
    Duration optionalTime(String path) {
        return optionalTime(path, MOST_DAYS);
    }

    /** A time that may be as long as {@code mostDays}. */
    Duration time(String path, Duration fallback, int mostDays) {
        Duration value = optionalTime(path, mostDays);
        return value == null ? fallback : value;
    }

    private @Nullable Duration optionalTime(String path, int mostDays) {
        Duration value = read(path, Config::getDuration, "a duration such as 15s or 3m");
        if (value != null && (value.isNegative() || value.isZero())) {
            problem(path, "must be longer than zero");
            return null;
        }
        if (value != null && value.compareTo(Duration.ofDays(mostDays)) > 0) {
            problem(path, "must not be longer than " + mostDays + " days");
            return null;
        }
        return value;
    }

    /** A duration, or null where the text is {@code off}. */
    @Nullable
    Duration timeOrOff(String path) {
        String text = read(path, Config::getString, "a duration or off");
        if (text != null && (text.toLowerCase(Locale.ROOT).equals("off") || text.equals("false"))) {
            return null;
        }
        return optionalTime(path);
    }

    long bytes(String path, long fallback, long min) {
        Long value = read(path, Config::getBytes, "a size such as 20 MiB");
        if (value != null && value < min) {
            problem(path, "must be at least " + min + " bytes");
            return fallback;
        }
        return value == null ? fallback : value;
    }

    /** A list of texts; a single text is split at commas. */
    List<String> texts(String path) {
        if (!config.hasPath(path)) {
            return List.of();
        }
        try {
            return List.copyOf(config.getStringList(path));
        } catch (ConfigException.WrongType e) {
            String text = read(path, Config::getString, "a list of texts");
            return text == null ? List.of() : commaList(text);
        } catch (ConfigException e) {
            problem(path, "expected a list of texts");
            return List.of();
        }
    }

    List<Reader> objects(String path) {
        List<Reader> readers = new ArrayList<>();
        try {
            List<? extends Config> configs = config.hasPath(path) ? config.getConfigList(path) : List.of();
            for (int i = 0; i < configs.size(); i++) {
                readers.add(new Reader(configs.get(i), prefix + path + "[" + i + "].", problems));
            }
        } catch (ConfigException e) {
            problem(path, "expected a list of objects");
        }
        return readers;
    }

    Config config() {
        return config;
    }

    List<String> problems() {
        return problems;
    }

    String prefix() {
        return prefix;
    }

    static List<String> commaList(String text) {
        List<String> parts = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            if (!part.isBlank()) {
                parts.add(part.trim());
            }
        }
        return parts;
    }
}
