package dev.switchboard.node.upstream;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import com.networknt.schema.regex.RegularExpression;
import java.util.regex.Pattern;

/**
 * Whether a value fits a caller's schema. The schema is a stranger's: it fetches nothing, nothing of it is kept, its patterns
 * may look at a bounded number of characters, and one that cannot be evaluated refuses no answer.
 */
final class AnswerSchema {
    private static final int MOST_STEPS = 1_000_000;

    private AnswerSchema() {}

    static boolean fits(JsonNode schema, JsonNode value) {
        try {
            return registry()
                    .getSchema(SchemaTrim.withoutNulls(schema))
                    .validate(value)
                    .isEmpty();
        } catch (RuntimeException | StackOverflowError e) {
            // Nobody can say whether the answer fits a schema that cannot be evaluated.
            return true;
        }
    }

    private static SchemaRegistry registry() {
        SchemaRegistryConfig config = SchemaRegistryConfig.builder()
                .failFast(true)
                .regularExpressionFactory(AnswerSchema::bounded)
                .build();
        return SchemaRegistry.withDefaultDialect(
                SpecificationVersion.DRAFT_2020_12, builder -> builder.schemaCacheEnabled(false)
                        .schemaRegistryConfig(config)
                        .schemaLoader(loader -> loader.fetchRemoteResources(false)));
    }

    private static RegularExpression bounded(String expression) {
        Pattern pattern = Pattern.compile(expression);
        return value ->
                pattern.matcher(new Bounded(value, new int[] {MOST_STEPS})).find();
    }

    /** Characters of which a matcher that backtracks without end gets no more. */
    private record Bounded(CharSequence text, int[] stepsLeft) implements CharSequence {
        @Override
        public int length() {
            return text.length();
        }

        @Override
        public char charAt(int index) {
            if (stepsLeft[0]-- <= 0) {
                throw new IllegalStateException("the pattern takes too long");
            }
            return text.charAt(index);
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return new Bounded(text.subSequence(start, end), stepsLeft);
        }

        @Override
        public String toString() {
            return text.toString();
        }
    }
}
