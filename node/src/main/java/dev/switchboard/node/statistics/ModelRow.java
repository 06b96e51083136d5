package dev.switchboard.node.statistics;

import com.fasterxml.jackson.annotation.JsonUnwrapped;

/** The measures of one model; {@code model} is its bare id. */
public record ModelRow(String platform, String model, @JsonUnwrapped Measures measures) {}
