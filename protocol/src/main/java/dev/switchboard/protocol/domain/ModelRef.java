package dev.switchboard.protocol.domain;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** The identity of a model for ever: platform and the id that platform knows it by; written {@code platform/id}. */
public record ModelRef(PlatformId platform, String id) implements Comparable<ModelRef> {
    public ModelRef {
        if (id.isBlank()) {
            throw new IllegalArgumentException("a model id is not blank");
        }
    }

    /** Makes a reference from its two parts. */
    public static ModelRef of(String platform, String id) {
        return new ModelRef(new PlatformId(platform), id);
    }

    /** Reads {@code platform/id}; the id may itself hold slashes. Throws {@link IllegalArgumentException} otherwise. */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public static ModelRef parse(String text) {
        int slash = text.indexOf('/');
        if (slash <= 0) {
            throw new IllegalArgumentException("not platform/model: " + text);
        }
        return of(text.substring(0, slash), text.substring(slash + 1));
    }

    @Override
    public int compareTo(ModelRef other) {
        int byPlatform = platform.compareTo(other.platform);
        return byPlatform != 0 ? byPlatform : id.compareTo(other.id);
    }

    @Override
    @JsonValue
    public String toString() {
        return platform.value() + "/" + id;
    }
}
