package dev.switchboard.node.directory;

import java.util.Arrays;
import java.util.regex.Pattern;

/** The order of catalogue versions, such as {@code 2026-11-1} before {@code 2026-11-2} before {@code 2026-12-1}. */
final class CatalogVersion {
    private static final Pattern SHAPE = Pattern.compile("\\d{1,4}(-\\d{1,4}){2}");

    private CatalogVersion() {}

    static boolean isValid(String version) {
        return SHAPE.matcher(version).matches();
    }

    /** Whether {@code version} is older than {@code other}; both are valid. */
    static boolean isOlder(String version, String other) {
        return Arrays.compare(numbers(version), numbers(other)) < 0;
    }

    private static int[] numbers(String version) {
        return Pattern.compile("-")
                .splitAsStream(version)
                .mapToInt(Integer::parseInt)
                .toArray();
    }
}
