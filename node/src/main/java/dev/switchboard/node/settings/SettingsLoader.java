package dev.switchboard.node.settings;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import com.typesafe.config.ConfigValueType;
import dev.switchboard.protocol.domain.PlatformId;
import dev.switchboard.protocol.domain.ProtectionLevel;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads defaults, file, environment and command line into {@link Settings}; reports every problem at once. */
public final class SettingsLoader {
    /** The environment variable that names the configuration file. */
    public static final String FILE = "SWITCHBOARD_CONFIG";

    private static final String ROOT = "switchboard";
    private static final String REFERENCE = "switchboard/reference/switchboard.conf";
    private static final Pattern ENCRYPTION_KEY = Pattern.compile("\\s*[0-9a-fA-F]{64}\\s*(,\\s*[0-9a-fA-F]{64}\\s*)*");
    private static final int MIN_ADMIN_KEY = 24;
    private static final String ENVIRONMENT = "environment";
    private static final String COMMAND_LINE = "command line";

    private SettingsLoader() {}

    /** What was read, and where each value came from. */
    public record Loaded(Settings settings, Sources sources, Config akkaOverrides, Layers layers) {}

    /** The configuration under {@code switchboard}: what was put together, and the defaults alone. */
    public record Layers(Config resolved, Config defaults) {}

    /** The settings that the file, the environment or the command line set, by path. */
    public record Sources(Map<String, String> byPath) {
        /** {@code default}, {@code file}, {@code environment} or {@code command line}. */
        public String of(String path) {
            return byPath.getOrDefault(path, "default");
        }

        /** Whether nobody may change the setting while the node runs: the environment or the command line sets it. */
        boolean fixed(String path) {
            return of(path).equals(ENVIRONMENT) || of(path).equals(COMMAND_LINE);
        }
    }

    /** What was read, as far as it could be, and every problem with it. */
    public record Examined(@Nullable Settings settings, List<String> problems) {}

    /** Loads like {@link #load}, and goes on where there are problems: others may show in what could be read. */
    public static Examined examine(
            @Nullable Path file, Map<String, String> environment, Map<String, String> commandLine) {
        List<String> problems = new ArrayList<>();
        try {
            Loaded loaded = read(file, environment, commandLine, problems);
            return new Examined(loaded.settings(), List.copyOf(problems));
        } catch (SettingsException e) {
            problems.addAll(e.problems());
            return new Examined(null, List.copyOf(problems));
        }
    }

    /**
     * Loads and validates.
     *
     * @param file the configuration file, if one was named
     * @param environment the process environment
     * @param commandLine values by path, such as {@code http.port}; they win over everything
     * @throws SettingsException with every problem, when there is one
     */
    public static Loaded load(@Nullable Path file, Map<String, String> environment, Map<String, String> commandLine)
            throws SettingsException {
        List<String> problems = new ArrayList<>();
        Loaded loaded = read(file, environment, commandLine, problems);
        if (!problems.isEmpty()) {
            throw new SettingsException(problems);
        }
        return loaded;
    }

    /** Throws where nothing can be read any further. */
    private static Loaded read(
            @Nullable Path file,
            Map<String, String> environment,
            Map<String, String> commandLine,
            List<String> problems)
            throws SettingsException {
        Map<String, String> sources = new HashMap<>();
        Config reference = ConfigFactory.parseResources(
                SettingsLoader.class.getClassLoader(),
                REFERENCE,
                ConfigParseOptions.defaults().setAllowMissing(false));
        String where = where(file, environment);
        Config own = file == null ? ConfigFactory.empty() : parse(file, where);
        refuseUnknown(own, problems);
        for (Setting setting : Setting.ALL) {
            if (own.hasPathOrNull(ROOT + "." + setting.path())) {
                sources.put(setting.path(), "file");
            }
        }
        Config overrides = ConfigFactory.empty();
        for (Setting setting : Setting.ALL) {
            String value = setting.env() == null ? null : environment.get(setting.env());
            String origin = setting.env();
            String flag = commandLine.get(setting.path());
            if (flag != null) {
                value = flag;
                origin = setting.option();
            }
            if (value != null && !value.isBlank()) {
                sources.put(setting.path(), flag == null ? ENVIRONMENT : COMMAND_LINE);
                overrides = overrides.withValue(
                        ROOT + "." + setting.path(), fromText(setting, value.trim(), origin, problems));
            }
        }
        Config whole = overrides.withFallback(own).withFallback(reference);
        Config resolved;
        try {
            resolved = whole.resolve().getConfig(ROOT);
        } catch (ConfigException e) {
            throw new SettingsException(List.of(where + ": " + oneLine(e)));
        }
        Settings settings = read(new Reader(resolved, ROOT + ".", problems), problems);
        Config akka = own.hasPath("akka") ? own.withOnlyPath("akka") : ConfigFactory.empty();
        Layers layers = new Layers(resolved, reference.resolve().getConfig(ROOT));
        return new Loaded(settings, new Sources(Map.copyOf(sources)), akka, layers);
    }

    private static Config parse(Path file, String where) throws SettingsException {
        if (!Files.isReadable(file) || Files.isDirectory(file)) {
            throw new SettingsException(List.of(where + ": cannot be read"));
        }
        try {
            return ConfigFactory.parseFile(
                    file.toFile(), ConfigParseOptions.defaults().setAllowMissing(false));
        } catch (ConfigException e) {
            throw new SettingsException(List.of(where + ": " + oneLine(e)));
        }
    }

    /** The file as people named it. */
    private static String where(@Nullable Path file, Map<String, String> environment) {
        if (file == null) {
            return "configuration";
        }
        return (file.toString().equals(environment.get(FILE)) ? FILE + " = " : "--config ") + file;
    }

    private static String oneLine(Throwable e) {
        return String.valueOf(e.getMessage()).replaceAll("\\s*\\R\\s*", " ");
    }

    /** @param origin the environment variable or the option that holds the value, or null for none */
    static ConfigValue fromText(Setting setting, String value, @Nullable String origin, List<String> problems) {
        if (setting.path().equals("protection")) {
            Map<String, Object> levels = new LinkedHashMap<>();
            for (String pair : Reader.commaList(value)) {
                int colon = pair.lastIndexOf(':');
                if (colon <= 0) {
                    problems.add(setting.env() + " = " + value + ": expected platform:level pairs separated by commas");
                } else {
                    levels.put(
                            pair.substring(0, colon).trim(),
                            pair.substring(colon + 1).trim());
                }
            }
            return ConfigValueFactory.fromMap(levels, origin);
        }
        return ConfigValueFactory.fromAnyRef(value, origin);
    }

    private static void refuseUnknown(Config own, List<String> problems) {
        if (!own.hasPath(ROOT)) {
            return;
        }
        if (own.getValue(ROOT).valueType() != ConfigValueType.OBJECT) {
            problems.add(ROOT + ": expected an object");
            return;
        }
        List<String> known = Setting.ALL.stream().map(Setting::path).toList();
        refuseUnknown(own.getObject(ROOT), "", known, problems);
    }

    private static void refuseUnknown(ConfigObject object, String prefix, List<String> known, List<String> problems) {
        for (Map.Entry<String, ConfigValue> entry : object.entrySet()) {
            String path = prefix + entry.getKey();
            if (known.contains(path)) {
                continue;
            }
            boolean group = known.stream().anyMatch(name -> name.startsWith(path + "."));
            if (entry.getValue() instanceof ConfigObject child && (group || !child.isEmpty())) {
                refuseUnknown(child, path + ".", known, problems);
            } else if (group) {
                problems.add(ROOT + "." + path + ": expected an object" + Reader.where(entry.getValue()));
            } else {
                problems.add(unknown(ROOT + "." + path, path, ROOT + ".", known) + Reader.where(entry.getValue()));
            }
        }
    }

    static String unknown(String shown, String name, String prefix, java.util.Collection<String> known) {
        return shown + ": unknown key; did you mean " + prefix + NearestName.closest(name, known) + "?";
    }

    static Settings read(Reader in, List<String> problems) {
        String admin = in.optionalText("auth.admin-key");
        if (admin != null && admin.length() < MIN_ADMIN_KEY) {
            in.problem("auth.admin-key", "must have at least " + MIN_ADMIN_KEY + " characters, has " + admin.length());
        }
        String api = in.optionalText("auth.api-key");
        if (api != null && api.equals(admin)) {
            in.problem("auth.admin-key", "must differ from auth.api-key");
        }
        String encryption = in.optionalText("encryption-key");
        if (encryption != null && !ENCRYPTION_KEY.matcher(encryption).matches()) {
            in.problem(
                    "encryption-key",
                    "must be 64 hex digits, or several such keys with commas between, the newest first");
        }
        String catalog = in.text("catalog", "builtin");
        if (!catalog.equals("builtin") && !catalog.equals("none")) {
            in.problem("catalog", "must be builtin or none");
        }
        Settings.Stream stream = new Settings.Stream(
                in.time("stream.keep-alive", Duration.ofSeconds(15)),
                in.time("stream.stall-timeout", Duration.ofSeconds(60)),
                in.timeOrOff("stream.early-headers"));
        Settings.Cooldown cooldown = new Settings.Cooldown(
                in.time("cooldown.transient", Duration.ofSeconds(15)),
                in.time("cooldown.max", Duration.ofMinutes(2)),
                in.time("cooldown.rate-limited-key", Duration.ofMinutes(2)));
        if (cooldown.max().compareTo(cooldown.transientTime()) < 0) {
            in.problem("cooldown.max", "must not be shorter than cooldown.transient");
        }
        Settings.Http http = HttpReader.http(in);
        return new Settings(
                http,
                HttpReader.ops(in, http),
                new Settings.Auth(
                        api,
                        admin,
                        origins(in),
                        new Settings.SignIn(
                                in.time("auth.sign-in.ttl", Settings.SignIn.DEFAULT.ttl()),
                                in.number("auth.sign-in.attempts", Settings.SignIn.DEFAULT.attempts(), 1, 1_000_000))),
                encryption,
                dataDir(in),
                DatabaseReader.read(in),
                ClusterReader.read(in),
                new Settings.Session(
                        in.time("session.ttl", Duration.ofMinutes(30)),
                        in.time("session.ban-ttl", Duration.ofMinutes(30)),
                        in.time("session.provider-ban-cooldown", Duration.ofMinutes(3))),
                stream,
                new Settings.Upstream(
                        in.time("upstream.connect-timeout", Duration.ofSeconds(10)),
                        in.time("upstream.response-timeout", Duration.ofSeconds(60)),
                        in.number("upstream.max-connections", Settings.Upstream.MAX_CONNECTIONS, 1, 65_536),
                        in.flag("upstream.allow-private-addresses", true),
                        in.flag("upstream.fetch-images", true),
                        proxy(in)),
                cooldown,
                new Settings.Routing(
                        in.number("routing.max-attempts", 5, 1, 100),
                        in.time("routing.budget", Duration.ofMinutes(3)),
                        in.flag("routing.explicit-model-fallback", false),
                        in.flag("routing.learn-limits", true)),
                protection(in),
                new Settings.Anthropic(names(in, "anthropic.models")),
                catalog.equals("builtin"),
                OperationsReader.log(in),
                new Settings.Retention(in.time("retention.requests", Duration.ofDays(30), 3650)),
                OperationsReader.telemetry(in),
                in.flag("log-bodies", false),
                BootstrapReader.read(in, problems));
    }

    private static Path dataDir(Reader in) {
        String text = in.text("data-dir", "./data");
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            in.problem("data-dir", "is not a path");
            return Path.of("data");
        }
    }

    /** {@code http://[user:password@]host:port}; what is wrong is told without the value, which may hold a password. */
    private static Settings.@Nullable Proxy proxy(Reader in) {
        String text = in.optionalText("upstream.proxy");
        if (text == null) {
            return null;
        }
        URI uri;
        try {
            uri = new URI(text);
        } catch (URISyntaxException e) {
            uri = URI.create("");
        }
        boolean bare = uri.getRawPath() == null
                || uri.getRawPath().isEmpty()
                || uri.getRawPath().equals("/");
        if (!"http".equals(uri.getScheme())
                || uri.getHost() == null
                || uri.getPort() < 1
                || !bare
                || uri.getRawQuery() != null) {
            in.problem("upstream.proxy", "must have the form http://host:port or http://user:password@host:port");
            return null;
        }
        String[] user =
                uri.getUserInfo() == null ? new String[0] : uri.getUserInfo().split(":", 2);
        return new Settings.Proxy(
                new Settings.HostPort(uri.getHost(), uri.getPort()),
                user.length == 0 ? null : user[0],
                user.length < 2 ? null : user[1]);
    }

    private static List<String> origins(Reader in) {
        List<String> origins = in.texts("auth.cors-origins");
        for (String origin : origins) {
            if (!origin.equals("*") && !isOrigin(origin)) {
                in.problem("auth.cors-origins", origin + " is not an origin such as https://example.org");
            }
        }
        return origins;
    }

    private static boolean isOrigin(String text) {
        try {
            URI uri = URI.create(text);
            return uri.getHost() != null
                    && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))
                    && (uri.getPath() == null || uri.getPath().isEmpty());
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static Map<String, String> names(Reader in, String path) {
        Map<String, String> names = new LinkedHashMap<>();
        if (!in.has(path)) {
            return names;
        }
        if (!(in.config().getValue(path) instanceof ConfigObject object)) {
            in.problem(path, "expected an object of pattern = model");
            return names;
        }
        object.forEach((pattern, value) -> {
            if (value.unwrapped() instanceof String model && !model.isBlank()) {
                names.put(pattern, model);
            } else {
                in.problems().add(in.prefix() + path + ".\"" + pattern + "\": expected the name of a model");
            }
        });
        return Map.copyOf(names);
    }

    private static Map<String, ProtectionLevel> protection(Reader in) {
        Map<String, ProtectionLevel> levels = new LinkedHashMap<>();
        if (!in.has("protection")) {
            return levels;
        }
        if (!(in.config().getValue("protection") instanceof ConfigObject object)) {
            in.problem("protection", "expected an object of platform = level");
            return levels;
        }
        for (Map.Entry<String, ConfigValue> entry : object.entrySet()) {
            String name = entry.getKey();
            String shown = in.prefix() + "protection.\"" + name + "\"";
            String platform = name.contains("/") ? name.substring(0, name.indexOf('/')) : name;
            if (!PlatformId.isValid(platform)) {
                in.problems().add(shown + ": not a platform or platform/model");
                continue;
            }
            Object value = entry.getValue().unwrapped();
            String text = Boolean.FALSE.equals(value) ? "off" : String.valueOf(value);
            ProtectionLevel.find(text).ifPresentOrElse(level -> levels.put(name, level), () -> in.problems()
                    .add(shown + " = " + value + ": must be provider-ban, model-skip or off"
                            + Reader.where(entry.getValue())));
        }
        return Map.copyOf(levels);
    }
}
