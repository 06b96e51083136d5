package dev.switchboard.node.http;

import com.fasterxml.jackson.annotation.JsonProperty;

/** One model as clients of {@code GET /v1/models} see it; {@code created} in seconds since 1970 (contract.md §3). */
public record ModelRow(
        String id,
        String object,
        long created,
        @JsonProperty("owned_by") String ownedBy,
        String name,
        @JsonProperty("context_window") int contextWindow) {}
