package dev.switchboard.node.settings;

/** A change of a setting that cannot be made. */
public final class SettingRefusal extends Exception {
    private static final long serialVersionUID = 1L;

    private final Kind kind;
    private final String key;

    /** Why. */
    public enum Kind {
        /** No setting has this name. */
        UNKNOWN,
        /** The value cannot be used. */
        INVALID,
        /** The environment sets it, or it needs a restart. */
        NOT_EDITABLE
    }

    SettingRefusal(Kind kind, String key, String message) {
        super(message);
        this.kind = kind;
        this.key = key;
    }

    /** Why. */
    public Kind kind() {
        return kind;
    }

    /** The setting, as it was named. */
    public String key() {
        return key;
    }

    /** The message; never null. */
    public String text() {
        return String.valueOf(getMessage());
    }
}
