package dev.switchboard.protocol.cooldown;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.switchboard.protocol.domain.FailureKind;
import java.time.Duration;
import java.time.Instant;

/** One consequence of a failure for the whole cluster. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = CooldownEffect.CoolModel.class, name = "cool-model"),
    @JsonSubTypes.Type(value = CooldownEffect.CoolKey.class, name = "cool-key"),
    @JsonSubTypes.Type(value = CooldownEffect.Penalize.class, name = "penalize")
})
public sealed interface CooldownEffect {
    /**
     * The model cools.
     *
     * @param doubling whether a failed probe doubles the time up to the configured maximum; false where the time is
     *     fixed (MODEL_UNAVAILABLE, an upstream Retry-After)
     */
    record CoolModel(Duration time, boolean doubling, FailureKind reason) implements CooldownEffect {}

    /** The key cools until an absolute deadline. The third AUTH in a row marks it invalid. */
    record CoolKey(Instant until, FailureKind reason) implements CooldownEffect {}

    /** Penalty points on the model, capped at 10 (behaviour.md §7). */
    record Penalize(double points) implements CooldownEffect {}
}
