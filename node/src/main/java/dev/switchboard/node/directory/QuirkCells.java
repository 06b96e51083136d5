package dev.switchboard.node.directory;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.switchboard.protocol.directory.KeyCheckRule;
import dev.switchboard.protocol.directory.QuirkRule;
import dev.switchboard.protocol.domain.FailureKind;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The cells of {@code platforms.tsv} that are small languages; each throws for a text that is none of it. */
final class QuirkCells {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Set<String> RULE =
            Set.of("model", "embeddings", "when", "set", "lists", "assistant", "responseTimeout");
    private static final Pattern KEY_CHECK =
            Pattern.compile("(GET|POST) (\\S+)((?: (?:good|bad|every)=\\S+)*)(?: body=(.+))?");
    private static final Pattern STATUS = Pattern.compile("[1-5](xx|\\d\\d)");
    private static final List<String> GOOD = List.of("2xx");
    private static final List<String> BAD = List.of("401", "403");

    private QuirkCells() {}

    /** {@code field=word|word,…}. */
    static Map<String, List<String>> allow(TsvFile.Row row) {
        Map<String, List<String>> allow = new LinkedHashMap<>();
        row.pairs("allow", ",", "=").forEach((field, words) -> allow.put(field, List.of(words.split("\\|"))));
        return allow;
    }

    /** {@code status or code=failure kind,…}. */
    static Map<String, FailureKind> errors(TsvFile.Row row) {
        Map<String, FailureKind> errors = new LinkedHashMap<>();
        row.pairs("errors", ",", "=").forEach((code, kind) -> {
            try {
                errors.put(code, FailureKind.valueOf(kind.toUpperCase(Locale.ROOT)));
            } catch (IllegalArgumentException e) {
                row.problem("errors", "names no kind of failure: " + kind);
            }
        });
        return errors;
    }

    /** A JSON list of rules. */
    static List<QuirkRule> rules(TsvFile.Row row) {
        List<QuirkRule> rules = row.parsed("rules", QuirkCells::rules);
        return rules == null ? List.of() : rules;
    }

    private static List<QuirkRule> rules(String text) {
        List<QuirkRule> rules = new ArrayList<>();
        JsonNode list = json(text);
        if (!list.isArray()) {
            throw new IllegalArgumentException("no list");
        }
        for (JsonNode rule : list) {
            if (!rule.isObject()) {
                throw new IllegalArgumentException("no rule");
            }
            rule.fieldNames().forEachRemaining(name -> {
                if (!RULE.contains(name)) {
                    throw new IllegalArgumentException(name);
                }
            });
            String timeout = rule.path("responseTimeout").textValue();
            rules.add(new QuirkRule(
                    rule.path("model").textValue(),
                    rule.path("embeddings").asBoolean(false),
                    texts(rule.path("when")),
                    texts(rule.path("set")),
                    names(rule.path("lists")),
                    texts(rule.path("assistant")),
                    timeout == null ? null : CatalogReader.seconds(timeout)));
        }
        return rules;
    }

    /** A path relative to a base URL. */
    static String path(String text) {
        return URI.create(text).toString();
    }

    private static Map<String, String> texts(JsonNode object) {
        Map<String, String> texts = new LinkedHashMap<>();
        object.properties()
                .forEach(field -> texts.put(field.getKey(), field.getValue().toString()));
        return texts;
    }

    private static List<String> names(JsonNode list) {
        List<String> names = new ArrayList<>();
        list.forEach(name -> names.add(name.asText()));
        return names;
    }

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    /** {@code GET path [good=2xx,402] [bad=401] [every=24h]}, or {@code POST path … body={…}}. */
    static KeyCheckRule keyCheck(String text) {
        Matcher parts = KEY_CHECK.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException(text);
        }
        String body = parts.group(4);
        if (parts.group(1).equals("POST") != (body != null)) {
            throw new IllegalArgumentException(text);
        }
        if (body != null) {
            json(body);
        }
        String options = parts.group(3);
        String every = option(options, "every");
        Duration time = every == null ? null : Duration.ofHours(hours(every));
        return new KeyCheckRule(
                path(parts.group(2)),
                body,
                statuses(option(options, "good"), GOOD),
                statuses(option(options, "bad"), BAD),
                time);
    }

    private static long hours(String text) {
        if (!text.matches("[1-9]\\d{0,2}h")) {
            throw new IllegalArgumentException(text);
        }
        return Long.parseLong(text.substring(0, text.length() - 1));
    }

    private static @Nullable String option(String options, String name) {
        Matcher option = Pattern.compile(" " + name + "=(\\S+)").matcher(options);
        return option.find() ? option.group(1) : null;
    }

    private static List<String> statuses(@Nullable String text, List<String> otherwise) {
        if (text == null) {
            return otherwise;
        }
        if (text.equals("none")) {
            return List.of();
        }
        List<String> statuses = List.of(text.split(","));
        if (!statuses.stream().allMatch(status -> STATUS.matcher(status).matches())) {
            throw new IllegalArgumentException(text);
        }
        return statuses;
    }
}
