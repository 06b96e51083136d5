package dev.switchboard.protocol.provider;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.switchboard.protocol.domain.FailureKind;
import dev.switchboard.protocol.domain.Usage;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** How a lease ended (behaviour.md §3). */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = LeaseResult.Completed.class, name = "completed"),
    @JsonSubTypes.Type(value = LeaseResult.Failed.class, name = "failed"),
    @JsonSubTypes.Type(value = LeaseResult.Cancelled.class, name = "cancelled")
})
public sealed interface LeaseResult {
    /** The answer came; the estimate is settled to the real usage. */
    record Completed(Usage usage) implements LeaseResult {}

    /**
     * The attempt failed; reserved tokens are refunded, the request still counts. The owner honours the two times at
     * once, before the shared cooldowns reach its node.
     *
     * @param keyCoolsUntil set where the key cools
     * @param modelCoolsUntil set where the model cools; the owner of cooldowns may decide on a later time
     */
    record Failed(FailureKind kind, @Nullable Instant keyCoolsUntil, @Nullable Instant modelCoolsUntil)
            implements LeaseResult {}

    /** The client went away; reserved tokens are refunded. */
    record Cancelled() implements LeaseResult {}
}
