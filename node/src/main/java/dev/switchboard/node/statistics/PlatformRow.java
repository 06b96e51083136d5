package dev.switchboard.node.statistics;

import com.fasterxml.jackson.annotation.JsonUnwrapped;

/** The measures of one platform. */
public record PlatformRow(String platform, @JsonUnwrapped Measures measures) {}
