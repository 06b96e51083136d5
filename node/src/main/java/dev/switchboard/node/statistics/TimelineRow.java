package dev.switchboard.node.statistics;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.time.Instant;

/** The measures of one stretch of time that begins at {@code at}. */
public record TimelineRow(Instant at, long successes, long failures, @JsonUnwrapped Measures measures) {}
