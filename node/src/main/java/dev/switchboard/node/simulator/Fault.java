package dev.switchboard.node.simulator;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What goes wrong with one response, as words that combine: {@code status=503 retry-after=7}. The vocabulary is listed
 * in {@code docs/simulator.md}. Immutable.
 */
public final class Fault {
    /** Nothing goes wrong. */
    public static final Fault NONE = new Fault(new EnumMap<>(FaultWord.class));

    private static final Pattern ITEM = Pattern.compile("([a-z0-9-]+)(?:=(?:\"([^\"]*)\"|([^\\s\"]+)))?(?:\\s+|$)");

    private final EnumMap<FaultWord, String> words;

    private Fault(EnumMap<FaultWord, String> words) {
        this.words = words;
    }

    /**
     * Reads words separated by blanks; a value with blanks stands in double quotes.
     *
     * @throws IllegalArgumentException naming the first word or value that is not in the vocabulary
     */
    public static Fault parse(String text) {
        String rest = text.strip();
        EnumMap<FaultWord, String> words = new EnumMap<>(FaultWord.class);
        Matcher matcher = ITEM.matcher(rest);
        while (matcher.regionStart() < rest.length()) {
            if (!matcher.lookingAt()) {
                throw new IllegalArgumentException(
                        "cannot read fault at '" + rest.substring(matcher.regionStart()) + "'");
            }
            String quoted = matcher.group(2);
            put(words, matcher.group(1), quoted == null ? matcher.group(3) : quoted);
            matcher.region(matcher.end(), rest.length());
        }
        return new Fault(words);
    }

    /**
     * The same from names and values; a value of {@code "true"} means the word alone.
     *
     * @throws IllegalArgumentException naming the first word or value that is not in the vocabulary
     */
    public static Fault of(Map<String, String> named) {
        EnumMap<FaultWord, String> words = new EnumMap<>(FaultWord.class);
        named.forEach((word, value) -> put(words, word, value.equals("true") ? null : value));
        return new Fault(words);
    }

    /** Both faults at once; where both set the same word, {@code other} wins. */
    public Fault and(Fault other) {
        if (other.isNone()) {
            return this;
        }
        EnumMap<FaultWord, String> both = new EnumMap<>(words);
        both.putAll(other.words);
        return new Fault(both);
    }

    /** Whether nothing goes wrong. */
    public boolean isNone() {
        return words.isEmpty();
    }

    boolean has(FaultWord word) {
        return words.containsKey(word);
    }

    boolean is(FaultWord word, String value) {
        return value.equals(words.get(word));
    }

    Optional<String> text(FaultWord word) {
        return Optional.ofNullable(words.get(word));
    }

    /** The number given with a word, or {@code otherwise}; {@code first} counts as 0, {@code headers} as absent. */
    int number(FaultWord word, int otherwise) {
        String value = words.get(word);
        if (value == null || value.equals("headers")) {
            return otherwise;
        }
        return value.equals("first") ? 0 : Integer.parseInt(value);
    }

    Optional<Duration> duration(FaultWord word) {
        return text(word).map(Fault::duration);
    }

    private static Duration duration(String value) {
        if (value.endsWith("ms")) {
            return Duration.ofMillis(Long.parseLong(value.substring(0, value.length() - 2)));
        }
        long amount = Long.parseLong(value.substring(0, value.length() - 1));
        return value.endsWith("m") ? Duration.ofMinutes(amount) : Duration.ofSeconds(amount);
    }

    private static void put(EnumMap<FaultWord, String> words, String word, @Nullable String value) {
        FaultWord known =
                FaultWord.of(word).orElseThrow(() -> new IllegalArgumentException("unknown fault word '" + word + "'"));
        words.put(known, known.accept(value));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Fault fault && fault.words.equals(words);
    }

    @Override
    public int hashCode() {
        return words.hashCode();
    }

    /** The fault as {@link #parse} reads it. */
    @Override
    public String toString() {
        return words.entrySet().stream()
                .map(e -> e.getKey().word() + "="
                        + (e.getValue().contains(" ") ? '"' + e.getValue() + '"' : e.getValue()))
                .collect(Collectors.joining(" "));
    }
}
