package dev.switchboard.node.bench;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** {@code name=value} arguments of a child process. */
final class Options {
    private final Map<String, String> values = new HashMap<>();

    Options(String[] args) {
        for (String arg : args) {
            int equals = arg.indexOf('=');
            values.put(arg.substring(0, equals), arg.substring(equals + 1));
        }
    }

    int number(String name, int otherwise) {
        String value = values.get(name);
        return value == null ? otherwise : Integer.parseInt(value);
    }

    int[] numbers(String name) {
        return Arrays.stream(values.getOrDefault(name, "").split(","))
                .filter(text -> !text.isEmpty())
                .mapToInt(Integer::parseInt)
                .toArray();
    }
}
