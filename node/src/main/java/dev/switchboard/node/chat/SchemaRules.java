package dev.switchboard.node.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Whether a caller's JSON schema is one, by the meta-schema of its draft (2020-12 where it names none). Keywords that are null
 * are as if they were absent. What names another dialect, or is too large or too deep to judge, passes.
 */
final class SchemaRules {
    /** Judging takes time that grows with the schema; OpenAI's own limit is 5,000 properties. */
    private static final int MOST_NODES = 20_000;

    private static final int LONGEST_REASON = 200;
    private static final Map<SpecificationVersion, Schema> META = new ConcurrentHashMap<>();
    private static final SchemaRegistry REGISTRY = SchemaRegistry.withDefaultDialect(
            SpecificationVersion.DRAFT_2020_12, builder -> builder.schemaRegistryConfig(
                            SchemaRegistryConfig.builder().locale(Locale.ROOT).build())
                    .schemaLoader(loader -> loader.fetchRemoteResources(false)));

    private SchemaRules() {}

    /** What is wrong with the schema, with its place inside; null where it is one. */
    static @Nullable String fault(JsonNode schema) {
        JsonNode named = schema.path("$schema");
        SpecificationVersion version = named.isTextual()
                ? SpecificationVersion.fromDialectId(named.textValue()).orElse(null)
                : SpecificationVersion.DRAFT_2020_12;
        if (version == null || isLarge(schema)) {
            return null;
        }
        try {
            for (Error error : META.computeIfAbsent(version, SchemaRules::meta).validate(schema)) {
                JsonNode at = error.getInstanceNode();
                if (at == null || !at.isNull()) {
                    return reason(error);
                }
            }
            return null;
        } catch (RuntimeException | StackOverflowError e) {
            // Nobody can say what is wrong with it; its upstream may.
            return null;
        }
    }

    private static Schema meta(SpecificationVersion version) {
        return REGISTRY.getSchema(SchemaLocation.of(version.getDialectId()));
    }

    private static String reason(Error error) {
        String place = error.getInstanceLocation().toString();
        String reason = (place.isEmpty() ? "" : "at " + place + ": ") + error.getMessage();
        return reason.length() > LONGEST_REASON ? reason.substring(0, LONGEST_REASON) + "…" : reason;
    }

    private static boolean isLarge(JsonNode schema) {
        return count(schema, MOST_NODES) > MOST_NODES;
    }

    private static int count(JsonNode node, int most) {
        int nodes = 1;
        for (JsonNode child : node) {
            if (nodes > most) {
                return nodes;
            }
            nodes += count(child, most - nodes);
        }
        return nodes;
    }
}
