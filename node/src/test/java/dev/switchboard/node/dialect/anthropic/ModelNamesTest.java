package dev.switchboard.node.dialect.anthropic;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelNamesTest {
    private static final Map<String, String> PATTERNS = Map.of(
            "claude-*",
            "auto",
            "claude-*haiku*",
            "auto-fast",
            "claude-*opus*",
            "auto-smart",
            "exact",
            "one",
            "a*b*c",
            "abc");

    @ParameterizedTest
    @CsvSource({
        "claude-sonnet-4-5, auto",
        "claude-haiku-4-5-20251001, auto-fast",
        "claude-3-5-haiku-latest, auto-fast",
        "claude-opus-4-1, auto-smart",
        "claude-, auto",
        "exact, one",
        "axbxc, abc",
        "abc, abc",
        "ac, none",
        "exactly, none",
        "my-claude-opus, none",
        "gpt-5, none"
    })
    void theMostSpecificPatternCounts(String name, String model) {
        assertThat(ModelNames.map(name, PATTERNS).orElse("none")).isEqualTo(model);
    }
}
