package dev.switchboard.node.upstream;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import com.networknt.schema.regex.RegularExpression;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

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
        Pattern pattern = compiled(expression);
        return value -> pattern == null || mayMatch(pattern, value);
    }

    /** Null where it is no pattern of Java's. The library would log a failure, with what the caller wrote. */
    private static @Nullable Pattern compiled(String expression) {
        try {
            return Pattern.compile(expression);
        } catch (PatternSyntaxException e) {
            return null;
        }
    }

    private static boolean mayMatch(Pattern pattern, String value) {
        try {
            return pattern.matcher(new Bounded(value, new int[] {MOST_STEPS})).find();
        } catch (TooManySteps | StackOverflowError e) {
            return true;
        }
    }

    private static final class TooManySteps extends RuntimeException {
        private static final long serialVersionUID = 1L;

        TooManySteps() {
            super(null, null, false, false);
        }
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
                throw new TooManySteps();
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
