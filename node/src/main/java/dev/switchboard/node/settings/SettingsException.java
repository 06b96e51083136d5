package dev.switchboard.node.settings;

import java.util.List;

/** The configuration cannot be used; holds every problem found, one line each. */
public final class SettingsException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient List<String> problems;

    /** At least one problem. */
    public SettingsException(List<String> problems) {
        super(String.join("\n", problems));
        this.problems = List.copyOf(problems);
    }

    /** One line a problem, naming the setting and its value. */
    public List<String> problems() {
        return problems;
    }
}
