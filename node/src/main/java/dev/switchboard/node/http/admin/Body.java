package dev.switchboard.node.http.admin;

import akka.util.ByteString;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import dev.switchboard.node.http.ApiError;
import dev.switchboard.node.http.Json;
import dev.switchboard.node.settings.NearestName;
import dev.switchboard.protocol.domain.Limits;
import dev.switchboard.protocol.domain.PlatformId;
import dev.switchboard.protocol.domain.Times;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Typed readers over one JSON object of a request. Each refusal is a 400 that names the field (contract.md §4); a field that
 * is null counts as left out.
 */
final class Body {
    private static final List<String> LIMITS = List.of("rpm", "rpd", "tpm", "tpd");

    private final ObjectNode node;
    private final String prefix;

    private Body(ObjectNode node, String prefix) {
        this.node = node;
        this.prefix = prefix;
    }

    /** The body of a request; a field that is not among {@code known} is refused with the nearest name. */
    static Body of(ByteString bytes, List<String> known) {
        return known(new Body(Json.object(bytes), ""), known);
    }

    /** An object inside a body; {@code where} names it, such as {@code [2]}. */
    static Body of(JsonNode node, String where, List<String> known) {
        if (node instanceof ObjectNode object) {
            return known(new Body(object, where + "."), known);
        }
        throw ApiError.invalid(where + " must be an object", where);
    }

    private static Body known(Body body, List<String> known) {
        for (Iterator<String> names = body.node.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (!known.contains(name)) {
                throw body.problem(
                        name,
                        "is no field here; "
                                + NearestName.of(name, known)
                                        .map(near -> "did you mean " + near + "?")
                                        .orElse("known: " + String.join(", ", known)));
            }
        }
        return body;
    }

    /** A 400 for one field. */
    ApiError problem(String field, String what) {
        return ApiError.invalid(prefix + field + " " + what, prefix + field);
    }

    /** Whether the field is there, null included. */
    boolean has(String field) {
        return node.has(field);
    }

    private @Nullable JsonNode value(String field) {
        JsonNode value = node.get(field);
        return value == null || value.isNull() ? null : value;
    }

    /** A text without the blanks around it. */
    @Nullable
    String text(String field) {
        JsonNode value = value(field);
        if (value == null) {
            return null;
        }
        if (!value.isTextual()) {
            throw problem(field, "must be a text");
        }
        return value.textValue().strip();
    }

    /** The same, null also where nothing but blanks is given. */
    @Nullable
    String textOrNone(String field) {
        String value = text(field);
        return value == null || value.isEmpty() ? null : value;
    }

    String textOr(String field, String fallback) {
        String value = text(field);
        return value == null ? fallback : value;
    }

    String required(String field) {
        String value = text(field);
        if (value == null) {
            throw problem(field, "is missing");
        }
        if (value.isEmpty()) {
            throw problem(field, "must not be empty");
        }
        return value;
    }

    PlatformId platform(String field) {
        String value = required(field);
        if (!PlatformId.isValid(value)) {
            throw problem(field, "must be lower-case letters, digits, dot, dash or underscore, at most 64");
        }
        return new PlatformId(value);
    }

    @Nullable
    Boolean flag(String field) {
        JsonNode value = value(field);
        if (value == null) {
            return null;
        }
        if (!value.isBoolean()) {
            throw problem(field, "must be true or false");
        }
        return value.booleanValue();
    }

    boolean flagOr(String field, boolean fallback) {
        Boolean value = flag(field);
        return value == null ? fallback : value;
    }

    /** A whole number from 1 to {@code max}. */
    @Nullable
    Integer count(String field, int max) {
        Long value = number(field, max);
        return value == null ? null : value.intValue();
    }

    int countOr(String field, int fallback, int max) {
        Integer value = count(field, max);
        return value == null ? fallback : value;
    }

    private @Nullable Long number(String field, long max) {
        JsonNode value = value(field);
        if (value == null) {
            return null;
        }
        if (!value.isIntegralNumber() || !value.canConvertToLong()) {
            throw problem(field, "must be a whole number");
        }
        long number = value.longValue();
        if (number < 1 || number > max) {
            throw problem(field, "must be between 1 and " + max);
        }
        return number;
    }

    /** A time longer than zero, as text such as {@code 60s} or a number of milliseconds. */
    @Nullable
    Duration time(String field) {
        JsonNode value = value(field);
        if (value == null) {
            return null;
        }
        if (value.isTextual() || value.isIntegralNumber()) {
            try {
                Duration time = ConfigFactory.parseMap(
                                Map.of("time", value.asText().strip()))
                        .getDuration("time");
                if (time.isZero() || time.isNegative()) {
                    throw problem(field, "must be longer than zero");
                }
                return time;
            } catch (ConfigException e) {
                throw problem(field, "must be a time such as 60s or 1500ms");
            }
        }
        throw problem(field, "must be a time such as 60s or 1500ms");
    }

    /** A list of texts; null where it is left out. */
    @Nullable
    List<String> texts(String field) {
        JsonNode value = value(field);
        if (value == null) {
            return null;
        }
        if (!value.isArray()) {
            throw problem(field, "must be a list of texts");
        }
        List<String> texts = new ArrayList<>();
        for (JsonNode item : value) {
            if (!item.isTextual() || item.textValue().isBlank()) {
                throw problem(field + "[" + texts.size() + "]", "must be a text that is not empty");
            }
            texts.add(item.textValue().strip());
        }
        return texts;
    }

    /** An object inside this one. */
    @Nullable
    Body object(String field, List<String> known) {
        JsonNode value = value(field);
        return value == null ? null : of(value, prefix + field, known);
    }

    /** The objects of a list inside this one, each of which names its place; empty where there is no list. */
    List<Body> list(String field, List<String> known) {
        JsonNode value = value(field);
        if (value == null) {
            return List.of();
        }
        if (!value.isArray()) {
            throw problem(field, "must be a list");
        }
        List<Body> items = new ArrayList<>();
        value.forEach(item -> items.add(of(item, prefix + field + "[" + items.size() + "]", known)));
        return items;
    }

    /** The four limits put over those in force: a number sets one, null lifts it. Null where none is named. */
    @Nullable
    Limits limits(Limits inForce) {
        if (LIMITS.stream().noneMatch(this::has) && !has("concurrent")) {
            return null;
        }
        return new Limits(
                limit("rpm", inForce.rpm()),
                limit("rpd", inForce.rpd()),
                limit("tpm", inForce.tpm()),
                limit("tpd", inForce.tpd()),
                limit("concurrent", inForce.concurrent()));
    }

    private @Nullable Long limit(String field, @Nullable Long inForce) {
        return has(field) ? number(field, Long.MAX_VALUE) : inForce;
    }

    /** A time as people write it: {@code 60s}, {@code 1500ms}. */
    static @Nullable String text(@Nullable Duration time) {
        return time == null ? null : Times.text(time);
    }
}
