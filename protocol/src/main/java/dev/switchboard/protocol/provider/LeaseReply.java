package dev.switchboard.protocol.provider;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.switchboard.protocol.CborSerializable;
import dev.switchboard.protocol.domain.KeyId;
import dev.switchboard.protocol.domain.LeaseId;
import dev.switchboard.protocol.turn.TurnMessage;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The answer to {@link ProviderCommand.Acquire}. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = LeaseReply.Granted.class, name = "granted"),
    @JsonSubTypes.Type(value = LeaseReply.Denied.class, name = "denied")
})
public sealed interface LeaseReply extends TurnMessage, CborSerializable {
    /** The lease this answers. */
    LeaseId lease();

    /**
     * The lease is held.
     *
     * @param probe whether it is the single trial of a half-open model
     * @param grant null where an earlier owner granted it, or one of an earlier version
     */
    record Granted(LeaseId lease, KeyId key, boolean probe, @Nullable GrantNumber grant) implements LeaseReply {}

    /** No lease; {@code retryAt} is the soonest time at which asking again could help, if known. */
    record Denied(LeaseId lease, Reason reason, @Nullable Instant retryAt) implements LeaseReply {}

    /** Why a lease was denied. */
    enum Reason {
        /** Another session's request is in flight on a provider-ban platform. */
        SAFEGUARD,
        /** The platform is reserved to the session that used it last. */
        RESERVED,
        /** Every key that is left is cooling. */
        KEYS_COOLING,
        /** The model is cooling. */
        MODEL_COOLING,
        /** The half-open model is being probed by another request. */
        PROBE_IN_FLIGHT,
        /** Requests per minute are used up on every key that is left. */
        RPM,
        /** Requests per day are used up. */
        RPD,
        /** Tokens per minute would be exceeded. */
        TPM,
        /** Tokens per day would be exceeded. */
        TPD,
        /** Every key that is left has as many requests in flight as it may have. */
        CONCURRENT,
        /** No enabled key is left that is not marked invalid. */
        NO_KEYS;

        /** Whether the denial means that there is no quota, as a rate limit would (behaviour.md §4). */
        public boolean isQuota() {
            return switch (this) {
                case KEYS_COOLING, RPM, RPD, TPM, TPD, CONCURRENT -> true;
                default -> false;
            };
        }
    }
}
