package dev.switchboard.protocol.session;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.switchboard.protocol.domain.ModelRef;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Why a request went where it went: shown by {@code /api/sessions/{key}} (contract.md §4). */
public record RouteDecision(Instant at, String requestId, List<Candidate> candidates, List<Attempt> attempts) {
    /** A session keeps this many candidates of a decision, usable ones first. */
    public static final int MOST_CANDIDATES = 64;

    /** A model that was considered; {@code skipped} is the reason it was left out, null if it was usable. */
    @JsonInclude(JsonInclude.Include.ALWAYS)
    public record Candidate(ModelRef model, @Nullable Double score, @Nullable String skipped) {}

    /** One attempt: {@code key} is the key's label or id, never the secret; {@code outcome} is success or a kind. */
    @JsonInclude(JsonInclude.Include.ALWAYS)
    public record Attempt(ModelRef model, @Nullable String key, String outcome, long ms) {}
}
