package dev.switchboard.node.settings;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import dev.switchboard.node.settings.SettingRefusal.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The settings in force on this node: defaults, file, what people changed in the dashboard, environment and command line, the
 * later over the earlier. Reading costs one volatile read; thread-safe.
 */
public final class LiveSettings implements Supplier<Settings> {
    /** What every key begins with where people see it. */
    public static final String PREFIX = "switchboard.";

    private static final Logger LOG = LoggerFactory.getLogger(LiveSettings.class);
    private static final String ENVIRONMENT = "environment";
    private static final String PROTECTION = "protection";
    private static final String BOOTSTRAP = "bootstrap";

    private final SettingsLoader.Loaded loaded;
    private volatile State state;

    /** {@code taken} are the dashboard's values, {@code overrides} those of them that can be used. */
    private record State(Map<String, String> taken, Map<String, String> overrides, Config config, Settings settings) {}

    /**
     * One setting as people see it (contract.md §4).
     *
     * @param value null for a secret and where nothing is set
     * @param fallback the default
     * @param source {@code default}, {@code file}, {@code dashboard} or {@code environment}
     * @param setBy the environment variable or the option of the command line that sets it; null for other sources
     */
    public record Row(
            String key,
            @Nullable Object value,
            @Nullable Object fallback,
            String source,
            @Nullable String setBy,
            boolean editable,
            boolean needsRestart,
            String description) {}

    /** Begins with what was loaded, before the directory has arrived. */
    public LiveSettings(SettingsLoader.Loaded loaded) {
        this.loaded = loaded;
        this.state = new State(Map.of(), Map.of(), loaded.layers().resolved(), loaded.settings());
    }

    /** The settings in force now. */
    @Override
    public Settings get() {
        return state.settings();
    }

    /**
     * Takes the dashboard's values by path. One that this version does not know or cannot use, such as one of a newer version,
     * is left out and logged.
     */
    public synchronized void take(Map<String, String> overrides) {
        if (overrides.equals(state.taken())) {
            return;
        }
        List<String> problems = new ArrayList<>();
        State built = build(overrides, problems);
        if (!problems.isEmpty()) {
            problems.forEach(problem -> LOG.warn("A value of the dashboard cannot be used: {}", problem));
            built = build(usable(overrides), new ArrayList<>());
        }
        state = new State(Map.copyOf(overrides), built.overrides(), built.config(), built.settings());
    }

    /** Values that can be used together; some can only be used once others are there. */
    private Map<String, String> usable(Map<String, String> overrides) {
        Map<String, String> usable = new TreeMap<>();
        Map<String, String> left = new TreeMap<>(overrides);
        boolean found = true;
        while (found) {
            found = left.entrySet().removeIf(entry -> {
                List<String> problems = new ArrayList<>();
                usable.put(entry.getKey(), entry.getValue());
                build(usable, problems);
                if (!problems.isEmpty()) {
                    usable.remove(entry.getKey());
                }
                return problems.isEmpty();
            });
        }
        return usable;
    }

    /**
     * Checks a change, whole: values by key, with or without {@code switchboard.}; null goes back to file or default. Answers
     * the values by path as the directory keeps them.
     */
    public Map<String, @Nullable String> checked(Map<String, @Nullable Object> wanted) throws SettingRefusal {
        Map<String, @Nullable String> changes = new LinkedHashMap<>();
        Map<String, String> named = new LinkedHashMap<>();
        Map<String, String> merged = new TreeMap<>(state.overrides());
        for (Map.Entry<String, @Nullable Object> entry : wanted.entrySet()) {
            String key = entry.getKey();
            Setting setting = editable(key);
            String text = entry.getValue() == null ? null : text(key, setting, entry.getValue());
            changes.put(setting.path(), text);
            named.put(setting.path(), key);
            if (text == null) {
                merged.remove(setting.path());
            } else {
                merged.put(setting.path(), text);
            }
        }
        List<String> problems = new ArrayList<>();
        build(merged, problems);
        if (!problems.isEmpty()) {
            String problem = problems.get(0);
            throw new SettingRefusal(Kind.INVALID, keyOf(problem, named), problem);
        }
        return changes;
    }

    /** The platforms and models whose protection a checked change names, and that has not been in force until now. */
    public Set<String> newlyProtected(Map<String, @Nullable String> checked) {
        String levels = checked.get(PROTECTION);
        if (levels == null) {
            return Set.of();
        }
        Set<String> names = new TreeSet<>(((ConfigObject) value(PROTECTION, levels, new ArrayList<>())).keySet());
        names.removeAll(get().protection().keySet());
        return names;
    }

    /** Every setting with its value in force. */
    public List<Row> rows() {
        State now = state;
        return Setting.ALL.stream().map(setting -> row(setting, now)).toList();
    }

    private Row row(Setting setting, State now) {
        String path = setting.path();
        boolean fixed = loaded.sources().fixed(path);
        String source = fixed ? ENVIRONMENT : loaded.sources().of(path);
        if (!fixed && now.overrides().containsKey(path)) {
            source = "dashboard";
        }
        Config defaults = loaded.layers().defaults();
        return new Row(
                PREFIX + path,
                shown(setting, now.config(), defaults),
                shown(setting, defaults, defaults),
                source,
                fixed ? setBy(setting) : null,
                setting.live() && !fixed,
                !setting.live(),
                setting.description());
    }

    private static @Nullable Object shown(Setting setting, Config config, Config defaults) {
        String path = setting.path();
        if (setting.secret() || path.equals(BOOTSTRAP) || !config.hasPath(path)) {
            return null;
        }
        Object fallback = defaults.hasPath(path) ? defaults.getValue(path).unwrapped() : null;
        if (fallback instanceof Boolean) {
            return config.getBoolean(path);
        }
        if (fallback instanceof Number) {
            return config.getLong(path);
        }
        Object value = config.getValue(path).unwrapped();
        return path.equals("database.url") ? Reader.withoutPassword(String.valueOf(value)) : value;
    }

    private @Nullable String setBy(Setting setting) {
        return loaded.sources().of(setting.path()).equals(ENVIRONMENT) ? setting.env() : setting.option();
    }

    private Setting editable(String key) throws SettingRefusal {
        String path = key.startsWith(PREFIX) ? key.substring(PREFIX.length()) : key;
        Setting setting = Setting.find(path).orElse(null);
        if (setting == null) {
            List<String> known = Setting.ALL.stream().map(Setting::path).toList();
            throw new SettingRefusal(Kind.UNKNOWN, key, SettingsLoader.unknown(PREFIX + path, path, PREFIX, known));
        }
        if (loaded.sources().fixed(path)) {
            throw new SettingRefusal(
                    Kind.NOT_EDITABLE,
                    key,
                    PREFIX + path + " is set by the " + loaded.sources().of(path) + " (" + setBy(setting) + ")");
        }
        if (!setting.live()) {
            throw new SettingRefusal(
                    Kind.NOT_EDITABLE,
                    key,
                    PREFIX + path + " is read at start: set it in the configuration file and restart");
        }
        return setting;
    }

    private static String text(String key, Setting setting, Object value) throws SettingRefusal {
        if (setting.path().equals(PROTECTION)) {
            return protection(key, setting, value);
        }
        if (value instanceof Map || value instanceof List) {
            throw new SettingRefusal(Kind.INVALID, key, PREFIX + setting.path() + ": expected a single value");
        }
        String text = String.valueOf(value).strip();
        if (text.isEmpty()) {
            throw new SettingRefusal(Kind.INVALID, key, PREFIX + setting.path() + ": must not be blank");
        }
        return text;
    }

    /** An object of levels, or the environment's list of pairs; kept as JSON. */
    private static String protection(String key, Setting setting, Object value) throws SettingRefusal {
        ConfigValue levels;
        if (value instanceof Map<?, ?> map) {
            Map<String, Object> texts = new LinkedHashMap<>();
            map.forEach((name, level) -> texts.put(String.valueOf(name), Objects.requireNonNullElse(level, "null")));
            levels = ConfigValueFactory.fromMap(texts);
        } else if (value instanceof String text) {
            List<String> problems = new ArrayList<>();
            levels = SettingsLoader.fromText(setting, text, null, problems);
            if (!problems.isEmpty()) {
                throw new SettingRefusal(
                        Kind.INVALID, key, PREFIX + setting.path() + ": expected platform:level pairs or an object");
            }
        } else {
            throw new SettingRefusal(
                    Kind.INVALID, key, PREFIX + setting.path() + ": expected an object of platform = level");
        }
        return levels.render(ConfigRenderOptions.concise());
    }

    private State build(Map<String, String> overrides, List<String> problems) {
        Config config = loaded.layers().resolved();
        for (Map.Entry<String, String> override : overrides.entrySet()) {
            String path = override.getKey();
            Setting setting = Setting.find(path).orElse(null);
            if (setting == null || !setting.live()) {
                problems.add(PREFIX + path + ": is no setting that the dashboard can change");
            } else if (!loaded.sources().fixed(path)) {
                // Put in place of what is there: a map is not merged with the one below.
                config = config.withValue(path, value(path, override.getValue(), problems));
            }
        }
        Map<String, String> kept = Map.copyOf(overrides);
        return new State(kept, kept, config, SettingsLoader.read(new Reader(config, PREFIX, problems), problems));
    }

    private static ConfigValue value(String path, String text, List<String> problems) {
        if (path.equals(PROTECTION)) {
            try {
                return ConfigFactory.parseString("value = " + text).getValue("value");
            } catch (ConfigException e) {
                problems.add(PREFIX + path + ": is not an object");
            }
        }
        return ConfigValueFactory.fromAnyRef(text, "dashboard");
    }

    /** The key of the change that a problem is about; the first one where the problem names another setting. */
    private static String keyOf(String problem, Map<String, String> named) {
        String found = "";
        for (String path : named.keySet()) {
            String name = PREFIX + path;
            boolean about = problem.startsWith(name)
                    && (problem.length() == name.length() || " :.[".indexOf(problem.charAt(name.length())) >= 0);
            if (about && path.length() >= found.length()) {
                found = path;
            }
        }
        String key = named.get(found);
        return key == null ? named.values().iterator().next() : key;
    }
}
