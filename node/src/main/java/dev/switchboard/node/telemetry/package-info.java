/** Traces and metrics by OpenTelemetry; knows nothing of the other rooms and never sees a prompt or a key. */
@NullMarked
package dev.switchboard.node.telemetry;

import org.jspecify.annotations.NullMarked;
