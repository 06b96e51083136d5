package dev.switchboard.protocol.directory;

import dev.switchboard.protocol.domain.FailureKind;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a platform differs from its wire format, as data.
 *
 * @param rename request fields to rename, old to new ({@code seed} to {@code random_seed})
 * @param refuse request fields it cannot take: the request is answered 400 naming the field
 * @param force request fields to set whatever the caller sent
 * @param maxTokensCeiling highest {@code max_tokens} it takes, null for none
 * @param maxTokensFloor lowest {@code max_tokens} it takes, null for none
 * @param maxTokensDefault sent when the caller gave none, null for none
 * @param allow request fields and the words they may hold: another is answered 400 naming the field
 * @param messageFields the only fields that messages may have; empty for any
 * @param errors what a status or an error code means here, where it is not what it means elsewhere (behaviour.md §4)
 * @param rules differences that depend on the model or the request, applied in order
 * @param modelsPath where the list of models is, relative to the base URL as to a folder; null for the wire format's
 * @param keyCheck how keys are checked; null for the wire format's way
 * @param maxPromptTokens longest prompt it takes of any model, in estimated tokens; null for what the models take
 */
public record Quirks(
        Map<String, String> rename,
        List<String> refuse,
        Map<String, String> force,
        @Nullable Integer maxTokensCeiling,
        @Nullable Integer maxTokensFloor,
        @Nullable Integer maxTokensDefault,
        Map<String, List<String>> allow,
        List<String> messageFields,
        Map<String, FailureKind> errors,
        List<QuirkRule> rules,
        @Nullable String modelsPath,
        @Nullable KeyCheckRule keyCheck,
        @Nullable Integer maxPromptTokens) {
    /** No difference. */
    public static final Quirks NONE = new Quirks(Map.of(), List.of(), Map.of(), null, null, null);

    /** Fields that an older node did not send are as if there were no such difference. */
    @SuppressWarnings("ConstantValue")
    public Quirks {
        allow = allow == null ? Map.of() : allow;
        messageFields = messageFields == null ? List.of() : messageFields;
        errors = errors == null ? Map.of() : errors;
        rules = rules == null ? List.of() : rules;
    }

    /** Renamed, refused and forced fields and bounds of tokens alone. */
    public Quirks(
            Map<String, String> rename,
            List<String> refuse,
            Map<String, String> force,
            @Nullable Integer maxTokensCeiling,
            @Nullable Integer maxTokensFloor,
            @Nullable Integer maxTokensDefault) {
        this(
                rename,
                refuse,
                force,
                maxTokensCeiling,
                maxTokensFloor,
                maxTokensDefault,
                Map.of(),
                List.of(),
                Map.of(),
                List.of(),
                null,
                null,
                null);
    }
}
